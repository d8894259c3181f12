"""Train a classifier of one's own with GymDash's torch classes, by themselves and as a simulation."""

import sys

import torch
from torch.utils.data import DataLoader, Subset, TensorDataset

from gymdash.backend.core.api.models import SimulationStartConfig
from gymdash.backend.core.simulation.callbacks import BaseCustomCallback, CallbackCustomList
from gymdash.backend.core.simulation.examples import MLSimulation, MLSimulationCallback
from gymdash.backend.core.simulation.manage import SimulationRegistry, SimulationTracker
from gymdash.backend.project import ProjectManager
from gymdash.backend.torch.base import SimpleClassifierMLModel
from gymdash.backend.torch.utils import get_available_accelerator


class Counter(BaseCustomCallback):
    def _on_invoke(self):
        self.seen = (self.state, self.locals["curr_steps"], self.locals["total_steps"])
        return True


x = torch.randn(64, 4, generator=torch.Generator().manual_seed(0))
data = TensorDataset(x, (x[:, 0] > 0).long())
model = SimpleClassifierMLModel(torch.nn.Linear(4, 2))
phases = []
model.add_callback("train", "start", lambda: phases.append("train"))
model.add_callback("all", "end", lambda: phases.append("end"))
counter = Counter()
model.train(
    dataloader=DataLoader(data, 16),
    epochs=40,
    loss_fn=torch.nn.CrossEntropyLoss(),
    optimizer=torch.optim.Adam(model.model.parameters(), lr=0.1),
    step_callback=CallbackCustomList([counter]),
    do_val=True,
    val_per_epochs=40,
    val_kwargs={"dataloader": DataLoader(data, 16)},
)
results = model.validate(dataloader=DataLoader(data, 16), loss_fn=torch.nn.CrossEntropyLoss())
predictions, truth = model.produce(Subset(data, range(8)))
print(phases, counter.seen, counter.n_calls)
print(results["accuracy"] > 0.9, results["total_samples"], bool((predictions == truth).all()))
print(get_available_accelerator())


class Flat(MLSimulation):
    def _create_model(self, **model_kwargs):
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))


ProjectManager.open(sys.argv[1])
SimulationRegistry.register("flat", Flat)
tracker = SimulationTracker()
kwargs = {
    "train": True,
    "val": True,
    "test": True,
    "train_kwargs": {"epochs": 2, "optimizer": "Adam", "optimizer_kwargs": {"lr": 0.01}},
}
sim_id, sim = tracker.start_sim(SimulationStartConfig(name="flat", sim_key="flat", kwargs=kwargs))
while tracker.any_running(sim_id):
    pass
print(issubclass(MLSimulationCallback, BaseCustomCallback), sim.was_cancelled())
