"""The inputs of a comparison as files, with a script that recomputes its verdict without this app's database."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Final

import pandas as pd
from answers.compare.compare import Comparison
from metrics.catalogue import Unit

from story.columns import Column
from story.parts import Table
from story.spreadsheet import harmless, xlsx
from story.words import say

SCRIPT: Final = '''"""Recomputes the verdict from the files beside it: PYTHONPATH=<Branchlight> python recompute.py"""
import pathlib, pandas as pd
from metrics.inference.study.study import Design, Inputs, study
here = pathlib.Path(__file__).parent
tables = {file.stem: pd.read_csv(file) for file in here.glob("*.csv")}
found = study(Design.read((here / "design.json").read_text("utf-8")), Inputs(**tables))
print(found.verdict, found.frame().to_string(index=False), sep="\\n")
'''

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""A file says what data it holds, not when somebody asked for it."""


def bundle(answer: Comparison) -> bytes:
    """A ZIP of one CSV a table, all of them as a workbook, the design and the script; amounts in minor units."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files(answer):
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), content)
    return buffer.getvalue()


def _files(answer: Comparison) -> Iterator[tuple[str, bytes]]:
    tables = {name: _safe(table) for name, table in answer.inputs.tables().items()}
    yield "recompute.py", SCRIPT.encode()
    yield "design.json", answer.study.design.json().encode()
    for name, table in tables.items():
        yield f"{name}.csv", table.to_csv(index=False).encode()
    about = {say("Data version"): answer.version, say("Data as of"): answer.as_of.isoformat()}
    yield "inputs.xlsx", xlsx([_sheet(name, table) for name, table in tables.items()], answer.currency, about)


def _safe(table: pd.DataFrame) -> pd.DataFrame:
    """The table with no text that a spreadsheet would run."""
    texts = [name for name in table.columns if table[name].dtype == object or pd.api.types.is_string_dtype(table[name])]
    return table.assign(
        **{str(name): [harmless(value) if isinstance(value, str) else value for value in table[name]] for name in texts}
    )


def _sheet(name: str, table: pd.DataFrame) -> Table:
    columns = [
        Column(str(column), table[column].to_numpy(float, na_value=float("nan")), Unit.RATIO)
        if pd.api.types.is_numeric_dtype(table[column])
        else Column(str(column), ["" if pd.isna(value) else str(value) for value in table[column]])
        for column in table.columns
    ]
    return Table(tuple(columns), name, name)
