"""The built front end: one small bundle a panel."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "gymdash_jupyter" / "static"

LARGEST_BYTES = 100_000
"""anywidget sends the whole bundle with every widget, and a saved notebook holds each copy."""

STEMS = sorted(
    path.stem for path in (ROOT / "js" / "widgets").glob("*.ts") if "." not in path.stem
)


@pytest.mark.parametrize("stem", STEMS)
def test_a_bundle_is_small(stem: str) -> None:
    assert (STATIC / f"{stem}.js").stat().st_size <= LARGEST_BYTES


def test_no_bundle_outlives_its_source() -> None:
    assert sorted(path.stem for path in STATIC.glob("*.js")) == STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_a_bundle_names_whose_work_is_in_it(stem: str) -> None:
    head = (STATIC / f"{stem}.js").read_text(encoding="utf-8")[:200]
    assert "uPlot" in head
    assert "MIT License" in head
