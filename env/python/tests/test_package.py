"""The package as a whole: its names, types, documentation."""

import doctest
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import kartscope
from kartscope import errors

PACKAGE = Path(__file__).parents[1]


def mypy(module: str, *words: str) -> subprocess.CompletedProcess:
    """The output of mypy, or of one of its modules."""
    command = [sys.executable, "-m", f"mypy.{module}".rstrip("."), *words]
    environment = os.environ | {"MYPY_CACHE_DIR": os.devnull}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_stubs_are_as_the_code_is():
    done = mypy("stubtest", "kartscope", "--concise")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_is_typed(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import kartscope\n"
        "emu = kartscope.MarioKart()\n"
        "emu.open('game.nds', battery=kartscope.Save().to_bytes())\n"
        "emu.step(kartscope.Keys.A | kartscope.Keys.LEFT, frames=2)\n"
        "reveal_type(emu.screens())\n"
        "emu.step('A')\n"
    )
    done = mypy("", "--strict", str(program))
    assert 'Revealed type is "numpy.ndarray' in done.stdout, done.stdout
    assert done.stdout.count("error:") == 1 and "program.py:6: error: Argument 1" in done.stdout, done.stdout


@pytest.mark.parametrize("name", ["kartscope", "kartscope._native"])
def test_examples_in_docstrings_are_true(name):
    tested = doctest.testmod(importlib.import_module(name))
    assert tested.failed == 0
    assert name != "kartscope" or tested.attempted > 10


@pytest.mark.parametrize("page", [PACKAGE / "README.md", PACKAGE / "../../docs/python.md"], ids=lambda page: page.name)
def test_examples_on_pages_run(page, tmp_path, monkeypatch):
    """Every Python block runs, in order, except those of other packages."""
    blocks = re.findall(r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    own = [block for block in blocks if not re.search(r"^(from|import) (desmume|gym_mkds)", block, re.MULTILINE)]
    assert len(own) >= 3
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pathtorom.nds").write_bytes((PACKAGE / "../../homebrew/rom/kartscope.nds").read_bytes())
    for module in ("window", "wrappers"):
        monkeypatch.setattr(importlib.import_module(f"kartscope.{module}"), "Window", FakeWindow)
    names: dict = {}
    for block in own:
        exec(compile(block, page.name, "exec"), names)  # noqa: S102 - they are ours


class FakeWindow:
    """A window without a display, whose user presses A now and then and closes it after a while."""

    def __init__(self, width, height, **_):
        self.updates = 0
        self.shape = (height, width, 3)

    def update(self):
        self.updates += 1

    def show(self, picture):
        assert picture.shape == self.shape

    def keys(self):
        return self.updates // 30 % 2

    def touch(self):
        return None

    @property
    def is_open(self):
        return self.updates < 300


def test_every_exception_is_an_error_of_the_package():
    for name in errors.__all__:
        exception = getattr(errors, name)
        assert issubclass(exception, kartscope.Error) and exception.__doc__
        assert getattr(kartscope, name) is exception
    assert set(errors.__all__) <= set(kartscope.__all__)


def test_every_name_is_there_and_documented():
    for name in kartscope.__all__:
        public = getattr(kartscope, name)
        if isinstance(public, type):
            assert public.__doc__, name
            own = [member for member in vars(public) if not member.startswith("_")]
            documented = [member for member in own if getattr(public, member).__doc__]
            assert own == documented, name


def test_materials_have_the_natives_numbers_and_names():
    from kartscope._native import MATERIALS

    names = [material.name.replace("_", "").casefold() for material in kartscope.Material]
    assert names == [name.casefold() for name in MATERIALS]
    assert [int(material) for material in kartscope.Material] == list(range(len(MATERIALS)))


def test_importing_takes_nothing_else_along():
    program = (
        "import sys, numpy, gymnasium; before = set(sys.modules); import kartscope;"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["kartscope"]


def test_the_version_is_the_wheels():
    from importlib.metadata import version

    assert kartscope.__version__ == version("kartscope")
    assert re.fullmatch("[0-9a-f]{64}", kartscope.ROM_SHA256)
