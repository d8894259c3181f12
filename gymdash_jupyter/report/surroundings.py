"""In which environment simulations were executed: code, versions, machine and command.

The host, the user's folders and environment variables are left out: a report is given to others.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.report.html import count_words, fold, section, table, text
from gymdash_jupyter.report.summary import name_html, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from gymdash_jupyter.report.facts import ReportFacts

_TOLD: Final = {
    "git_commit": "git commit",
    "git_branch": "git branch",
    "git_is_dirty": "changed since the commit",
    "python": "Python",
    "implementation": "implementation",
    "platform": "platform",
    "machine": "machine",
    "cpu_count": "CPUs to use",
    "gpus": "GPUs",
    "command": "command",
}


def surroundings_html(facts: ReportFacts) -> str:
    """Write the section; nothing where no environment was captured."""
    ids = [record.sim_id for record in facts.records]
    known = facts.project.store.environments(ids)
    if not known:
        return ""
    told = {sim_id: _flat(found) for sim_id, found in known.items()}
    names = list(dict.fromkeys(name for found in told.values() for name in found))
    first = next(iter(told.values()))
    same = [
        name
        for name in names
        if all(found.get(name) == first.get(name) for found in told.values())
    ]
    differing = [name for name in names if name not in same]
    commits = {found["git commit"] for found in told.values() if "git commit" in found}
    title = "Code, versions, machine"
    if len(commits) == 1:
        title += f", commit {next(iter(commits))[:10]}"
    pairs = [[text(name), f"<code>{text(first[name])}</code>"] for name in same if name in first]
    body = table("Environment", ["fact", "value"], pairs, n_left=2, wraps=True)
    if differing:
        body += _differences(facts, told, differing)
    missing = len(ids) - len(known)
    if missing:
        body += f'<p class="muted">Not known of {count_words(missing, "simulation")}.</p>'
    return section("environment", "Environment", fold(escape(title), body))


def _flat(found: Mapping[str, Any]) -> dict[str, str]:
    told = {
        words: value_text(found[name])
        for name, words in _TOLD.items()
        if found.get(name) not in (None, [], "")
    }
    packages = found.get("packages")
    if isinstance(packages, dict):
        told.update({str(name): str(version) for name, version in packages.items()})
    return told


def _differences(
    facts: ReportFacts, told: Mapping[UUID, Mapping[str, str]], names: list[str]
) -> str:
    rows = [
        [
            name_html(facts, record),
            *(f"<code>{text(told[record.sim_id].get(name, ''), 200)}</code>" for name in names),
        ]
        for record in facts.records
        if record.sim_id in told
    ]
    return table("What differs", ["simulation", *names], rows, n_left=1 + len(names))
