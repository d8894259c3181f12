"""What a person may ask of an AnalyzePanel in Python: its lines, its numbers, its pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.selection import Keys, resolve_keys
from gymdash_jupyter.whole_files import whole_files
from gymdash_jupyter.widgets.analyze_code import panel_code
from gymdash_jupyter.widgets.analyze_lines import AnalyzeLines
from gymdash_jupyter.widgets.analyze_shown import ShownChoice, ShownLine, shown_lines
from gymdash_jupyter.widgets.analyze_traits import AnalyzeTraits

if TYPE_CHECKING:
    import os

    import pandas as pd
    from matplotlib.figure import Figure

    from gymdash_jupyter.widgets.analyze_line import Line


class AnalyzeExports(AnalyzeTraits):
    """Everything that the panel shows, as values. All of it is read anew, in the caller's thread."""

    def lines(self) -> dict[str, str]:
        """Give the lines that the panel shows: their names by their ids, which ``hidden`` takes."""
        return {line.line_id: line.name for line in self._read_lines()}

    def zoom(self, low: float | None = None, high: float | None = None) -> None:
        """Let the large chart show a range of x, in the unit of ``x``; without arguments all.

        Raises:
            TraitError: ``low`` is not below ``high``.
        """
        if (low is None) != (high is None):
            msg = f"A range has two ends, or none for all; got {low!r} and {high!r}."
            raise InvalidArgumentError(msg)
        self.between = None if low is None or high is None else [low, high]

    def frame(self, keys: Keys = None, *, most_points: int | None = None) -> pd.DataFrame:
        """Give what is shown as one long frame: the shown lines, range of x, unit of x, smoothing and statistic.

        Args:
            keys: Which keys; None for the one of the large chart.
            most_points: The most points of a line, at least 8, chosen as for the screen; None for every recorded point.
                A line of several simulations has at most 400.

        Returns:
            Columns ``line`` and ``key`` (categories); x, named ``step``, ``relative`` (seconds since the start) or
            ``wall`` (UTC); ``value`` as recorded, ``smoothed``, and ``low`` and ``high``, the 95 % band of a line of
            several simulations (NaN else).

        Raises:
            InvalidArgumentError: No simulation has recorded this key.
        """
        from gymdash_jupyter.widgets.analyze_frame import shown_frame

        return shown_frame(self._shown(self._keys_of(keys), most_points), self._x())

    def to_csv(
        self, path: str | os.PathLike[str], keys: Keys = None, *, most_points: int | None = None
    ) -> Path:
        """Write ``frame`` to a CSV file, over what is there; give its path."""
        from gymdash_jupyter.frames.files import write_frame

        target = Path(path)
        with whole_files([target], replace=True) as (partial,):
            write_frame(self.frame(keys, most_points=most_points), "csv", partial)
        return target

    def figure(self, keys: Keys = None) -> Figure:
        """Draw what is shown with matplotlib: the same lines, colours, smoothing, range and axes.

        Args:
            keys: Which keys, one Axes each; None for the one of the large chart.

        Returns:
            A figure that belongs to no window.

        Raises:
            InvalidArgumentError: No simulation has recorded this key.
        """
        from gymdash_jupyter.widgets.analyze_figure import FigureLook, shown_figure

        names = self._keys_of(keys)
        look = FigureLook(
            x=self._x(),
            is_smoothed=self._look().smoothing.is_on,
            log_y=self.log_y,
            fits_y=self.fits_y,
            between=self._range(),
        )
        return shown_figure(self._shown(names, None), names, look)

    def to_png(self, path: str | os.PathLike[str], keys: Keys = None) -> Path:
        """Write ``figure`` to a PNG file; give its path."""
        return self._write_figure(Path(path), keys, "png")

    def to_svg(self, path: str | os.PathLike[str], keys: Keys = None) -> Path:
        """Write ``figure`` to an SVG file; give its path."""
        return self._write_figure(Path(path), keys, "svg")

    def code(self) -> str:
        """Give the Python that makes the same figure as ``figure()``."""
        return panel_code(self)

    def set_colour(self, line_id: str, index: int | None) -> None:
        """Give the simulations of a line another colour everywhere.

        Args:
            line_id: Of which line; see ``lines``.
            index: Place in the palette, from 0; None for the colours of their numbers.

        Raises:
            InvalidArgumentError: There is no such line, or it is no place.
        """
        found = [line for line in self._read_lines() if line.line_id == line_id]
        if not found:
            msg = (
                f"The panel shows no line with the id {line_id!r}; lines() gives those there are."
            )
            raise InvalidArgumentError(msg)
        self.tracker.set_colour(list(found[0].sim_ids), index)

    def _write_figure(self, path: Path, keys: Keys, form: str) -> Path:
        from gymdash_jupyter.widgets.analyze_figure import figure_bytes

        path.write_bytes(figure_bytes(self.figure(keys), form))
        return path

    def _read_lines(self) -> list[Line]:
        known = AnalyzeLines(self.store)
        known.load(self._line_choice())
        return known.lines

    def _keys_of(self, keys: Keys) -> list[str]:
        if keys is not None:
            return resolve_keys(self.store, keys)
        if self.detail_key:
            return [self.detail_key]
        known = AnalyzeLines(self.store)
        known.load(self._line_choice())
        return known.keys(self.only_keys)[:1]

    def _shown(self, keys: list[str], most_points: int | None) -> list[ShownLine]:
        choice = ShownChoice(
            lines=self._line_choice(),
            look=self._look(),
            keys=keys,
            between=self._range(),
            hidden=frozenset(self.hidden),
            most_points=most_points,
        )
        return shown_lines(self.store, choice)
