"""Find a Chromium for the browser tests, or install one: ``python -m tests.browser.chromium``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""What makes headless Chromium work in containers."""


def find_chromium() -> str | None:
    """Give the path of a Chromium that starts: $CHROMIUM, the machine's, Playwright's own."""
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, NAMES), _of_playwright()]
    return next((path for path in candidates if path and _starts(path)), None)


def install_chromium() -> str:
    """Install Chromium: from the distribution when root, else by Playwright.

    Raises:
        RuntimeError: Nothing worked; says what to do by hand.
    """
    attempts = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.insert(0, ["apt-get", "install", "-y", "-qq", "chromium"])
        attempts.insert(0, ["apt-get", "update", "-qq"])
    for command in attempts:
        print(f"Chromium: {' '.join(command)}", flush=True)
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        subprocess.run(command, check=False, env=environment)
        found = find_chromium()
        if found is not None:
            return found
    message = (
        "No Chromium was found or could be installed. Install one and name it: "
        "CHROMIUM=/path/to/chromium make test"
    )
    raise RuntimeError(message)


def _starts(path: str) -> bool:
    """Say whether it runs: Ubuntu's chromium-browser is a stub that only asks for a snap."""
    try:
        asked = subprocess.run(
            [path, "--version"], capture_output=True, timeout=60, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and "Chrom" in asked.stdout


def _of_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    print(find_chromium() or install_chromium())
