"""The inputs of a comparison as files, with a script that recomputes its verdict without this app's database."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Final

import pandas as pd
from answers.compare.compare import Comparison
from answers.compare.several import Several
from metrics.catalogue import Unit
from metrics.inference.study import beside

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

OF_SEVERAL: Final = '''"""Recomputes the differences from these files: PYTHONPATH=<Branchlight> python recompute.py"""
import json, pathlib, pandas as pd
from metrics.inference.study import beside, several
here = pathlib.Path(__file__).parent
words = dict.fromkeys(("campaign", "campaign_id", "arm", "branch_id"), str)
tables = {file.stem: pd.read_csv(file, dtype=words) for file in here.glob("*.csv")}
design = json.loads((here / "design.json").read_text("utf-8"))
print(several.several(design["key"], beside.read(tables), design["looks"]).frame().to_string(index=False))
'''

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""A file says what data it holds, not when somebody asked for it."""


def bundle(answer: Comparison) -> bytes:
    """A ZIP of one CSV a table, all of them as a workbook, the design and the script; amounts in minor units."""
    return _zip(SCRIPT, answer.study.design.json(), answer.inputs.tables(), answer)


def of_several(answer: Several) -> bytes:
    """The same of several side by side."""
    design = json.dumps({"key": answer.found.key, "looks": answer.looks}, sort_keys=True)
    return _zip(OF_SEVERAL, design, beside.tables(answer.inputs), answer)


def _zip(script: str, design: str, tables: Mapping[str, pd.DataFrame], answer: Comparison | Several) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files(script, design, tables, answer):
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), content)
    return buffer.getvalue()


def _files(
    script: str, design: str, found: Mapping[str, pd.DataFrame], answer: Comparison | Several
) -> Iterator[tuple[str, bytes]]:
    tables = {name: _safe(table) for name, table in found.items()}
    yield "recompute.py", script.encode()
    yield "design.json", design.encode()
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
