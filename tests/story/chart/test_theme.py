"""The colours are one set of tokens, readable in both modes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from story.chart.theme import DARK, FONT, LIGHT, TEXT_SIZE, Palette, dressed, of

CONFIG = tomllib.loads((Path(__file__).parents[3] / ".streamlit/config.toml").read_text(encoding="utf-8"))


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_black_on_white_is_the_published_one():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_text_and_marks_can_be_read(palette: Palette):
    assert min(contrast(colour, palette.background) for colour in (palette.text, palette.muted)) >= 4.5
    assert min(contrast(c, palette.background) for c in (palette.better, palette.worse, palette.none)) >= 3.0


@pytest.mark.parametrize(("mode", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_streamlits_theme_is_made_of_the_same_tokens(mode: str, palette: Palette):
    theme = CONFIG["theme"][mode]
    assert (theme["backgroundColor"], theme["textColor"]) == (palette.background, palette.text)
    assert theme["chartCategoricalColors"][:3] == [palette.better, palette.worse, palette.none]
    assert [theme[f"{name}Color"] for name in ("blue", "orange", "gray")] == theme["chartCategoricalColors"][:3]
    assert CONFIG["theme"]["font"] == FONT


def test_the_server_is_safe_by_default():
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["server"]["enableXsrfProtection"] is True
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["browser"]["gatherUsageStats"] is False


def test_a_form_wears_what_altair_would_put_on_it():
    chart = of("rows").mark_bar().encode(x="amount:Q")
    by_altair = (
        chart.properties(background="transparent", padding={"left": 0, "right": 4, "top": 4, "bottom": 4})
        .configure(aria=False)
        .configure_mark(aria=False)
        .configure_view(strokeWidth=0)
        .configure_axis(
            **dict.fromkeys(("domain", "ticks", "labelFlush"), False),
            labelColor={"expr": "scale('color', 'muted')"},
            titleColor={"expr": "scale('color', 'muted')"},
            **dict.fromkeys(("labelFont", "titleFont"), FONT),
            **dict.fromkeys(("labelFontSize", "titleFontSize"), TEXT_SIZE),
            titleFontWeight="normal",
            labelPadding=8,
        )
        .configure_text(font=FONT, fontSize=TEXT_SIZE)
    )
    assert dressed(chart) == by_altair.to_dict()
