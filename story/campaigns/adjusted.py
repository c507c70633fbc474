"""What is said of effects on amounts that allow for the customers' past: why they are no plain difference of means."""

from __future__ import annotations

from metrics.campaigns.evaluation import Scorecard
from metrics.catalogue import metric

from story.words import say


def definition(scores: Scorecard, key: str) -> str:
    """The metric's formula; where numbers shown allow for the past, that they do."""
    formula = say(metric(key).formula)
    if not scores.adjusted(key).any():
        return formula
    return say(
        "{formula}; it allows for what each customer bought in the period before (CUPED), "
        "so it is not the plain difference of the groups",
        formula=formula,
    )


def note(scores: Scorecard, *keys: str) -> str:
    """A clause of a caption where one of these metrics allows for the past; empty elsewhere."""
    if not any(scores.adjusted(key).any() for key in keys):
        return ""
    return say("effects on amounts allow for what customers bought before (CUPED)")
