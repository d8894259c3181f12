"""What the AnalyzePanel and its browser side say to each other.

The kernel computes everything that is drawn: x in the unit that is wanted, smoothing, groups, bands, thinning. The
browser draws, hovers, brushes and sets traits. Nothing here reads a project.

**Words.** A *line* is what has a colour and a row in the table: one simulation, or one group of simulations. Every
chart has the same lines. Its ``id`` stays the same for the same simulation or the same configuration (a simulation's
id, or ``group:`` and a digest), so that ``hidden`` may hold it. A *chart* has an id: ``overview``, ``detail``, or
``key:`` and its key.

**Traits** (synced, validated; see ``AnalyzeTraits`` for each): ``sims`` ``only_keys`` ``overview_key`` ``detail_key``
``group_by`` (``"none"``, ``"config"`` or a list of paths) ``statistic`` (``"each" "mean" "median" "iqm"``)
``smoothing_kind`` (``"ema" "window"``) ``smoothing`` (0 to 0.99) ``smoothing_window`` (points, 1 is none)
``smoothing_passes`` ``x`` (``"step" "relative" "wall"``) ``log_y`` ``fits_y`` (y spans what the shown x range holds,
else all) ``between`` (``null`` or ``[low, high]`` in the unit of x: the brush) ``hidden`` (line ids) ``folded``
(names of groups of keys) ``best`` (key or pattern -> ``"max"`` or ``"min"``) ``open_media`` (list of ``[sim_id, key,
step]``: set it to have media opened elsewhere) ``has_media_panel`` (whether somebody watches ``open_media``, as the
dashboard does; false at first). The browser sets any of them and needs to tell nothing else: the kernel observes.
When ``x`` changes, the kernel sets ``between`` to null. When ``overview_key`` or ``detail_key`` is ``""``, the kernel
chooses and sets it. While a brush is dragged set ``between`` at most some ten times a second and draw from what is
there meanwhile.

**What the browser says it shows** (``shown()``; say it again whenever it changes)::

    {"charts": [{"id": "overview", "width": 912}, {"id": "key:train/loss", "width": 280}],
     "tables": ["rollout/ep_rew_mean"],      # keys whose table is on screen
     "media": true}                          # whether media marks are wanted

Only charts that are on screen (scrolled into sight, in an open group) belong in ``charts``; ``width`` is that of the
plot in CSS pixels. The key of ``overview`` and ``detail`` is taken from the traits. Nothing is read for what is not
named. Order is precedence: what stands first is read first. A chart that left ``charts`` is forgotten: when it is there
again, everything of it comes anew.

**What the kernel tells** (``id`` 0). Buffers are float64, little-endian; a gap is NaN.

``lines``
    ``{"lines": [Line, ...], "notice": "", "paths": [Path, ...]}``: everything anew, when something of it changed.
    Line: ``{"id", "name", "colour": index for seriesLook, "sims": [sim ids], "group": label of its group or "",
    "n": simulations that have started, "of": simulations in it, "is_live": bool}``.
    Lines of one group follow each other and have one colour. ``notice`` is a sentence when not all simulations are
    shown (``The newest 50 of 312 simulations are shown.``). Path: ``{"path": "learning_rate", "values": 3}``:
    configuration values that differ between the simulations, to group by; at most 100.
``keys``
    ``{"groups": [{"name": "train", "keys": ["train/loss", ...]}, ...], "total": 37, "shown": 37}``: the keys of all
    lines, grouped by what stands before the first ``/`` (``""`` for keys without one; that group comes first), at
    most 1,000.
``chart``
    ``{"chart": id, "key", "x": "step", "is_new": bool, "is_done": bool, "is_smoothed": bool, "has_band": bool,
    "between": null | [low, high], "extent": null | [low, high], "end": null | number, "parts": [{"line": id, "count":
    n, "is_all": bool, "total": m}, ...]}`` with the buffers ``x, y, smoothed, low, high``: in each, the points of all
    parts one after the other, ``count`` points a part. ``smoothed`` is empty without ``is_smoothed``; ``low`` and
    ``high`` (95 % band of a group) are empty without ``has_band``, and NaN where there is none (fewer than two
    simulations report). ``is_new``: forget all lines of this chart first (another key, x, grouping...). ``is_all``:
    these points replace what the browser has of the line; else they come behind. ``total``: points recorded, of which
    the browser has fewer when the picture is thinned; 0 for a line of several simulations. A line without a part has
    nothing new. ``is_done``: every line has been sent (while false, more lines are still being read). ``between``:
    the range for which the points were chosen (``detail`` only; they reach one point beyond it). ``extent``
    (``detail`` with ``between`` and without ``fits_y`` only, in the message with which everything is there; else
    null): least and greatest value of all lines over all of x, bands included. A message may have no parts: something
    else of it changed. ``end``: how far x will reach when what runs has ended. x ascends. x is steps; seconds since
    the simulation started (``relative``); or seconds since the epoch (``wall``).
``table``
    ``{"key", "direction": "max" | "min", "rows": [{"line": id, "n": reporting, "of": members}, ...]}`` with the one
    buffer of ``last, low, high, best, at`` a row (5 numbers a row, row after row). Of the recorded values, not the
    smoothed ones. ``low`` and ``high`` are the 95 % band of ``last``, NaN for fewer than two (say: one seed). ``at``
    is the step (or x) of ``best``. Lines that have not recorded the key are not in it. For a group, ``n`` is how many
    of its ``of`` simulations report where ``last`` is.
``media``
    ``{"is_new": bool, "items": [Item, ...], "total": int}``; without ``is_new`` they come behind those that are
    there. At most 5,000. Item: ``{"number", "sim_id", "line": id, "key", "step", "relative": s, "wall": s, "kind":
    "video"..., "name", "info": {...}, "has_thumbnail"}``. The mark stands at ``item[x]``.

**What the browser asks** (``ask``; an error comes back as its text)

``colour`` ``{"line", "index": n | null}``
    Gives the simulations of a line another colour, null their own. Result ``{}``.
``csv`` ``{}``
    What is shown. Result ``{"name", "type": "text/csv"}`` and one buffer.
``picture`` ``{"format": "png" | "svg", "keys": [...] | null}``
    The matplotlib figure; ``keys`` null: the detail key. Result ``{"name", "type"}`` and one buffer.
``code`` ``{}``
    Result ``{"text": ...}``: the Python that makes the same matplotlib figure as the detail chart.
``thumbnail`` ``{"number"}``, ``piece`` ``{"number", "offset"}``
    As in the card: results ``{"type"}`` and ``{"type", "size"}``, one buffer each.
"""

from __future__ import annotations
