"""What axe-core, the usual checker, has against a part of a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"

RUN = """async (selector) => {
  const found = await axe.run(selector, { resultTypes: ['violations'] });
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
      `${id}: ${html.slice(0, 160)} ${failureSummary.replaceAll(/\\s+/g, ' ').slice(0, 200)}`));
}"""


def serious_violations(page: Page, selector: str) -> list[str]:
    """Name what is seriously or critically wrong in a part of the page, one sentence a place."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(
            AXE.read_text(encoding="utf-8")
        )  # a script tag could meet JupyterLab's AMD loader
    found: list[str] = page.evaluate(RUN, selector)
    return found
