"""What the plot of all metrics says above it, of any number of metrics and guardrails."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from metrics.inference.comparison.guardrail import Guardrail
from metrics.inference.study.harm import COMPLAINTS, OPT_OUTS, SATISFACTION
from metrics.inference.study.standing import Standing
from story import words
from story.compare import forest

KEYS = (SATISFACTION, OPT_OUTS, COMPLAINTS)
HOLDS, BROKEN, UNDECIDED, TOO_FEW = Guardrail.HOLDS, Guardrail.BROKEN, Guardrail.UNDECIDED, Guardrail.TOO_FEW


def seen(standings: Sequence[Standing], guardrails: Sequence[Guardrail] = (), *, swaps: bool = False) -> Any:
    harms = [SimpleNamespace(key=key, guardrail=one) for key, one in zip(KEYS, guardrails, strict=False)]
    return SimpleNamespace(metrics=[SimpleNamespace(standing=one) for one in standings], harms=harms, swaps=swaps)


@pytest.mark.parametrize(
    ("standings", "said", "turned"),
    [
        ((Standing.NONE, Standing.UNKNOWN), "No metric is shown to differ", "No metric is shown to differ"),
        ((Standing.PAYS, Standing.NONE), "1 of 2 metrics is higher", "1 of 2 metrics is lower"),
        (
            (Standing.MORE, Standing.SHORT, Standing.LESS),
            "2 of 3 metrics are higher; 1 of 3 metrics is lower",
            "1 of 3 metrics is higher; 2 of 3 metrics are lower",
        ),
    ],
)
def test_it_counts_what_is_higher_and_lower_on_the_side_that_stands_first(
    standings: tuple[Standing, ...], said: str, turned: str
):
    words.speak("en")
    assert forest.heading(seen(standings)) == said
    assert forest.heading(seen(standings, swaps=True)) == turned


@pytest.mark.parametrize(
    ("guardrails", "english", "chinese"),
    [
        ((), "", ""),
        ((HOLDS, HOLDS, HOLDS), "; more harm than accepted is ruled out", "；可排除超限的损害"),
        ((HOLDS,), "; more harm than accepted is ruled out", "；可排除超限的损害"),
        ((UNDECIDED, TOO_FEW, UNDECIDED), "; harm is not ruled out", "；尚不能排除损害"),
        ((TOO_FEW,), "; harm is not ruled out", "；尚不能排除损害"),
        (
            (UNDECIDED, HOLDS, TOO_FEW),
            "; harm is not ruled out: satisfaction, complaints per 1,000 customers",
            "；尚不能排除损害：满意度、每千户投诉",
        ),
        ((HOLDS, BROKEN, HOLDS), "; more harm than accepted: opt-outs", "；损害超过可接受范围：退订率"),
        (
            (UNDECIDED, BROKEN, HOLDS),
            "; more harm than accepted: opt-outs; harm is not ruled out: satisfaction",
            "；损害超过可接受范围：退订率；尚不能排除损害：满意度",
        ),
    ],
)
def test_it_names_the_guardrails_that_are_broken_or_not_settled(
    guardrails: tuple[Guardrail, ...], english: str, chinese: str
):
    for language, said, first in (
        ("en", english, "No metric is shown to differ"),
        ("zh", chinese, "各项指标的差异均不显著"),
    ):
        words.speak(language)
        assert forest.heading(seen([Standing.NONE], guardrails)) == first + said
