"""Plans: every version kept, two people at one plan, and forecasts that stay as they were frozen."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from data_access.errors import AccessError, WorkspaceError
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.workspace.loop import frozen, plans
from data_access.workspace.loop.frozen import Content
from data_access.workspace.loop.plan_tables import frozen_forecast
from data_access.workspace.loop.plans import Difference, Draft, PlanChangedError, Scenario
from tests.data_access.workspace.conftest import EXECUTIVE, HEAD, OTHER_HEAD, PLANNER, REGION

DRAFT = Draft("Spring", (Scenario("A", {"channel": "phone", "budget": "80000"}),))
SECOND = Viewer("qi@bank.example", "Qi", Role.PLANNER, WHOLE_BANK)


def with_settings(draft: Draft, **changes: str) -> Draft:
    first, *others = draft.scenarios
    return replace(draft, scenarios=(Scenario(first.name, {**first.settings, **changes}), *others))


def content(of: plans.Plan, **changes: object) -> Content:
    kept = {"settings": {"channel": "电话"}, "forecast": {"roi": [0.1, 1 / 3, 2.5e-17]}}
    made = Content(of.plan_id, of.version, 1, date(2027, 1, 4), date(2027, 1, 31), "v1", 7, "1.0", kept)
    return replace(made, **changes)


def test_every_version_is_kept_and_the_last_holds(workspace):
    first = plans.begin(workspace, PLANNER, DRAFT)
    second = plans.save(workspace, PLANNER, first, with_settings(DRAFT, budget="90000"))
    assert (first.version, second.version) == (1, 2)
    assert plans.find(workspace, WHOLE_BANK, first.plan_id) == second
    before = plans.find(workspace, WHOLE_BANK, first.plan_id, version=1)
    assert before is not None
    assert before.draft == DRAFT
    assert [one.draft.scenarios[0].settings["budget"] for one in plans.of(workspace, WHOLE_BANK)] == ["90000"]


def test_undoing_brings_back_what_was_before_and_undoing_that_the_rest(workspace):
    changed = with_settings(DRAFT, budget="90000")
    second = plans.save(workspace, PLANNER, plans.begin(workspace, PLANNER, DRAFT), changed)
    third = plans.undo(workspace, PLANNER, second)
    assert (third.version, third.draft) == (3, DRAFT)
    assert plans.undo(workspace, PLANNER, third).draft == changed
    alone = plans.begin(workspace, PLANNER, DRAFT)
    with pytest.raises(WorkspaceError, match="no version before"):
        plans.undo(workspace, PLANNER, alone)


def test_the_second_of_two_is_told_field_by_field_and_loses_nothing(workspace):
    seen = plans.begin(workspace, PLANNER, DRAFT)
    plans.save(workspace, SECOND, seen, with_settings(DRAFT, budget="90000", starts_on="2027-01-04"))
    mine = with_settings(DRAFT, budget="70000", channel="app")
    with pytest.raises(PlanChangedError, match=r"qi@bank.example saved this plan meanwhile, as version 2") as told:
        plans.save(workspace, PLANNER, seen, mine)
    assert told.value.by == SECOND.email
    assert told.value.differences == (
        Difference(1, "budget", "80000", "90000", "70000"),
        Difference(1, "channel", "phone", "phone", "app"),
        Difference(1, "starts_on", None, "2027-01-04", None),
    )
    both = plans.merged(told.value.differences, mine)
    assert both.scenarios[0].settings == {"budget": "70000", "channel": "app", "starts_on": "2027-01-04"}
    assert plans.save(workspace, PLANNER, told.value.theirs, both).version == 3
    kept = plans.find(workspace, WHOLE_BANK, seen.plan_id, version=2)
    assert kept is not None
    assert kept.draft.scenarios[0].settings["budget"] == "90000"


def test_a_version_that_never_was_is_saved_over_by_nobody(workspace):
    made = plans.begin(workspace, PLANNER, DRAFT)
    for never in (0, 7):
        with pytest.raises(PlanChangedError):
            plans.save(workspace, PLANNER, replace(made, version=never), with_settings(DRAFT, budget="1"))
    assert plans.find(workspace, WHOLE_BANK, made.plan_id) == made


def test_of_many_who_save_at_once_one_does_and_the_others_are_told(workspace):
    seen = plans.begin(workspace, PLANNER, DRAFT)
    told: list[str] = []

    def save(number: int) -> None:
        try:
            plans.save(workspace, PLANNER, seen, with_settings(DRAFT, budget=str(number)))
            told.append("saved")
        except PlanChangedError:
            told.append("told")

    threads = [threading.Thread(target=save, args=(number,)) for number in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(told) == ["saved", *["told"] * 4]
    found = plans.find(workspace, WHOLE_BANK, seen.plan_id)
    assert found is not None
    assert found.version == 2


def test_a_plan_is_seen_by_whoever_sees_all_of_its_branches(workspace):
    whole = plans.begin(workspace, PLANNER, DRAFT)
    own = plans.begin(workspace, HEAD, DRAFT)
    one = plans.begin(workspace, HEAD, DRAFT, ["B2"])

    def seen(scope: Scope) -> set[str]:
        return {each.plan_id for each in plans.of(workspace, scope)}

    assert seen(WHOLE_BANK) == {whole.plan_id, own.plan_id, one.plan_id}
    assert seen(HEAD.scope) == {own.plan_id, one.plan_id}
    assert seen(OTHER_HEAD.scope) == {one.plan_id}
    assert seen(REGION.scope) == set()
    assert plans.find(workspace, OTHER_HEAD.scope, own.plan_id) is None


def test_who_may_not_plan_changes_nothing(workspace):
    whole = plans.begin(workspace, PLANNER, DRAFT)
    with pytest.raises(AccessError, match="may not plan"):
        plans.begin(workspace, EXECUTIVE, DRAFT)
    with pytest.raises(AccessError, match="may not plan"):
        plans.begin(workspace, REGION, DRAFT, ["B2"])
    with pytest.raises(AccessError, match="may not plan"):
        plans.begin(workspace, HEAD, DRAFT, ["B1", "B2", "B3"])
    assert plans.begin(workspace, HEAD, DRAFT, ["B1"]).version == 1
    for deed in (
        lambda: plans.save(workspace, HEAD, whole, DRAFT),
        lambda: plans.archive(workspace, HEAD, whole.plan_id),
        lambda: plans.save(workspace, EXECUTIVE, whole, DRAFT),
    ):
        with pytest.raises(AccessError, match="may not change a plan"):
            deed()
    assert plans.find(workspace, WHOLE_BANK, whole.plan_id) == whole


def test_a_plan_that_is_put_away_comes_back(workspace):
    made = plans.begin(workspace, PLANNER, DRAFT)
    plans.archive(workspace, PLANNER, made.plan_id)
    assert plans.of(workspace, WHOLE_BANK) == []
    assert [one.plan_id for one in plans.of(workspace, WHOLE_BANK, archived=True)] == [made.plan_id]
    plans.bring_back(workspace, PLANNER, made.plan_id)
    assert plans.of(workspace, WHOLE_BANK) == [made]


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft("Spring", ()), "1 to 4 scenarios, and this one has 0"),
        (Draft("Spring", DRAFT.scenarios * 5), "1 to 4 scenarios, and this one has 5"),
        (Draft("  ", DRAFT.scenarios), "A plan needs a text"),
        (Draft("x" * 81, DRAFT.scenarios), "at most 80 signs"),
        (Draft("Spring", (Scenario("A", {"tags": "x" * 4001}),)), "setting tags"),
    ],
)
def test_a_draft_that_cannot_be_kept_is_refused_with_its_remedy(workspace, draft, said):
    with pytest.raises(WorkspaceError, match=said):
        plans.begin(workspace, PLANNER, draft)
    assert plans.of(workspace, WHOLE_BANK) == []


def test_a_frozen_forecast_comes_back_to_the_digit(workspace, audit):
    made = plans.begin(workspace, PLANNER, DRAFT)
    kept = frozen.freeze(workspace, PLANNER, made, content(made))
    assert frozen.of(workspace, WHOLE_BANK, made.plan_id) == [kept]
    found = frozen.find(workspace, WHOLE_BANK, kept.digest)
    assert found is not None
    assert found.content.kept["forecast"]["roi"] == [0.1, 1 / 3, 2.5e-17]
    assert found.content == content(made)
    line = json.loads(audit.read_text("utf-8").splitlines()[-1])
    assert (line["event"], line["digest"]) == ("plan_frozen", kept.digest)
    assert frozen.find(workspace, HEAD.scope, kept.digest) is None
    assert frozen.of(workspace, HEAD.scope, made.plan_id) == []


def test_heads_are_those_of_the_plans_that_a_viewer_sees(workspace):
    of_all, own = plans.begin(workspace, PLANNER, DRAFT), plans.begin(workspace, HEAD, DRAFT)
    whole = frozen.freeze(workspace, PLANNER, of_all, content(of_all))
    theirs = frozen.freeze(workspace, HEAD, own, content(own))
    assert {head.digest for head in frozen.heads(workspace, WHOLE_BANK)} == {whole.digest, theirs.digest}
    assert [head.digest for head in frozen.heads(workspace, HEAD.scope)] == [theirs.digest]
    plans.archive(workspace, HEAD, own.plan_id)
    assert [head.digest for head in frozen.heads(workspace, HEAD.scope)] == [theirs.digest]


def test_freezing_twice_keeps_the_first(workspace):
    made = plans.begin(workspace, PLANNER, DRAFT)
    first = frozen.freeze(workspace, PLANNER, made, content(made))
    assert frozen.freeze(workspace, SECOND, made, content(made)) == first
    assert len(frozen.of(workspace, WHOLE_BANK, made.plan_id)) == 1


@pytest.mark.parametrize("change", [{"seed": 8}, {"data_version": "v2"}, {"library": "1.1"}, {"kept": {}}])
def test_whatever_is_kept_is_in_the_digest(workspace, change):
    made = plans.begin(workspace, PLANNER, DRAFT)
    assert content(made, **change).digest != content(made).digest


@pytest.mark.parametrize(
    ("first", "counts"),
    [(date(2026, 12, 31), 12), (date(2026, 12, 12), 12), (date(2026, 12, 11), 5), (date(2026, 12, 4), None)],
)
def test_the_forecast_that_counts_is_the_last_until_the_first_day(first, counts):
    kept = [
        frozen.Head("d", "p", date(2027, 1, 4), date(2027, 1, 31), "gu", datetime(2026, 12, day, 18)) for day in (12, 5)
    ]
    found = frozen.before(kept, first)
    assert (found and found.frozen_at.day) == counts


def test_the_database_refuses_to_change_a_frozen_forecast(workspace):
    made = plans.begin(workspace, PLANNER, DRAFT)
    kept = frozen.freeze(workspace, PLANNER, made, content(made))
    with pytest.raises(DBAPIError, match="a frozen forecast is never changed"), workspace.begin() as connection:
        connection.execute(sa.update(frozen_forecast).values(seed=8))
    assert frozen.find(workspace, WHOLE_BANK, kept.digest) == kept


def test_what_was_put_in_its_place_by_hand_is_refused(workspace):
    made = plans.begin(workspace, PLANNER, DRAFT)
    kept = frozen.freeze(workspace, PLANNER, made, content(made))
    with workspace.begin() as connection:
        row = dict(connection.execute(sa.select(frozen_forecast)).one()._mapping)
        connection.execute(sa.delete(frozen_forecast))
        connection.execute(sa.insert(frozen_forecast).values({**row, "kept": row["kept"].replace("0.1", "0.9")}))
    with pytest.raises(WorkspaceError, match="is not what was frozen"):
        frozen.find(workspace, WHOLE_BANK, kept.digest)


def test_a_plan_that_was_saved_since_is_not_frozen_as_it_was(workspace):
    made = plans.begin(workspace, PLANNER, DRAFT)
    later = plans.save(workspace, SECOND, made, with_settings(DRAFT, budget="1"))
    with pytest.raises(PlanChangedError):
        frozen.freeze(workspace, PLANNER, made, content(made))
    with pytest.raises(WorkspaceError, match="another version"):
        frozen.freeze(workspace, PLANNER, made, content(later))
    with pytest.raises(AccessError, match="may not freeze"):
        frozen.freeze(workspace, EXECUTIVE, later, content(later))
    assert frozen.of(workspace, WHOLE_BANK, made.plan_id) == []
