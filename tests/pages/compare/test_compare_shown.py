"""The page that compares, on the demo bank and on other feeds; and its verdict recomputed outside."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from math import inf, nan
from pathlib import Path
from types import SimpleNamespace

import duckdb
import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from answers.campaigns.scored import scored
from answers.compare import compare
from answers.compare.choice import Choice
from data_access.reading.reader import Reader
from metrics.campaigns.verdict import CONVERSION, RETURN
from metrics.inference.comparison.verdict import Grade
from metrics.inference.study.result import Study
from metrics.inference.study.standing import Standing
from story import words
from story.compare import bundle, called, evidence, forest, rests, verdict
from story.compare import compare as story
from story.parts import Chart
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.conftest import ROOT, read, texts
from tests.pages.feeds import PUBLIC
from tests.pages.shown import card, chart, marks
from ui.door import sign_in

App = Callable[..., AppTest]


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("+", "").replace(",", ""))


def cells(page: AppTest, table: int = -1) -> dict[str, list[str]]:
    """The table of all numbers, by metric."""
    frame = page.table[table].value
    return {read(str(row.iloc[0])): [read(str(cell)) for cell in row.iloc[1:]] for _, row in frame.iterrows()}


@pytest.fixture(scope="module")
def own(demo_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: in one process DuckDB opens a file with one set of settings only, and the app has others."""
    return shutil.copytree(demo_warehouse, tmp_path_factory.mktemp("own") / "warehouse")


@pytest.fixture(scope="module")
def three(feed_of: Callable[[str], Path]) -> Path:
    return feed_of("three arms")


def open_feed(bank: Callable[..., None], folder: Path, **query: str) -> AppTest:
    """The page on a bank that is not the demo, as whoever reaches this machine."""
    bank(folder, sign_in="local")
    words.speak(query.get("lang", "en"))
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    page.session_state[sign_in.CHOSEN] = "administrator@localhost"
    page.switch_page("pages/compare.py")
    page.query_params.update(query)
    return page.run()


def test_what_is_shown_is_what_is_in_the_warehouse(app: App, demo_warehouse: Path, tmp_path: Path):
    page = app("compare", campaign="K058", metric="conversion_rate")
    copy = tmp_path / "bank.duckdb"
    copy.write_bytes(next(demo_warehouse.glob("*.duckdb")).read_bytes())
    with duckdb.connect(str(copy), read_only=True) as bank:
        counted = bank.execute(
            "SELECT arm, count(*), avg((converted_at IS NOT NULL AND converted_at::DATE <= matures_on)::INT), "
            "avg(contribution_amount) / 100 FROM campaign_member WHERE campaign_id = 'K058' GROUP BY arm"
        ).fetchall()
    of = {arm: numbers for arm, *numbers in counted}
    shown = cells(page)
    assert number(shown["Conversion"][0].split("\u202f")[0]) == pytest.approx(of["treated"][1] * 100, abs=0.51)
    assert number(shown["Conversion"][1].split("\u202f")[0]) == pytest.approx(of["control"][1] * 100, abs=0.51)
    gap = (of["treated"][1] - of["control"][1]) * 100
    assert number(shown["Conversion"][3].split(" ")[0]) == pytest.approx(gap, abs=0.51)
    assert f"{of['treated'][0]:,} and {of['control'][0]:,} customers" in texts(page)


def test_what_is_shown_of_a_campaign_alone_says_where_its_year_does_not_carry_it(own: Path):
    words.speak("en")
    warehouse = warehouse_of(str(own))
    reader = Reader(viewer(), warehouse)
    found, unclear = (compare.ask(reader, Choice(key, metric="conversion_rate")) for key in ("K038", "K058"))
    warehouse.close()
    assert (found.study.verdict.sign, unclear.study.verdict.sign) == (-1, 0)
    assert "; among the campaigns of 2025 that is a hint only" in verdict.headline(found, found.study)
    plain = verdict.headline(replace(found, family=None), found.study)
    told = {
        grade: verdict.headline(replace(found, family=(grade, 2026)), found.study).replace(plain.split(";")[0], "")
        for grade in Grade
    }
    hint, none = (
        "; among the campaigns of 2026 that is a hint only",
        "; among the campaigns of 2026: no difference is shown",
    )
    rest = plain.removeprefix(plain.split(";")[0])
    assert told == {
        Grade.RAISED: rest,
        Grade.LOWERED: rest,
        Grade.HINT_RAISED: hint + rest,
        Grade.HINT_LOWERED: hint + rest,
        Grade.NONE_SHOWN: none + rest,
        Grade.NOT_JUDGED: rest,
    }
    assert "2026" not in verdict.headline(replace(unclear, family=(Grade.HINT_RAISED, 2026)), unclear.study)
    some = replace(found, family=(Grade.HINT_RAISED, 2026), choice=replace(found.choice, who="tier-basic"))
    assert verdict.headline(some, some.study) == plain
    badges = [card(story.tell(answer), "Effect").badge for answer in (found, replace(found, family=None))]
    assert badges == [("a hint: ↓", "gray"), ("↓ worse", "orange")]


@pytest.mark.parametrize(
    ("standing", "grade", "told"),
    [
        (Standing.PAYS, Grade.RAISED, "treated pays"),
        (Standing.PAYS, Grade.HINT_RAISED, "treated pays; its return among the campaigns of 2026: is a hint"),
        (
            Standing.PAYS,
            Grade.NONE_SHOWN,
            "treated pays; its return among the campaigns of 2026: no difference is shown",
        ),
        (Standing.PAYS, Grade.LOWERED, "treated pays; its return among the campaigns of 2026: lowered"),
        (Standing.PAYS, Grade.NOT_JUDGED, "treated pays"),
        (Standing.SHORT, Grade.LOWERED, "treated doesn't pay"),
        (Standing.SHORT, Grade.RAISED, "treated doesn't pay; its return among the campaigns of 2026: raised"),
        (Standing.NOT_ENOUGH, Grade.LOWERED, "one that pays is ruled out"),
        (
            Standing.NOT_ENOUGH,
            Grade.HINT_LOWERED,
            "one that pays is ruled out; its return among the campaigns of 2026: is a hint",
        ),
        (Standing.MORE, Grade.HINT_RAISED, "whether treated pays is open"),
        (Standing.NONE, Grade.LOWERED, ""),
    ],
)
def test_whether_it_pays_says_where_its_return_is_judged_otherwise(
    own: Path, standing: Standing, grade: Grade, told: str
):
    words.speak("en")
    warehouse = warehouse_of(str(own))
    answer = compare.ask(Reader(viewer(), warehouse), Choice("K058", metric="conversion_rate"))
    warehouse.close()
    seen = SimpleNamespace(verdict=standing, design=answer.study.design, primary=answer.study.primary)
    assert verdict._payment(replace(answer, returned=(grade, 2026)), seen) == told
    assert ";" not in verdict._payment(replace(answer, returned=None), seen)
    some = replace(answer, returned=(grade, 2026), choice=replace(answer.choice, who="tier-basic"))
    assert ";" not in verdict._payment(some, seen)


def test_verdicts_of_the_year_are_those_of_the_list(own: Path):
    warehouse = warehouse_of(str(own))
    reader = Reader(viewer(), warehouse)
    scores = scored(reader)
    answer = compare.ask(reader, Choice("K038", metric="conversion_rate"))
    warehouse.close()
    row = list(scores.campaign_id).index("K038")
    judged = [(scores.verdicts[key].grade[row], scores.verdicts[key].year[row]) for key in (CONVERSION, RETURN)]
    assert [answer.family, answer.returned] == judged
    assert judged[0] != judged[1]


def test_a_swap_mirrors_every_number_and_keeps_every_fact(app: App):
    there, back = (app("compare", campaign="K058", metric="conversion_rate", **swap) for swap in ({}, {"swap": "1"}))
    one, other = cells(there), cells(back)
    assert one.keys() == other.keys()
    for metric, (a, b, line, difference) in one.items():
        turned = other[metric]
        assert (turned[0], turned[1], turned[2]) == (b, a, line)
        numbers, mirrored = (
            [number(text) for text in re.findall(r"[−+]?\d[\d,]*\.?\d*", cell.replace("¥", ""))]
            for cell in (difference, turned[3])
        )
        assert mirrored[0] == -numbers[0]
        assert mirrored[1:] == [-numbers[2], -numbers[1]]
    there.button(key="swap").click().run()
    assert there.query_params["swap"] == "1"
    assert cells(there) == other
    there.button(key="swap").click().run()
    assert "swap" not in there.query_params
    assert cells(there) == one


def test_a_swap_mirrors_every_mark_of_the_plot(own: Path):
    words.speak("en")
    warehouse = warehouse_of(str(own))
    answer = compare.ask(Reader(viewer(), warehouse), Choice("K058", metric="conversion_rate"))
    warehouse.close()
    drawn = [chart(story.tell(answer, swap=swap), "forest") for swap in (False, True)]
    there, back = (each.spec["datasets"] for each in drawn if each is not None)
    for one, other in zip(there["rows"], back["rows"], strict=True):
        assert one["name"] == other["name"]
        assert (one["start"], one["end"]) == pytest.approx((-other["end"], -other["start"]))
    assert [mark["at"] for mark in there["marks"]] == [-mark["at"] for mark in back["marks"]]
    card = {each.name: each.value for each in story.tell(answer).cards}
    turned = {each.name: each.value for each in story.tell(answer, swap=True).cards}
    assert turned["Must reach"] == "−" + card["Must reach"]


def test_metrics_are_held_against_what_pays_or_against_what_could_be_seen_and_never_mixed(own: Path):
    words.speak("en")
    warehouse = warehouse_of(str(own))
    answer = compare.ask(Reader(viewer(), warehouse), Choice("K058", metric="conversion_rate"))
    warehouse.close()
    assert isinstance(answer, compare.Comparison)

    def told(*keys: str) -> tuple[compare.Comparison, Study]:
        lost = [replace(one, line=nan) if one.key in keys else one for one in answer.study.metrics]
        study = replace(answer.study, metrics=tuple(lost))
        return replace(answer, study=study), study

    one, study = told("net_new_money_per_customer")
    lines = forest.written(one, study)
    assert [line.lined for line in lines][: len(study.metrics)] == [True] * (len(study.metrics) - 1) + [False]
    shown = {line.key: line for line in lines}
    without = shown.pop("net_new_money_per_customer")
    assert (without.line, without.lined) == ("none", False)
    assert all(line.line != "none" for line in shown.values())
    block = forest.block(one, study)
    assert "Net new money per customer in multiples of the smallest effect" in block.caption
    drawn = chart(story.tell(one), "forest")
    assert drawn is not None
    pays = next(mark for mark in drawn.spec["datasets"]["marks"] if mark["name"] == "pays")
    crossed = [row["name"] for row in drawn.spec["datasets"]["rows"]][
        round(pays["from"] + 0.6) : round(pays["to"] - 0.6) + 1
    ]
    assert len(crossed) == len(study.metrics) - 1
    assert "Net new money a customer" not in crossed

    one, study = told("conversion_rate")
    card = next(card for card in story.tell(one).cards if card.name == "Must reach")
    assert card.rests_on == "its customers brought nothing to set against the cost"
    for line, each in zip(forest.written(one, study), study.metrics, strict=False):
        least = called.size(each.reach.detectable, nan, nan, each.key, one.currency)
        assert (line.key, line.line) == (each.key, least)


def test_an_effect_that_is_not_the_gap_of_the_two_sides_says_what_it_allows_for(own: Path):
    words.speak("en")
    warehouse = warehouse_of(str(own))
    reader = Reader(viewer(), warehouse)
    answers = [compare.ask(reader, Choice("K058", against=against)) for against in ("", "K051")]
    warehouse.close()
    (arms, pair) = (answer for answer in answers if isinstance(answer, compare.Comparison))
    told = "amounts allow for what customers had bought before"
    assert told in forest.block(arms, arms.study).caption
    assert told in rests.minutes(arms, swap=False)
    assert told not in forest.block(pair, pair.study).caption
    counts = [one for one in arms.study.metrics if one.key == "conversion_rate"]
    assert told not in forest.block(arms, replace(arms.study, metrics=tuple(counts))).caption


def test_who_cannot_see_the_effect_through_time_is_told_where_it_stands(own: Path):
    words.speak("en")
    warehouse = warehouse_of(str(own))
    answer = compare.ask(Reader(viewer(), warehouse), Choice("K058", metric="conversion_rate"))
    warehouse.close()
    told = story.tell(answer)
    drawn = chart(told, "course")
    assert drawn is not None
    heading = next(block.heading for row in told.rows for block in row if block.shown is drawn)
    assert drawn.alt.startswith(f"Conversion · {heading} · ")
    assert re.search(r"2026: .+ \(.+ to .+\)$", drawn.alt)


def test_a_bad_pair_is_said_before_the_numbers(app: App):
    page = app("compare", campaign="K058", against="K051")
    said = texts(page)
    for reason in ("were in both campaigns", "for different things", "watched for 60 and 45 days", "days apart"):
        assert reason in said
    assert "What remains uncontrolled" in said
    # Of a difference that nobody drew no text speaks of an effect, nor of what pays.
    told = "\n".join(element.value for kind in (page.title, page.header, page.caption) for element in kind)
    assert "effect" not in re.sub("smallest effect it could have shown", "", told).lower()
    assert "pays" not in told
    assert page.metric == []


def test_a_group_of_customers_and_what_counts_are_in_the_url(app: App):
    page = app("compare", campaign="K058")
    everybody = cells(page)
    page.selectbox(key="filter_who").select("tier-wealth").run()
    assert page.query_params["who"] == "tier-wealth"
    assert "Tier · Wealth" in texts(page)
    assert cells(page) != everybody
    page.selectbox(key="filter_who").select("all").run()
    page.selectbox(key="filter_counted").select("contacted").run()
    assert "effect on those contacted" in texts(page).lower()
    page.selectbox(key="filter_counted").select("assigned").run()
    assert cells(page) == everybody
    unknown = app("compare", campaign="K058", who="tier-none")
    assert "which this data or your rights do not hold" in texts(unknown)
    assert cells(unknown) == everybody


def test_arms_of_one_campaign_are_compared_with_each_other(app: App):
    page = app("compare", campaign="K043", a="wechat", against="phone")
    assert "WeChat against phone" in texts(page)
    assert "Drawn at random" in texts(page) or "drawn at random" in texts(page)
    assert "no extra cost known" in texts(page)


def test_a_programme_adds_its_campaigns(app: App):
    page = app("compare", campaign="programme-2026")
    assert not page.exception
    assert "Each campaign stands against its own control" in texts(page) or "its own control" in texts(page)


def test_a_campaign_whose_windows_are_open_says_so_first(app: App):
    page = app("compare", campaign="K062")
    assert "are still counting: limits hold on any day" in texts(page)
    assert "a look on any day" in texts(page)


def test_the_minutes_say_what_the_page_says_in_either_language(app: App):
    page = app("compare", campaign="K058", metric="conversion_rate")
    minutes = page.code[0].value
    assert minutes.startswith(read(page.title[0].value))
    for metric, shown in cells(page).items():
        difference, _, verdict = shown[3].rpartition(": ")
        assert f"{metric}: treated {shown[0]}, control {shown[1]}; difference {difference}; {verdict}" in minutes
    chinese = app("compare", campaign="K058", metric="conversion_rate", lang="zh").code[0].value
    assert "转化率：活动组" in chinese
    assert len(re.findall("[A-Za-z]{4,}", chinese)) < 5


def test_three_arms_of_another_feed(bank: Callable[..., None], three: Path):
    page = open_feed(bank, three)
    assert not page.exception
    assert page.title[0].value.startswith("Conversion is ")
    assert [box.value for box in page.selectbox if box.key == "filter_a"] == ["all"]
    mens = open_feed(bank, three, a="mens", against="womens")
    assert "mens against womens" in texts(mens)
    assert not mens.exception
    chinese = open_feed(bank, three, lang="zh")
    assert "随机分组" in texts(chinese)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("language", words.LANGUAGES)
@pytest.mark.parametrize("kind", [*PUBLIC, "empty"])
def test_a_feed_says_what_it_can_or_what_to_load(
    bank: Callable[..., None], feed_of: Callable[[str], Path], kind: str, language: str
):
    page = open_feed(bank, feed_of(kind), lang=language)
    assert not page.exception
    assert not page.error
    if kind == "uci":  # two campaigns of a telemarketer, nobody held out
        assert "nobody drew the groups" in texts(page) if language == "en" else "并非随机分组" in texts(page)
        return
    assert read(page.title[0].value) == {"en": "Nothing to show yet", "zh": "暂无可显示的内容"}[language]


def test_groups_of_wrong_sizes_block_the_verdict(bank: Callable[..., None], feed_of: Callable[[str], Path]):
    page = open_feed(bank, feed_of("wrong sizes"))
    assert page.title[0].value.startswith("No verdict: the groups are not of the planned sizes")
    assert page.metric[5].value == "off plan"
    assert "higher" not in texts(page)
    assert "verdict" in texts(page)
    assert "Planned " in texts(page)
    rests = "\n".join(table.value.to_string() for table in page.table)
    assert "sizes not as planned" in rests
    assert "sizes as planned" not in rests
    assert "Chance made" not in texts(page)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "choice",
    [
        Choice("K058"),
        Choice("K058", against="K051", metric="conversion_rate"),
        Choice("K041"),
        Choice("programme-2026"),
        Choice("K062", who="age_from-25"),
    ],
    ids=["arms", "campaigns", "branches", "programme", "open"],
)
def test_the_script_recomputes_the_verdict_outside(own: Path, tmp_path: Path, choice: Choice):
    words.speak("en")
    warehouse = warehouse_of(str(own))
    answer = compare.ask(Reader(viewer(), warehouse), choice)
    warehouse.close()
    assert isinstance(answer, compare.Comparison)
    zipfile.ZipFile(BytesIO(bundle.bundle(answer))).extractall(tmp_path)
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "recompute.py")],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == f"{answer.study.verdict}\n{answer.study.frame().to_string(index=False)}\n"
    assert len([line for line in bundle.SCRIPT.splitlines() if line and not line.startswith('"""')]) == 6
    book = openpyxl.load_workbook(tmp_path / "inputs.xlsx")
    assert book["arms"]["A1"].value == "side" or "side" in [cell.value for cell in book["arms"][1]]
    assert json.loads((tmp_path / "design.json").read_text())["primary"] == answer.study.primary.key


def test_no_text_of_a_feed_runs_in_the_files(three: Path, tmp_path: Path):
    words.speak("en")
    warehouse = warehouse_of(str(shutil.copytree(three, tmp_path / "copy")))
    answer = compare.ask(Reader(viewer(), warehouse), Choice())
    warehouse.close()
    assert isinstance(answer, compare.Comparison)
    zipfile.ZipFile(BytesIO(bundle.bundle(answer))).extractall(tmp_path)
    assert "=web" in rests.minutes(answer, swap=False) or answer.groups
    for file in tmp_path.glob("*.csv"):
        assert not re.search(r"(?m)(^|,)[=@]", file.read_text())


def test_a_trait_that_all_of_one_side_have_and_nobody_of_the_other_is_named_first(own: Path):
    words.speak("en")
    warehouse = warehouse_of(str(own))
    answer = compare.ask(Reader(viewer(), warehouse), Choice("K058", against="K051"))
    warehouse.close()
    assert isinstance(answer, compare.Comparison)
    traits = ("age", "upper_tier")
    told = pd.DataFrame({"trait": traits, "a": 1.0, "b": 0.0, "difference": (0.5, -inf), "unlike": True})
    block = evidence.balance(answer, replace(answer.study, balance=told))
    assert block is not None
    assert isinstance(block.shown, Chart)
    assert all(f"{called.trait(trait)}" in block.heading for trait in traits)
    drawn = marks(block.shown, "cell0")
    assert [row["cell0"] for row in drawn] == ["+0.50", "wholly other"]
    assert drawn[1]["estimate"] == pytest.approx(-0.5 * 1.15)


def test_the_story_of_the_other_side_has_the_same_shape(own: Path):
    words.speak("en")
    warehouse = warehouse_of(str(own))
    answer = compare.ask(Reader(viewer(), warehouse), Choice("K058"))
    warehouse.close()
    there, back = story.tell(answer), story.tell(answer, swap=True)
    assert [[block.shown.__class__ for block in row] for row in there.rows] == [
        [block.shown.__class__ for block in row] for row in back.rows
    ]
    assert len(there.cards) == len(back.cards) == 6
