"""The icons of states as SVG text; the same shapes as the browser's."""

from __future__ import annotations

from typing import Final

_SHAPES: Final = {
    "created": '<circle cx="8" cy="8" r="6" stroke-dasharray="2.1 2.1"/>',
    "queued": '<circle cx="8" cy="8" r="6"/><path d="M8 4.8V8l2.2 1.6"/>',
    "setting_up": '<circle cx="8" cy="8" r="6" opacity=".3"/><path d="M8 2a6 6 0 0 1 6 6"/>',
    "running": '<circle cx="8" cy="8" r="6"/><circle cx="8" cy="8" r="2.5" fill="currentColor" stroke="none"/>',
    "paused": '<circle cx="8" cy="8" r="6"/><path d="M6.4 5.8v4.4M9.6 5.8v4.4"/>',
    "succeeded": '<circle cx="8" cy="8" r="6.75" fill="currentColor" stroke="none"/>'
    '<path class="gds-cut" d="m5 8.2 2.1 2.1 3.9-4.4"/>',
    "failed": '<path d="M5.2 1.3h5.6l3.9 3.9v5.6l-3.9 3.9H5.2l-3.9-3.9V5.2z" fill="currentColor" stroke="none"/>'
    '<path class="gds-cut" d="m5.6 5.6 4.8 4.8M10.4 5.6l-4.8 4.8"/>',
    "cancelled": '<circle cx="8" cy="8" r="6"/>'
    '<rect x="5.8" y="5.8" width="4.4" height="4.4" rx=".6" fill="currentColor" stroke="none"/>',
    "lost": '<circle cx="8" cy="8" r="6" stroke-dasharray="2.6 2.1"/>'
    '<path d="M6.4 6.4a1.7 1.7 0 1 1 2.4 1.6c-.5.3-.8.6-.8 1.2M8 11.2v.1"/>',
    "deleted": '<circle cx="8" cy="8" r="6" stroke-dasharray="2.1 2.1"/><path d="M5 11 11 5"/>',
}


def state_icon(state: str) -> str:
    """Give the icon of a state."""
    shape = _SHAPES.get(state, "")
    return f'<svg class="gds-icon is-{state}" viewBox="0 0 16 16" aria-hidden="true">{shape}</svg>'
