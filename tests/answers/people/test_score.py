"""The score: weights in the URL, what gives points, the gate, and what weights change."""

from __future__ import annotations

import numpy as np
import pytest

from answers.people import score
from answers.people.breadth import Breadth
from metrics.moments import Counts

NOTHING = np.full(4, np.nan)


def breadth(**counts: object) -> Breadth:
    names = ("present", "sold", "won", "given", "upheld", "courses", "examined", "checked", "breached")
    pairs = ("cross_sold", "reversed_sales", "kept", "closed", "satisfied")
    empty = {**dict.fromkeys(names, NOTHING), **dict.fromkeys(pairs, Counts(NOTHING, NOTHING))}
    return Breadth(**{**empty, **counts})  # type: ignore[arg-type]


SATISFIED = Counts.of([60, 40, 50, 5], [54, 20, 40, 5])
CROSSED = Counts.of([100, 100, 100, 100], [10, 40, 20, 30])


@pytest.mark.parametrize(
    ("written", "percent"),
    [
        ("40-20-20-20", [40, 20, 20, 20]),
        ("100-0-0-0", [100, 0, 0, 0]),
        ("40-20-20-19", None),
        ("40-20-40", None),
        ("-40-60-40-40", None),
        ("²5-25-25-25", None),
        ("1e2-0-0-0", None),
        ("", None),
    ],
)
def test_weights_are_read_from_the_url_or_not_at_all(written: str, percent: list[int] | None):
    read = score.proposed(written)
    assert (None if read is None else list(read.values())) == percent


def test_only_what_is_recorded_gives_points():
    found = score.items(None, breadth(satisfied=SATISFIED))
    assert [(item.key, item.block) for item in found] == [("top_two_box", "service")]
    assert score.items(None, breadth()) == ()


def test_customers_won_are_set_against_the_days_present():
    """Half of the branch's working time is the first person's, so half of the customers won would be."""
    there = np.array([1.0, 0.5, 0.5, 0.0])
    found = score.items(None, breadth(present=there, won=np.array([10.0, 10.0, 0.0, 0.0]), kept=CROSSED))
    won = next(item for item in found if item.key == "customers_won")
    assert won.estimate[1] > won.estimate[0] > won.estimate[2]
    assert np.isnan(won.estimate[3])  # nobody expects anything of who was not there


def test_who_has_few_answers_has_no_points_for_them():
    card = score.scored(score.items(None, breadth(satisfied=SATISFIED)), NOTHING, score.AT_FIRST)
    assert card is not None
    assert np.isnan(card.score.estimate).tolist() == [False, False, False, True]


def test_a_breach_closes_the_score_and_unknown_breaches_do_not():
    of = score.items(None, breadth(satisfied=SATISFIED, cross_sold=CROSSED))
    card = score.scored(of, np.array([1.0, 0.0, np.nan, 0.0]), score.AT_FIRST)
    assert card is not None
    assert card.gated.tolist() == [True, False, False, False]
    assert card.payable[0] == 0
    assert card.score.estimate[0] > 0


def test_weights_move_the_score_towards_what_they_weigh():
    of = score.items(None, breadth(satisfied=SATISFIED, cross_sold=CROSSED))
    service = score.scored(of, NOTHING, {"results": 0, "cross_selling": 0, "won_and_kept": 0, "service": 100})
    lines = score.scored(of, NOTHING, {"results": 0, "cross_selling": 100, "won_and_kept": 0, "service": 0})
    assert service is not None
    assert lines is not None
    assert service.score.estimate[0] > service.score.estimate[1]
    assert lines.score.estimate[0] < lines.score.estimate[1]


def test_nothing_is_weighed_where_the_weighed_parts_are_not_recorded():
    of = score.items(None, breadth(satisfied=SATISFIED))
    assert score.scored(of, NOTHING, {"results": 100, "cross_selling": 0, "won_and_kept": 0, "service": 0}) is None
    assert score.scored((), NOTHING, score.AT_FIRST) is None
