"""Deliberate faults in the queries: each is put into a copy of its module, and the rows on the edge must notice.

A fault that no longer applies to the source fails, too: move it along with the code.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import ModuleType

import pytest

from data_access import measures, tier_pairs
from data_access.queries import campaigns, experiments, history, staff, tiers, week
from data_access.queries.campaigns import money, reached, voices
from data_access.reading.reader import Reader
from tests.data_access import edge_bank
from tests.data_access.queries import test_boundaries as boundaries
from tests.data_access.small_bank import bank_of, publish, viewer, warehouse_of

QUERIES = (money, voices, reached, experiments, history, staff, tiers, week)

FAULTS: list[tuple[ModuleType, str, str, str]] = [
    # module, what stands there, the fault, the test that notices
    (measures, '<= member.c["matures_on"]', '< member.c["matures_on"]', "a_purchase_on_the_last_day"),
    (measures, 'member.c["matures_on"] <= reader', 'member.c["matures_on"] < reader', "a_window_that_closes_on"),
    (measures, "last + timedelta(days=1)", "last + timedelta(days=0)", "a_period_begins_at_midnight"),
    (measures, "moment >= _start", "moment > _start", "a_period_begins_at_midnight"),
    (measures, "moment <= last]", "moment < last]", "a_period_begins_at_midnight"),
    (measures, ', arm.c["is_control"])', ")", "a_purchase_on_the_last_day"),
    (measures, "return ~is_control", "return is_control", "shares_of_a_campaign"),
    (measures, "if chosen else []", "if not chosen else []", "the_top_customers"),
    (reached, 'campaign.c["ends_on"] >= first', 'campaign.c["ends_on"] > first', "a_campaign_belongs_to_a_period"),
    (measures, '"score"] >= 4', '"score"] > 4', "scores_are_good"),
    (measures, "score >= 9", "score >= 8", "scores_are_good"),
    (measures, "score <= 6", "score < 6", "scores_are_good"),
    (money, "sa.and_(~of_none, ", "sa.and_(sa.true(), ", "a_branch_bears_its_own"),
    (reached, 'watched.c["day"] >= 0', 'watched.c["day"] > 0', "a_watch_lasts"),
    (money, "if lines else []", "if branches else []", "a_period_begins_at_midnight"),
    (reached, "                condition,\n", "", "a_week_begins"),
    (experiments, "* ONE_IN < of_campaign", "* ONE_IN <= of_campaign", "the_top_customers"),
    (history, 'campaign.c["ends_on"] <= reader.as_of', 'campaign.c["ends_on"] < reader.as_of', "a_campaign_is_past"),
    (
        history,
        '.having(sa.func.max(member.c["matures_on"]) <= reader.as_of_tables("campaign_member"))\n',
        "\n",
        "a_campaign_is_past",
    ),
    (history, "* ages <= life * age", "* ages < life * age", "a_campaign_ages"),
    (staff, "KEPT_AFTER_DAYS = 90", "KEPT_AFTER_DAYS = 91", "a_product_counts"),
    (staff, ">= KEPT_AFTER_DAYS", "> KEPT_AFTER_DAYS", "a_product_counts"),
    (staff, '["closed_on"]) > KEPT', '["closed_on"]) >= KEPT', "a_product_counts"),
    (staff, '["reversed_at"]) <= KEPT', '["reversed_at"]) < KEPT', "a_product_counts"),
    (staff, 'holding.c["amount"] > 0', 'holding.c["amount"] >= 0', "a_product_counts"),
    (staff, "opened > start", "opened >= start", "a_customer_is_won"),
    (staff, 'posting.c["from_on"] <= last', 'posting.c["from_on"] < last', "a_period_begins_at_midnight"),
    (tiers, 'snapshot.c["months_below"] > 0', 'snapshot.c["months_below"] > 1', "the_grace_clock"),
    (tiers, 'flow.c["month_no"] > start', 'flow.c["month_no"] >= start', "prices_move"),
    (
        tier_pairs,
        'seen.c["last"] < month + horizon',
        'seen.c["last"] <= month + horizon',
        "a_customer_without_a_tier",
    ),
    (tiers, 'sa.extract("month", assigned) - 2', 'sa.extract("month", assigned) - 1', "a_member_moves"),
    (week, "<= within_days", "< within_days", "a_customer_is_watched"),
    (week, ">= within_days", "> within_days", "a_customer_is_watched"),
]


@pytest.fixture(scope="module")
def reader(tmp_path_factory) -> Iterator[Reader]:
    warehouse = warehouse_of(str(tmp_path_factory.mktemp("mutations")))
    publish(bank_of(edge_bank.BANK), warehouse.store)
    yield Reader(viewer(), warehouse)
    warehouse.close()


def faulty(module: ModuleType, right: str, wrong: str) -> ModuleType:
    source = inspect.getsource(module)
    assert right in source, f"{module.__name__} no longer says {right!r}"
    copy = ModuleType(module.__name__)
    exec(compile(source.replace(right, wrong), f"{module.__name__} with {wrong!r}", "exec"), copy.__dict__)  # noqa: S102
    return copy


def run(name: str, reader: Reader) -> None:
    """The test of that name, with all its parameters."""
    (test,) = (function for key, function in vars(boundaries).items() if key.startswith(f"test_{name}"))
    for mark in getattr(test, "pytestmark", []):
        names, rows = mark.args
        for row in rows:
            test(reader, **dict(zip(names, row, strict=True)))
        return
    test(reader if "reader" in inspect.signature(test).parameters else reader._warehouse)


@pytest.mark.parametrize("name", sorted({name for *_, name in FAULTS}))
def test_without_a_fault_nothing_is_noticed(name, reader):
    run(name, reader)


@pytest.mark.parametrize(
    ("module", "right", "wrong", "name"),
    FAULTS,
    ids=[f"{module.__name__.rpartition('.')[2]}: {wrong.strip() or 'left out'}" for module, _, wrong, _ in FAULTS],
)
def test_a_fault_is_noticed(module, right, wrong, name, reader, monkeypatch):
    copy = faulty(module, right, wrong)
    if module is measures:
        for queries in QUERIES:
            monkeypatch.setattr(queries, "measures", copy)
    elif module is tier_pairs:
        monkeypatch.setattr(tiers, "tier_pairs", copy)
    elif module in (money, reached, voices):  # they are asked by way of campaigns
        for query in set(vars(copy)) & set(campaigns.__all__):
            monkeypatch.setattr(campaigns, query, vars(copy)[query])
    else:
        monkeypatch.setattr(boundaries, module.__name__.rpartition(".")[2], copy)
    with pytest.raises(AssertionError):
        run(name, reader)
