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


def plot_histograms(key: str, sims: Any = None, **options: Any) -> Any:
    """Draw how values were distributed over steps; see ``plots.plot_histograms``."""
    from gymdash_jupyter.plots import plot_histograms as draw

    return draw(current_project().store, key, sims, **options)


def plot_media(keys: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw recorded images and videos over training; see ``plots.plot_media``."""
    from gymdash_jupyter.plots import plot_media as draw

    return draw(current_project().store, keys, sims, **options)


def plot_media_timeline(media_key: str, metric_key: str, sim: Any, **options: Any) -> Any:
    """Draw a learning curve with pictures at their points; see ``plots.plot_media_timeline``."""
    from gymdash_jupyter.plots import plot_media_timeline as draw

    return draw(current_project().store, media_key, metric_key, sim, **options)


def plot_sweep(x: str, y: Any = "rollout/ep_rew_mean", sims: Any = None, **options: Any) -> Any:
    """Draw how good simulations became over one of their settings; see ``plots.plot_sweep``."""
    from gymdash_jupyter.plots import plot_sweep as draw

    return draw(current_project().store, x, y, sims, **options)


def plot_parallel(names: Any = None, **options: Any) -> Any:
    """Draw settings as parallel axes, coloured by how good simulations became; see ``plots.plot_parallel``."""
    from gymdash_jupyter.plots import plot_parallel as draw

    return draw(current_project().store, names, **options)


def plot_resources(sims: Any = None, **options: Any) -> Any:
    """Draw what the processes of simulations used over time; see ``plots.plot_resources``."""
    from gymdash_jupyter.plots import plot_resources as draw

    return draw(current_project().store, sims, **options)


def plot_curves(keys: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw learning curves: the seeds of a configuration as one line in a band; see ``plots.plot_curves``."""
    from gymdash_jupyter.plots import plot_curves as draw

    return draw(current_project().store, keys, sims, **options)


def plot_scores(key: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw how good algorithms are over all tasks, with intervals; see ``plots.plot_scores``."""
    from gymdash_jupyter.plots import plot_scores as draw

    return draw(_store_for(options), key, sims, **options)


def plot_final_scores(key: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw the final scores of each task, each seed a dot; see ``plots.plot_final_scores``."""
    from gymdash_jupyter.plots import plot_final_scores as draw

    return draw(_store_for(options), key, sims, **options)


def plot_performance_profiles(key: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw which part of an algorithm's seeds scores more; see ``plots.plot_performance_profiles``."""
    from gymdash_jupyter.plots import plot_performance_profiles as draw

    return draw(_store_for(options), key, sims, **options)


def plot_probability_of_improvement(key: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw how likely one algorithm beats another; see ``plots.plot_probability_of_improvement``."""
    from gymdash_jupyter.plots import plot_probability_of_improvement as draw

    return draw(_store_for(options), key, sims, **options)


def plot_sample_efficiency(key: Any = None, sims: Any = None, **options: Any) -> Any:
    """Draw how fast algorithms learn over all tasks; see ``plots.plot_sample_efficiency``."""
    from gymdash_jupyter.plots import plot_sample_efficiency as draw

    return draw(current_project().store, key, sims, **options)


def _store_for(options: dict[str, Any]) -> Any:
    """Give the project that scores are read from; none is opened for scores that are given."""
    return current_project().store if options.get("scores") is None else None
