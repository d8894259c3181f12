"""Models are made without torch's compiler, and optimizers are as torch made them afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

_MAKING = """
import sys
import torch
from torch.optim import Optimizer
from gymdash_jupyter.simulations.torch_compiler import without_compiler
before = {name: dict(vars(getattr(m, "__wrapped__", m))) for name, m in vars(Optimizer).items() if callable(m)}
net = torch.nn.Linear(2, 1)
with without_compiler():
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
print("torch._dynamo" in sys.modules)
after = {name: dict(vars(getattr(m, "__wrapped__", m))) for name, m in vars(Optimizer).items() if callable(m)}
print(before == after)
"""

_STEPPING = """
loss = net(torch.ones(1, 2)).sum()
loss.backward()
weights = net.weight.detach().clone()
optimizer.step()
print(torch.allclose(net.weight, weights - 0.1, atol=1e-6))
"""


def printed(code: str) -> list[str]:
    """Give the words that a fresh Python prints, which has not loaded torch's compiler."""
    pytest.importorskip("torch")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.split()


def test_an_optimizer_is_made_without_the_compiler_and_is_as_ever_afterwards() -> None:
    assert printed(_MAKING) == ["False", "True"]


@pytest.mark.slow
def test_it_steps_as_ever() -> None:
    # Adam's first step is the learning rate, against the gradient's sign.
    assert printed(_MAKING + _STEPPING)[-1] == "True"
