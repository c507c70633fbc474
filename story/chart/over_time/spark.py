"""The earlier values of a card, drawn small, as an image that needs no chart library.

Six charts in as many cards take a browser longer than all else on a page; six images take it no time. An image cannot
know the mode of who looks, so its grey is one that stands out from both backgrounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Final

GREY: Final = "#7B8994"
"""At least 3.5 to 1 against the background of either mode."""
WIDTH, HEIGHT = 120, 44
"""In pixels."""
_EDGE: Final = 2
"""Pixels that the line keeps off the edge, half its width and a little more."""


def svg(values: Sequence[float]) -> str:
    """A line through the values, from the lowest at the bottom to the highest at the top; a missing one is a gap.

    >>> svg([1.0, 3.0, float("nan"), 2.0]).split('d="')[1].split('"')[0]
    'M2 42L40.67 2M118 22h0'
    """
    known = [value for value in values if isfinite(value)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    step = (WIDTH - 2 * _EDGE) / max(len(values) - 1, 1)
    scale = (HEIGHT - 2 * _EDGE) / (high - low) if high > low else 0.0
    path, drawn = "", 0  # points of the line that is being drawn
    for place, value in enumerate(values):
        if not isfinite(value):
            path, drawn = _ended(path, drawn), 0
            continue
        height = (value - low) * scale if scale else HEIGHT / 2 - _EDGE
        path += f"{'L' if drawn else 'M'}{_EDGE + place * step:.4g} {HEIGHT - _EDGE - height:.4g}"
        drawn += 1
    look = f'fill="none" stroke="{GREY}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><path {look} d="{_ended(path, drawn)}"/></svg>'


def _ended(path: str, drawn: int) -> str:
    """A single point is a line of no length, of which the round ends are seen."""
    return f"{path}h0" if drawn == 1 else path
