"""Networks for pictures of digits, and where they may calculate. Imports torch."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from gymdash_jupyter.errors import InvalidArgumentError


class DigitClassifier(nn.Module):
    """Tell classes of small pictures apart: two convolutions, a pooling and a hidden layer.

    With 8 x 8 pictures and its defaults it has 38,000 weights; it learns the digits of scikit-learn in two seconds.

    Args:
        image_shape: Channels, height and width of a picture, in pixels.
        n_classes: How many classes there are.
        channels: Of the first convolution; the second has twice as many.
        hidden: Units of the hidden layer.
        dropout: Which share of them is left out at random while it trains.
    """

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        n_classes: int,
        *,
        channels: int = 16,
        hidden: int = 64,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        n_colours, height, width = image_shape
        n_inside = 2 * channels * (-(-height // 2)) * (-(-width // 2))
        self.layers = nn.Sequential(
            nn.Conv2d(n_colours, channels, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(channels, 2 * channels, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2, ceil_mode=True),
            nn.Flatten(),
            nn.Linear(n_inside, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, n_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Give one logit a class, of shape (n, n_classes), for pictures of shape (n, channels, height, width)."""
        logits: Tensor = self.layers(x)
        return logits


class ClassifierMNIST(nn.Module):
    """Be the network that GymDash trains on MNIST: 34 million weights, for pictures of 28 x 28 pixels.

    A training on a CPU takes many minutes; ``DigitClassifier`` learns the same in one.
    """

    def __init__(self) -> None:
        super().__init__()
        # The names of the layers are those of GymDash, so that its checkpoints can be loaded.
        self.layers = nn.Sequential(
            OrderedDict(
                [
                    ("conv1", nn.Conv2d(1, 16, 7)),
                    ("relu1", nn.ReLU()),
                    ("conv2", nn.Conv2d(16, 32, 5)),
                    ("relu2", nn.ReLU()),
                    ("conv3", nn.Conv2d(32, 64, 3)),
                    ("relu3", nn.ReLU()),
                    ("flatten", nn.Flatten()),
                    ("linear1", nn.Linear(64 * 16 * 16, 2048)),
                    ("relu4", nn.ReLU()),
                    ("linear2", nn.Linear(2048, 256)),
                    ("relu5", nn.ReLU()),
                    ("output", nn.Linear(256, 10)),
                ]
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        """Give logits of shape (n, 10) for pictures of shape (n, 1, 28, 28)."""
        logits: Tensor = self.layers(x)
        return logits


def get_available_accelerator() -> torch.device:
    """Give the accelerator that there is, such as ``cuda`` or ``mps``; else the CPU."""
    accelerator = getattr(torch, "accelerator", None)  # new in torch 2.6
    if accelerator is not None:
        found = accelerator.current_accelerator() if accelerator.is_available() else None
        return torch.device("cpu") if found is None else torch.device(found.type)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def device_named(name: str) -> torch.device:
    """Give the device of a name.

    Args:
        name: ``auto`` (the accelerator if there is one), ``cpu``, ``cuda``, ``cuda:1``, ``mps``, ...

    Raises:
        InvalidArgumentError: There is no such device here.
    """
    if name == "auto":
        return get_available_accelerator()
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as exc:
        why = str(exc).strip().splitlines()[0] if str(exc).strip() else type(exc).__name__
        msg = (
            f"The device {name!r} cannot be used here: {why.rstrip('.')}. "
            f"'auto' would be {str(get_available_accelerator())!r}."
        )
        raise InvalidArgumentError(msg, argument="device") from exc
    return device
