"""Classes written in a notebook, known in processes that never saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.export.kernel import CellError, Kernel

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Python

RUN = """
import sys, gymdash_jupyter as gd
gd.open_project(sys.argv[1])
print(gd.SimulationExporter.import_and_register())
sim = gd.run(sys.argv[2], launcher="thread")
print(gd.tracker().wait(sim, timeout_s=30) and sim.state, sim.result)
for line in gd.statuses().error_trace: print(line) if line else None
"""

MINE = """
class Mine(gd.Simulation):
    def _run(self, **kwargs):
        self.result = 6 * 7
"""


def result_elsewhere(python: Python, project: Path, key: str = "mine") -> str:
    """Run the exported type in a fresh process and give its state and result."""
    lines = python(RUN, project, key)
    assert lines[0] == repr([key]), lines
    assert len(lines) == 2, lines
    return lines[1]


def test_a_class_of_a_notebook_runs_in_a_process_that_never_saw_it(
    kernel: Kernel, python: Python, project_dir: Path
) -> None:
    kernel.run(MINE)
    assert kernel.export("mine", "Mine") == "['mine']\n"
    assert result_elsewhere(python, project_dir) == "succeeded 42"


EVERYTHING = """
import math, json as j, logging
import xml.dom.minidom
from pathlib import Path
#%%
from typing import Any
from dataclasses import dataclass
from collections import namedtuple
from math import *
#%%
RATE, NAMES, LIMIT = 3, {'a': [1, (2, None)], 'b': {4}}, float('inf')
HERE = Path('x/y'); Table = dict[str, 'Any']; Point = namedtuple('Point', 'x y')
log = logging.getLogger(__name__)
#%%
def twice(f):
    def both(*a):
        return f(*a) + f(*a)
    return both

@twice
def helper(x):
    return x + even(x)

def even(x):
    return 0 if x == 0 else odd(x - 1)

def odd(x):
    return 1 if x == 0 else even(x - 1)
#%%
@dataclass
class Settings:
    rate: int = RATE
    def double(self) -> int:
        return double(self.rate)

double = lambda x: 2 * x
#%%
class Base(gd.Simulation):
    limit = LIMIT
    def make(self) -> Table:
        return Derived
#%%
%matplotlib inline
@gd.SimulationRegistry.register
class Derived(Base):
    '''Ends
    \u0020
    well.'''
    def _run(self, *, point: Point = Point(1, 2), **kwargs):
        log.debug('started')
        assert self.make() is Derived and super().make() is Derived
        self.result = [helper(RATE), Settings().double(), j.dumps(sorted(NAMES)), str(HERE), self.limit,
                       point.y, floor(pi), math.ceil(0.5), xml.dom.minidom.Node.TEXT_NODE,
                       [k for k in NAMES], type(self).__doc__]
"""


def test_it_takes_along_all_that_it_uses(
    kernel: Kernel, python: Python, project_dir: Path
) -> None:
    for cell in EVERYTHING.split("#%%\n"):
        kernel.run(cell)
    kernel.export("mine", "Derived")
    here = kernel.run(
        "d = gd.run(Derived, launcher='thread')\ngd.tracker().wait(d)\nprint(d.state, d.result)"
    )
    assert here.startswith("succeeded [")
    assert result_elsewhere(python, project_dir) == here.strip()


def test_a_base_class_that_makes_its_subclass_comes_first(
    kernel: Kernel, python: Python, project_dir: Path
) -> None:
    for cell in EVERYTHING.split("#%%\n")[:-1]:
        kernel.run(cell)
    kernel.run("class Derived(Base):\n    pass")
    kernel.run("Base._run = None\ndel Base._run")
    kernel.export("mine", "Base")
    text = exported_text(kernel)
    assert text.index("class Base") < text.index("class Derived")


def exported_text(kernel: Kernel) -> str:
    code = "from gymdash_jupyter.exported import folder_of\n"
    code += (
        "print(*(p.read_text() for p in folder_of(gd.ProjectManager.project_folder()).iterdir()))"
    )
    return kernel.run(code)


@pytest.mark.parametrize("magic", ["%%time", "%%capture out"])
def test_a_class_below_a_cell_magic_is_found(
    magic: str, kernel: Kernel, python: Python, project_dir: Path
) -> None:
    kernel.run(f"{magic}\n{MINE}")
    kernel.export("mine", "Mine")
    assert result_elsewhere(python, project_dir) == "succeeded 42"


def test_a_class_without_methods_is_found(
    kernel: Kernel, python: Python, project_dir: Path
) -> None:
    kernel.run(MINE)
    kernel.run("if True:\n    class Same(Mine):\n        rate = 1")
    kernel.export("mine", "Same")
    assert result_elsewhere(python, project_dir) == "succeeded 42"


def test_exporting_after_an_edit_replaces(
    kernel: Kernel, python: Python, project_dir: Path
) -> None:
    kernel.run(MINE)
    kernel.export("mine", "Mine")
    kernel.run(MINE.replace("7", "8"))
    kernel.export("mine", "Mine")
    assert result_elsewhere(python, project_dir) == "succeeded 48"


def test_future_annotations_of_another_cell_hold(
    kernel: Kernel, python: Python, project_dir: Path
) -> None:
    kernel.run("from __future__ import annotations")
    kernel.run(MINE.replace("**kwargs", "rate: Nowhere = 1, **kwargs"))
    kernel.export("mine", "Mine")
    assert result_elsewhere(python, project_dir) == "succeeded 42"


def test_the_default_config_goes_along(kernel: Kernel, python: Python, project_dir: Path) -> None:
    kernel.run(MINE.replace("6 * 7", "self.config.kwargs"))
    config = (
        "gd.SimulationStartConfig(name='n', sim_key='mine', kwargs={'rate': float('nan'), 'n': 2})"
    )
    kernel.run(f"gd.SimulationRegistry.register('mine', Mine, {config})")
    kernel.export("mine", "Mine")
    assert result_elsewhere(python, project_dir) == "succeeded {'rate': nan, 'n': 2}"


def test_a_default_config_that_json_cannot_hold_stays_with_a_warning(kernel: Kernel) -> None:
    kernel.run(MINE)
    config = (
        "gd.SimulationStartConfig(name='n', sim_key='mine', kwargs={'n': 2, 'f': [len, open]})"
    )
    kernel.run(f"gd.SimulationRegistry.register('mine', Mine, {config})")
    assert (
        "without its default config, because its kwargs cannot be written as JSON: f."
        in kernel.export("mine", "Mine")
    )


def test_the_notebook_itself_keeps_its_own_class(kernel: Kernel) -> None:
    kernel.run(MINE)
    kernel.run("gd.SimulationRegistry.register('mine', Mine)")
    kernel.export("mine", "Mine")
    printed = kernel.run(
        "print(gd.SimulationExporter.import_and_register())\n"
        "print(gd.SimulationRegistry.find('mine').creator is Mine)"
    )
    assert printed == "['mine']\nTrue\n"


@pytest.mark.slow
def test_a_module_beside_the_notebook_is_found_from_another_folder(
    kernel: Kernel, python: Python, project_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "mod_beside.py").write_text(
        "def answer():\n    import mod_inner; return mod_inner.A"
    )
    (tmp_path / "beside" / "mod_inner.py").write_text("A = 42")
    kernel.run(f"import sys; sys.path.insert(0, {str(tmp_path / 'beside')!r}); import mod_beside")
    kernel.run(MINE.replace("6 * 7", "mod_beside.answer()"))
    kernel.export("mine", "Mine")
    assert result_elsewhere(python, project_dir) == "succeeded 42"


@pytest.mark.slow
def test_a_module_that_only_a_function_imports_is_found(
    kernel: Kernel, python: Python, project_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "mod_inside.py").write_text("A = 42")
    kernel.run(f"import sys; sys.path.insert(0, {str(tmp_path / 'inside')!r})")
    kernel.run(
        MINE.replace("        self", "        from mod_inside import A\n        self").replace(
            "6 * 7", "A"
        )
    )
    kernel.export("mine", "Mine")
    assert result_elsewhere(python, project_dir) == "succeeded 42"


# What cannot be exported

REFUSED = [
    (
        "lock = __import__('threading').Lock()",
        "lock",
        "Mine uses 'lock', which in the notebook is a _thread.lock",
    ),
    (
        "table = __import__('pandas').DataFrame()",
        "table",
        r"'table', which in the notebook is a pandas.*DataFrame",
    ),
    ("", "nowhere", "Mine uses 'nowhere', which is not defined in the notebook"),
    (
        "lock = __import__('threading').Lock()\ndef inner():\n    return lock",
        "inner()",
        "Mine uses inner, which uses 'lock'",
    ),
    ("exec('def typed(): pass')", "typed()", "Mine uses 'typed', and it has no source here"),
]


@pytest.mark.parametrize(("before", "expression", "said"), REFUSED)
def test_what_cannot_be_written_down_is_named(
    before: str, expression: str, said: str, kernel: Kernel
) -> None:
    kernel.run(before)
    kernel.run(MINE.replace("6 * 7", expression))
    with pytest.raises(CellError, match=rf"^ExportError: .*'mine' cannot be exported: .*{said}"):
        kernel.export("mine", "Mine")


def test_a_class_of_a_function_is_refused(kernel: Kernel) -> None:
    kernel.run("def make():\n    class Inner(gd.Simulation): pass\n    return Inner")
    with pytest.raises(
        CellError, match=r"Inner is defined inside the function make, .* Move it to the top"
    ):
        kernel.export("mine", "make()")


def test_a_nested_class_is_refused(kernel: Kernel) -> None:
    kernel.run("class Outer:\n    class Inner(gd.Simulation): pass")
    with pytest.raises(CellError, match="Inner is defined inside the class Outer"):
        kernel.export("mine", "Outer.Inner")


def test_a_class_without_source_is_refused(kernel: Kernel) -> None:
    kernel.run("Mine = type('Mine', (gd.Simulation,), {'_run': len})")
    with pytest.raises(CellError, match=r"abc has no class Mine; write it as a class statement"):
        kernel.export("mine", "Mine")


def test_a_class_made_by_exec_is_refused(kernel: Kernel) -> None:
    kernel.run(f"exec({MINE.replace('Mine', 'Typed')!r})")
    with pytest.raises(CellError, match=r"Typed has no source here.*bare Python, or made by exec"):
        kernel.export("mine", "Typed")


@pytest.mark.parametrize("name", ["_run", "extra"])
def test_a_class_that_was_changed_afterwards_is_refused(name: str, kernel: Kernel) -> None:
    kernel.run(MINE)
    kernel.run(f"def other(self, **kwargs): pass\nMine.{name} = other")
    with pytest.raises(CellError, match="is not what is written in the notebook any more"):
        kernel.export("mine", "Mine")


@pytest.mark.slow
def test_a_refused_class_leaves_the_others_exported(
    kernel: Kernel, python: Python, project_dir: Path
) -> None:
    kernel.run(MINE)
    kernel.export("mine", "Mine")
    kernel.run("class Bad(gd.Simulation):\n    def _run(self): return nowhere")
    with pytest.raises(CellError, match="nowhere"):
        kernel.export("bad", "Bad")
    assert result_elsewhere(python, project_dir) == "succeeded 42"
