"""What every chart has in common: roles instead of colours, no frame, no ticks, no background of its own.

A specification says what a colour means; the theme of whoever shows it (``.streamlit/config.toml`` on screen, a palette
on paper) says which it is, so that a chart follows the reader's mode without being made anew.
"""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, Literal, cast

import altair as alt
import pandas as pd
from metrics.catalogue import Direction, Unit
from metrics.inference.comparison.verdict import Grade, Meaning, meaning

from story.figures import THIN
from story.words import language

FONT: Final = "Source Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
TEXT_SIZE: Final = 13

_LETTER: Final = 6.6
_CHARACTER: Final = 13.0
"""Pixels of a letter and of a Chinese character in that size."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they mean. Better is blue and worse is orange in both modes, never green and red."""

    background: str
    text: str
    muted: str
    line: str  # the zero or break-even line, the darkest of a plot
    better: str
    worse: str
    none: str  # no difference shown, reference, total
    band: str
    soft: str  # a soft interval
    grid: str
    ramp: tuple[str, str, str, str, str]
    fourth: str
    fifth: str

    @property
    def category(self) -> tuple[str, ...]:
        """The colours of `ROLES`, in their order."""
        return tuple(str(getattr(self, role)) for role in ROLES)


LIGHT: Final = Palette(
    background="#FFFFFF",
    text="#0B1820",
    muted="#566570",
    line="#0B1820",
    better="#1F77A4",
    worse="#B4560F",
    none="#65737E",
    band="#EDF2F5",
    soft="#DCEAF2",
    grid="#E6EBEF",
    ramp=("#F1F6F9", "#C2DBE8", "#80B5D0", "#3E86AC", "#0F4160"),
    fourth="#4C348D",
    fifth="#64150E",
)
DARK: Final = Palette(
    background="#12191F",
    text="#E3EAEF",
    muted="#9FB0BC",
    line="#E3EAEF",
    better="#6BB6D9",
    worse="#E79A55",
    none="#93A3AF",
    band="#1B262E",
    soft="#24404F",
    grid="#26333C",
    ramp=("#18242C", "#1F4459", "#2E6C8C", "#559FC4", "#A9D6EC"),
    fourth="#9857AD",
    fifth="#2B726F",
)


Role = Literal["better", "worse", "none", "fourth", "fifth", "text", "muted", "line", "soft"]
"""What a mark's colour means. A chart names roles; the one who shows it knows the colours of its mode."""

ROLES: Final[tuple[Role, ...]] = ("better", "worse", "none", "fourth", "fifth", "text", "muted", "line", "soft")
"""In the order of the theme's categorical colours (``chartCategoricalColors`` of both modes)."""

_ROLES_OF_MEANING: Final[dict[Meaning, Role]] = {
    Meaning.BETTER: "better",
    Meaning.WORSE: "worse",
    Meaning.NEITHER: "none",
}
_SCALE: Final = alt.Scale(domain=list(ROLES))


def role_of(grade: str, direction: Direction = Direction.UP) -> Role:
    """The role of a verdict that holds; a hint and no difference are grey."""
    if not Grade(grade).shown:
        return "none"
    return _ROLES_OF_MEANING[meaning(grade, direction)]


def colour(role: Role) -> alt.ColorDatum:
    """The colour of all marks of a layer."""
    return alt.ColorDatum(role, scale=_SCALE, legend=None)


def names_axis(**others: Any) -> alt.Axis:
    """The axis on which names stand: in the colour of text that is read."""
    return alt.Axis(labelPadding=10, labelColor=alt.ExprRef("scale('color', 'text')"), **others)


def colour_by(field: str) -> alt.Color:
    """The colour of each mark by the role in a field of its datum."""
    return alt.Color(f"{field}:N", scale=_SCALE, legend=None)


def fill_by(field: str) -> alt.Fill:
    """The fill of each mark by the role in a field of its datum."""
    return alt.Fill(f"{field}:N", scale=_SCALE, legend=None)


def axis_label(unit: Unit) -> str:
    """The Vega expression that writes a value of the unit on an axis, in the language of this run."""
    gap = THIN if language() == "en" else ""
    return {
        Unit.SHARE: f"format(datum.value * 100, '~g') + '{gap}%'",
        Unit.POINTS: "datum.value == 0 ? '0' : format(datum.value * 100, '+~g')",
        Unit.RATIO: "datum.value == 0 ? '0' : format(datum.value, '+~g')",
    }.get(unit, "format(datum.value, ',~g')")


def wide(text: str) -> float:
    """About how many pixels a line of text takes in a chart, by which texts are kept apart.

    >>> wide("Li"), wide("秋季")
    (13.2, 26.0)
    """
    return sum(_CHARACTER if sign > "\u2e7f" else _LETTER for sign in text)


def room_at_the_end(low: float, at: float, high: float, text: str) -> dict[str, str]:
    """The end of an axis as a Vega expression: `high`, or further where a narrow plot would cut a text begun at `at`.

    >>> room_at_the_end(0.0, 8.0, 10.0, "+2.5")["expr"]
    'max(10, 0 + 8 / (1 - min(41.4 / width, 0.6)))'
    """
    pixels = wide(text) + 15
    return {"expr": f"max({high:.9g}, {low:.9g} + {at - low:.9g} / (1 - min({pixels:.9g} / width, 0.6)))"}


def of(name: str) -> alt.Chart:
    """A chart of the data that `filled` puts in under this name."""
    return alt.Chart(alt.NamedData(name))


_LOOK: Final = {"background": "transparent", "padding": {"left": 0, "right": 4, "top": 4, "bottom": 4}}
_CONFIG: Final = {
    "aria": False,  # its text is read aloud; its marks would be by the names of their fields
    "mark": {"aria": False},
    "axis": {
        "domain": False,
        "ticks": False,
        "labelFont": FONT,
        "labelFontSize": TEXT_SIZE,
        "titleFont": FONT,
        "titleFontSize": TEXT_SIZE,
        "titleFontWeight": "normal",
        "labelPadding": 8,
        "labelFlush": False,
        "labelColor": {"expr": "scale('color', 'muted')"},
        "titleColor": {"expr": "scale('color', 'muted')"},
    },
    "text": {"font": FONT, "fontSize": TEXT_SIZE},
}


def dressed(chart: Any) -> dict[str, Any]:
    """The form of a chart with the look that all share: no frame, no ticks, no background of its own.

    Altair takes longer over a form than all else that a page needs, so a form is built once, without data, and `filled`
    for each chart. It is made of checked values, so Altair's validation is left to the tests.
    """
    form = chart.to_dict(validate=False)
    return {
        **form,
        **_LOOK,
        "config": {**form["config"], **_CONFIG, "view": {**form["config"]["view"], "strokeWidth": 0}},
    }


def filled(
    form: dict[str, Any], *, height: int, reach: tuple[float, float] | None = None, **data: pd.DataFrame
) -> dict[str, Any]:
    """The specification of one chart.

    Args:
        form: As `dressed` made it; it stays as it is.
        height: In pixels.
        reach: First and last value of the horizontal axis, where the form leaves them open.
        data: Rows by the name that the form uses; times are written as text.
    """
    spec = _copied(form)
    if reach is not None:
        for layer in spec["layer"]:
            if "scale" in layer["encoding"]["x"]:
                layer["encoding"]["x"]["scale"]["domain"] = list(reach)
    return {**spec, "height": height, "datasets": {name: _records(rows) for name, rows in data.items()}}


def _copied(part: Any) -> Any:
    """A form's own copy; it holds nothing but JSON, of which a copy that expects anything takes four times as long."""
    if isinstance(part, dict):
        return {key: _copied(each) for key, each in cast("dict[str, Any]", part).items()}
    if isinstance(part, list):
        return [_copied(each) for each in cast("list[Any]", part)]
    return part


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON knows them: what is no number is null."""
    names = [str(name) for name in rows.columns]
    columns = [[None if _no_number(value) else value for value in rows[name].tolist()] for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _no_number(value: object) -> bool:
    return isinstance(value, float) and not isfinite(value)
