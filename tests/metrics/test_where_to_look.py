"""The README's table names every module of the library, and no module that there is not."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import metrics

ROOT = Path(metrics.__file__).parent
TABLE = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Where to look")[2]
NAMED = re.findall(r"`([\w.]+)`", TABLE)
MODULES = {
    path.stem
    for path in ROOT.rglob("*.py")
    if path.stem != "__init__" and path.parent.name != "catalogue"  # one module a section of the catalogue
}


def test_every_module_is_named() -> None:
    assert MODULES - {part for name in NAMED for part in name.split(".")} == set()


def test_every_name_is_there() -> None:
    packages = {path.parent.name for path in ROOT.rglob("__init__.py")}
    attributes = [name for name in NAMED if name.split(".")[-1] not in MODULES | packages]
    assert attributes == ["result.Study.swapped"]
    assert import_module("metrics.inference.study.result").Study.swapped
