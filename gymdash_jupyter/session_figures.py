"""What a person at a notebook draws: matplotlib figures of the current project, one line each."""

from __future__ import annotations

from typing import Any

from gymdash_jupyter.current import current_project


def plot_scalars(keys: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw recorded points; see ``plots.plot_scalars``."""
    from gymdash_jupyter.plots import plot_scalars as draw

    return draw(current_project().store, keys, sims, **options)


def plot_episodes(sims: Any = None, **options: Any) -> Any:
    """Draw episodes by their number; see ``plots.plot_episodes``."""
    from gymdash_jupyter.plots import plot_episodes as draw

    return draw(current_project().store, sims, **options)


def plot_media(keys: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw recorded images and videos over training; see ``plots.plot_media``."""
    from gymdash_jupyter.plots import plot_media as draw

    return draw(current_project().store, keys, sims, **options)


def plot_resources(sims: Any = None, **options: Any) -> Any:
    """Draw what the processes of simulations used over time; see ``plots.plot_resources``."""
    from gymdash_jupyter.plots import plot_resources as draw

    return draw(current_project().store, sims, **options)
