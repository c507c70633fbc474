"""A chart as a picture, SVG or PNG, in the colours and the font of paper; no browser is asked.

A specification names roles instead of colours and has no width of its own: paper gives it both.
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from html import unescape
from typing import Any, Final

import vl_convert
from story.chart.theme import LIGHT, TEXT_SIZE
from story.parts import Chart

from reports.fonts import Fonts, fonts

WIDTH: Final = 820
"""Pixels of a picture that stands alone."""

TALLEST: Final = 680
"""Pixels of the tallest plot: forty rows, each as high as its text, and room for a headline on the same page."""

SCALE: Final = 2.0
"""Dots a pixel of a PNG, so that it is sharp in a document."""

KEPT: Final = 64
"""Charts that are kept as drawn: some 50 KB each."""

_NARROWEST: Final = 120
_TRIES: Final = 3
_WITHIN: Final = {"type": "fit-x", "contains": "padding"}
_CLIP: Final = re.compile(r"\bclip\d+\b")
_PART: Final = re.compile(r"<(/?)(g|text)\b([^>]*)>([^<]*)")
_MOVED: Final = re.compile(r'transform="translate\((-?[\d.]+)')
_TEXT_SIZE: Final = re.compile(r'font-size="([\d.]+)px"')
_RIGHT_OF: Final = {"start": 1.0, "middle": 0.5, "end": 0.0}
"""Part of a text that stands to the right of its place, by its anchor."""

_SIZE: Final = re.compile(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"')


def svg(chart: Chart, width: int = WIDTH) -> str:
    """The chart as SVG, about so many pixels wide.

    Raises:
        FontError: this machine has no font for it.
    """
    used = fonts()
    return _written(json.dumps(_dressed(chart, used)), width)


@lru_cache(KEPT)
def _written(spec: str, width: int) -> str:
    """The same chart, for everybody who gets the same, is drawn once: nothing takes longer on a sheet."""
    # Axes and labels stand beside the plot, and none of them is cut: the plot takes what they leave of the width.
    asked: dict[str, Any] = {**json.loads(spec), "width": width, "autosize": _WITHIN}
    drawn = vl_convert.vegalite_to_svg(asked)
    for _ in range(_TRIES):
        beyond = _right_end(drawn) - width
        if beyond <= 0:
            break
        # The engine left room for a text at the end of a mark in a plot of the whole width; a narrower plot moves it.
        asked["padding"]["right"] += math.ceil(beyond)
        drawn = vl_convert.vegalite_to_svg(asked)
    if size(drawn)[0] > width:  # they leave nothing
        drawn = vl_convert.vegalite_to_svg({**json.loads(spec), "width": _NARROWEST, "autosize": "pad"})
    return fonts().written(_renumbered(drawn))


def png(chart: Chart, width: int = WIDTH) -> bytes:
    """The chart as PNG on white, about so many pixels wide, each two dots.

    Raises:
        FontError: this machine has no font for it.
    """
    return vl_convert.svg_to_png(svg(chart, width), scale=SCALE)


def size(picture: str) -> tuple[float, float]:
    """Width and height of an SVG in pixels."""
    found = _SIZE.search(picture)
    if found is None:
        raise ValueError("An SVG states its width and height.")
    return float(found[1]), float(found[2])


def _dressed(chart: Chart, used: Fonts) -> dict[str, Any]:
    """The specification in the colours and the font of paper."""
    config: dict[str, Any] = dict(chart.spec["config"])
    family = ", ".join(f"'{name}'" for name in used.families)
    config["range"] = {"category": list(LIGHT.category), "ramp": list(LIGHT.ramp), "heatmap": list(LIGHT.ramp)}
    config["font"] = family
    config["axis"] = {**config.get("axis", {}), "labelFont": family, "titleFont": family, "gridColor": LIGHT.grid}
    config["text"] = {"fontSize": TEXT_SIZE, **config.get("text", {}), "font": family}
    return {
        **chart.spec,
        "config": config,
        "height": min(chart.height, TALLEST),
        "background": LIGHT.background,
    }


def _right_end(picture: str) -> float:
    """How far to the right the upright texts of an SVG reach, in pixels."""
    used, end, lefts = fonts(), 0.0, [0.0]
    for closes, name, facts, text in _PART.findall(picture):
        moved = _MOVED.search(facts)
        if name == "g" and closes:
            lefts.pop()
        elif name == "g":
            lefts.append(lefts[-1] + (float(moved[1]) if moved else 0.0))
        elif text and moved and "rotate" not in facts and (size := _TEXT_SIZE.search(facts)):
            part = next((share for anchor, share in _RIGHT_OF.items() if f'text-anchor="{anchor}"' in facts), 1.0)
            wide = used.width(used.written(unescape(text))) * float(size[1])
            end = max(end, lefts[-1] + float(moved[1]) + part * wide)
    return end


def _renumbered(picture: str) -> str:
    """The picture with its clips counted from one: the engine counts on through all that it draws."""
    clips = list(dict.fromkeys(_CLIP.findall(picture)))
    return _CLIP.sub(lambda found: f"clip{clips.index(found[0]) + 1}", picture)
