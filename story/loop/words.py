"""Words of the loop: stages, measures, decisions, and numbers of a measure as text."""

from __future__ import annotations

from math import isfinite
from typing import Final

import numpy as np
from answers.loop.board import Stage
from data_access.workspace.loop.alarms import Deed
from data_access.workspace.loop.decisions import Verdict
from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _
from metrics.estimate import Intervals

from story import estimates, figures
from story.cards import DASH
from story.chart import theme
from story.words import say

STAGES: Final = {
    Stage.IDEA: _("Ideas"),
    Stage.PLANNED: _("Planned"),
    Stage.RUNNING: _("Running"),
    Stage.TO_EVALUATE: _("To evaluate"),
    Stage.TO_DECIDE: _("To decide"),
    Stage.ACTIONS: _("Open actions"),
    Stage.CLOSED: _("Closed"),
}

MEASURES: Final = {
    "participation": _("Participation"),
    "conversion": _("Conversion"),
    "sales": _("Sales per customer"),
    "cost": _("Cost"),
    "roi": _("ROI"),
}

VERDICTS: Final = {
    Verdict.CONTINUE: _("Continue"),
    Verdict.SCALE: _("Scale"),
    Verdict.CHANGE: _("Change"),
    Verdict.STOP: _("Stop"),
}

DEEDS: Final = {
    Deed.STOP: _("Stopped while it ran"),
    Deed.GO_ON: _("Went on while it ran"),
    Deed.SEEN: _("Seen while it ran"),
}

UNITS: Final = {
    "participation": Unit.SHARE,
    "conversion": Unit.SHARE,
    "sales": Unit.MONEY,
    "cost": Unit.MONEY,
    "roi": Unit.RATIO,
}

MORE_IS_WORSE: Final = frozenset({"cost"})


def measure(key: str) -> str:
    """A measure's name."""
    return say(MEASURES[key])


def small(text: str) -> str:
    """A name within a sentence."""
    return text if text.isupper() else text[:1].lower() + text[1:]


def number(key: str, value: float, currency: str) -> str:
    """What came, as text; a return, which is counted as money back, is told as gained for one unit."""
    if not isfinite(value):
        return DASH
    shown = value - 1 if key == "roi" else value
    if UNITS[key] is Unit.SHARE:
        return figures.share(shown)
    return estimates.written(shown, np.nan, np.nan, UNITS[key], currency)


def limits(key: str, low: float, high: float, currency: str) -> str:
    """Two limits of a measure."""
    shift = -1.0 if key == "roi" else 0.0
    middle = (low + high) / 2 + shift
    ends = Intervals.of([middle], [low + shift], [high + shift], n=[0])
    return estimates.limits(ends, 0, UNITS[key], currency)


def role(key: str, place: float) -> theme.Role:
    """What the colour of an outcome says: grey inside its limits; beyond them, better or worse."""
    if not isfinite(place) or abs(place) <= 1:
        return "none"
    return "better" if (place > 0) != (key in MORE_IS_WORSE) else "worse"
