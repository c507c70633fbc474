"""Groups that are not of their planned sizes: no rate stands beside another that invites to compare them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from answers.campaigns import campaign
from answers.campaigns.campaign import Campaign
from answers.compare import several
from answers.compare.choice import Choice
from data_access.reading.reader import Reader
from metrics.estimate import Intervals
from metrics.inference.comparison.guardrail import Guardrail
from metrics.inference.study.harm import OPT_OUTS, Harm
from story.campaigns import campaign as story
from story.compare import several as several_story
from story.parts import Nothing
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.feeds import publish
from tests.pages.shown import blocks, chart, table


@contextmanager
def reading(kind: str, folder: Path) -> Generator[Reader]:
    publish(kind, folder)
    opened = warehouse_of(str(folder))
    yield Reader(viewer(), opened)
    opened.close()


def asked(kind: str, folder: Path) -> Campaign:
    with reading(kind, folder) as reader:
        answer = campaign.ask(reader, "MAIL")
    assert isinstance(answer, Campaign)
    return answer


def test_rates_of_groups_that_fit_stand_side_by_side(tmp_path: Path):
    told = story.tell(asked("three arms", tmp_path / "warehouse"))
    assert chart(told, "arms") is not None
    assert chart(told, "equal_age") is not None
    assert "Conversion" in table(told, "arms_table").columns[0].texts("CNY")


def test_rates_of_groups_that_do_not_fit_stand_nowhere_and_their_counts_do(tmp_path: Path):
    answer = asked("wrong sizes", tmp_path / "warehouse")
    told = story.tell(answer)
    assert chart(told, "arms") is None
    assert chart(told, "equal_age") is None
    reasons = [block.sentence for block in blocks(told) if isinstance(block, Nothing)]
    assert reasons.count("The groups are not of the planned sizes, so their rates say nothing of each other.") == 2
    shown = table(told, "arms_table")
    assert shown.columns[0].texts("CNY") == ["Assigned", "Still counting"]
    for column, n in zip(shown.columns[1:], answer.arms["n"], strict=True):
        assert column.texts("CNY")[0] == f"{n:,}"


def test_their_opt_outs_stand_beside_the_usual_and_not_beside_the_control(tmp_path: Path):
    answer = asked("wrong sizes", tmp_path / "warehouse")
    a, b, usual = (Intervals.of([share], [share / 2], [share * 2], n=[500]) for share in (0.03, 0.02, 0.025))
    difference = Intervals.of([0.01], [-0.02], [0.04], n=[1000])
    harm = Harm(OPT_OUTS, a, b, difference, 0.01, Guardrail.UNDECIDED)
    harmed = replace(answer.harmed, harms=(harm,), usual={OPT_OUTS: usual})
    told = table(story.tell(replace(answer, harmed=harmed)), "harm").columns[1].texts("CNY")
    off = "groups not of the planned sizes"
    assert told[0].startswith("3.0")
    assert told[1:3] == [off, off]
    assert told[4] == off
    assert told[5].startswith("2.5")


def test_several_side_by_side_leave_out_what_their_control_did(tmp_path: Path):
    with reading("wrong sizes", tmp_path / "warehouse") as reader:
        answer = several.ask(reader, Choice("MAIL", a="mens", against="womens"))
    assert answer is not None
    shown = table(several_story.tell(answer), "several_table")
    of_control = next(column for column in shown.columns if column.name == "Of the control")
    assert of_control.texts("CNY") == ["groups not of the planned sizes"] * 2
