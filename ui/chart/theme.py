"""One palette a mode, and what every chart has in common: no frame, no ticks, the page's own background.

The tokens are those of ``.streamlit/config.toml``, which themes everything that is not a chart.
"""

# pyright: reportUnknownMemberType=false
# Altair's methods are only partly typed.

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import streamlit as st
from metrics.catalogue import Unit
from metrics.estimate import Verdict

from ui.figures import THIN
from ui.words import language

FONT: Final = "Source Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
TEXT_SIZE: Final = 13


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

    def of(self, verdict: Verdict, *, higher_is_better: bool = True) -> str:
        """The colour of a verdict against the line that matters."""
        if verdict is Verdict.HIGHER:
            return self.better if higher_is_better else self.worse
        if verdict is Verdict.LOWER:
            return self.worse if higher_is_better else self.better
        return self.none


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
)


def palette() -> Palette:
    """The palette of the reader's mode."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def axis_label(unit: Unit) -> str:
    """The Vega expression that writes a value of the unit on an axis, in the language of this run."""
    gap = THIN if language() == "en" else ""
    return {
        Unit.SHARE: f"format(datum.value * 100, '~g') + '{gap}%'",
        Unit.POINTS: "datum.value == 0 ? '0' : format(datum.value * 100, '+~g')",
        Unit.RATIO: "datum.value == 0 ? '0' : format(datum.value, '+~g')",
    }.get(unit, "format(datum.value, ',~g')")


def show(chart: Any, *, height: int, alt_text: str, key: str | None = None) -> None:
    """Draws a chart in the page's width, with the look that all charts share and a text for those who cannot see it."""
    colours = palette()
    axis: dict[str, Any] = {
        "domain": False,
        "ticks": False,
        "gridColor": colours.grid,
        "labelColor": colours.muted,
        "labelFont": FONT,
        "labelFontSize": TEXT_SIZE,
        "titleColor": colours.muted,
        "titleFont": FONT,
        "titleFontSize": TEXT_SIZE,
        "titleFontWeight": "normal",
    }
    dressed = (
        chart.properties(
            height=height, background="transparent", padding={"left": 0, "right": 4, "top": 4, "bottom": 0}
        )
        .configure_view(strokeWidth=0)
        .configure_axis(**axis)
        .configure_text(font=FONT, fontSize=TEXT_SIZE)
    )
    st.altair_chart(dressed, width="stretch", theme=None, key=key, alt=alt_text)
