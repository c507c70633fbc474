"""What is shown, as a file: every number with its limits, n and reason, the filter it was read under, the data version.

Text never begins a formula: a spreadsheet that opens a feed's value must not run it.
"""

# pyright: reportUnknownMemberType=false
# XlsxWriter is not typed.

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from metrics.catalogue import Unit
from metrics.estimate import Intervals

from ui.figures import why
from ui.table import Column
from ui.words import say

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_FORMATS = {Unit.SHARE: "0.00%", Unit.POINTS: "0.00%", Unit.MONEY: "#,##0.00", Unit.COUNT: "#,##0"}


def buttons(columns: Sequence[Column], *, name: str, about: Mapping[str, str], currency: str) -> None:
    """A menu that offers the table as CSV and as XLSX.

    Args:
        columns: What is shown.
        name: Stem of the file's name.
        about: What the file says of itself: filter, data version, date of the data.
        currency: Of all amounts; they are written in currency units.
    """
    frame = tidy(columns, currency)
    with st.popover(say("Export"), icon=":material/download:", type="tertiary"):
        st.caption(say("As shown, with intervals, denominators, the filter and the version of the data."))
        st.download_button(
            "CSV", lambda: csv(frame, about), f"{name}.csv", "text/csv", on_click="ignore", width="stretch"
        )
        sheet = say("Table"), say("About")
        formats = _formats(columns)
        st.download_button(
            "XLSX",
            lambda: xlsx(frame, about, formats, sheet),
            f"{name}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            on_click="ignore",
            width="stretch",
        )


def tidy(columns: Sequence[Column], currency: str) -> pd.DataFrame:
    """The table in plain units: shares as fractions, amounts in currency units, an interval as five columns."""
    frame: dict[str, object] = {}
    for column in columns:
        factor = 0.01 if column.unit is Unit.MONEY else 1.0
        name = f"{column.name}, {currency}" if column.unit is Unit.MONEY else column.name
        if column.unit is None or not isinstance(column.values, Intervals):
            frame[name] = list(column.texts("")) if column.unit is None else column.numbers() * factor
            continue
        values = column.values
        frame[name] = values.estimate * factor
        frame[say("{name}, low", name=name)] = values.low * factor
        frame[say("{name}, high", name=name)] = values.high * factor
        frame[say("{name}, n", name=name)] = values.n
        frame[say("{name}, why missing", name=name)] = [why(str(reason)) if reason else "" for reason in values.reason]
    return pd.DataFrame(frame)


def csv(frame: pd.DataFrame, about: Mapping[str, str]) -> bytes:
    """The table as UTF-8 with a byte order mark, which spreadsheets need for Chinese; `about` in columns at the end."""
    safe = frame.assign(**about)
    safe.columns = [_harmless(str(name)) for name in safe.columns]
    for place, kind in enumerate(safe.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            safe.isetitem(place, [_harmless(str(value)) for value in safe.iloc[:, place]])
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def xlsx(frame: pd.DataFrame, about: Mapping[str, str], formats: Mapping[str, str], sheets: tuple[str, str]) -> bytes:
    """The table as a workbook: numbers as numbers, text as text, and a sheet that says what it is."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": False}
    with pd.ExcelWriter(buffer, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        frame.to_excel(writer, sheet_name=sheets[0], index=False, freeze_panes=(1, 1))
        sheet = writer.sheets[sheets[0]]
        for place, name in enumerate(frame.columns):
            stem = next((key for key in formats if str(name).startswith(key)), "")
            cell = writer.book.add_format({"num_format": formats[stem]}) if stem else None
            sheet.set_column(place, place, 28 if place == 0 else 16, cell)
        sheet.autofilter(0, 0, len(frame), max(len(frame.columns) - 1, 0))
        pd.DataFrame({"": list(about), " ": list(about.values())}).to_excel(
            writer, sheet_name=sheets[1], index=False, header=False
        )
        writer.sheets[sheets[1]].set_column(0, 1, 40)
    return buffer.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _formats(columns: Sequence[Column]) -> dict[str, str]:
    return {column.name: _FORMATS.get(column.unit, "0.00") for column in columns if column.unit is not None}
