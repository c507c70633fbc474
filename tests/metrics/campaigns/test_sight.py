"""Whether net new money could have seen what pays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from metrics.campaigns.sight import of_net_new_money
from tests.metrics.campaigns.test_programme import campaigns

rng = np.random.default_rng(5)
ROWS = {name: (rng.normal(100, 40, 400), rng.normal(120, 40, 400)) for name in ("A", "B", "C")}


def test_it_sets_half_of_the_interval_beside_the_money_that_earns_the_cost_of_a_customer():
    """Sales are contribution here, so a yuan of new money earns a yuan: 100,000 over 400 customers is 250 each."""
    card = replace(campaigns(ROWS), objective=("grow", "grow", "acquire"))
    told, seen = card["incremental_net_new_money_per_customer"], of_net_new_money(card)
    assert seen.judged == 2
    assert seen.pays == pytest.approx(250)
    assert seen.half == pytest.approx(np.median((told.high - told.low)[:2] / 2))
    assert not seen.blunt


def test_an_interval_wider_than_what_pays_is_blunt():
    card = replace(campaigns(ROWS, cost=100.0), objective=("grow",) * 3)
    assert of_net_new_money(card).pays == pytest.approx(0.25)
    assert of_net_new_money(card).blunt


def test_where_it_judges_nothing_it_says_nothing():
    seen = of_net_new_money(replace(campaigns(ROWS), objective=("acquire",) * 3))
    assert seen.judged == 0
    assert not seen.blunt


def test_sales_per_customer_are_held_against_contribution_per_customer_whoever_they_are_recorded_of():
    card = replace(campaigns(ROWS), objective=("grow",) * 3)
    thrice = {"sales_per_customer": card["sales_per_customer"].scaled(3.0)}
    seen = of_net_new_money(replace(card, results=dict(card.results) | thrice))
    assert seen.pays == pytest.approx(3 * of_net_new_money(card).pays)
