"""Several campaigns side by side on the page, against numbers from SQL by hand."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import duckdb
import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep
from streamlit.testing.v1 import AppTest

from answers.campaigns.scored import scored
from answers.compare import compare, several
from answers.compare.choice import Choice
from data_access.reading.reader import Reader
from metrics.campaigns.verdict import CONVERSION
from story import sitemap, words
from story.compare import bundle, several_minutes, verdict
from story.compare import several as several_story
from story.sitemap import Row
from tests.data_access.small_bank import viewer, warehouse_of
from tests.pages.conftest import read, texts
from tests.pages.shown import numbers
from ui import compare as controls

App = Callable[..., AppTest]
SET = {"campaign": "K058", "also": "K051,K043:wechat,K043:phone"}


def counted(warehouse: Path, tmp_path: Path) -> dict[str, list[int]]:
    """Treated, of these who bought in time, and the same of the control, by campaign and arm."""
    copy = tmp_path / "bank.duckdb"
    copy.write_bytes(next(warehouse.glob("*.duckdb")).read_bytes())
    with duckdb.connect(str(copy), read_only=True) as bank:
        rows = bank.execute(
            "SELECT campaign_id, arm, count(*), count(*) FILTER (CAST(converted_at AS DATE) <= matures_on) "
            "FROM campaign_member WHERE campaign_id IN ('K058', 'K051', 'K043') GROUP BY 1, 2"
        ).fetchall()
    found = {f"{campaign}:{arm}": [n, bought] for campaign, arm, n, bought in rows}
    return {
        name: [*found[name], *found[name.partition(":")[0] + ":control"]]
        for name in ("K058:treated", "K051:treated", "K043:wechat", "K043:phone")
    }


def test_each_stands_beside_its_own_control_and_every_pair_is_judged(app: App, demo_warehouse: Path, tmp_path: Path):
    page = app("compare", metric="conversion_rate", **SET)
    assert not page.exception
    assert read(page.title[0].value).endswith("differ")
    assert "each against its own control, drawn at random" in texts(page)
    every, pairs = (page.table[place].value for place in (-2, -1))
    expected = counted(demo_warehouse, tmp_path)
    assert len(pairs) == 6
    for (_, row), (n, bought, held, by_itself) in zip(every.iterrows(), expected.values(), strict=True):
        cells = [read(str(cell)) for cell in row]
        assert [number for number, _ in numbers(cells[1])] == [n, held]
        assert abs(numbers(cells[2])[0][0] - 100 * bought / n) <= 0.51
        assert abs(numbers(cells[3])[0][0] - 100 * by_itself / held) <= 0.51
        low, high = confint_proportions_2indep(bought, n, by_itself, held, method="newcomb", alpha=0.05 / 4)
        wanted = np.array([bought / n - by_itself / held, low, high]) * 100
        # The planned look costs a little more than one look at the end: never narrower, and hardly wider.
        said = numbers(cells[4])
        assert abs(said[0][0] - wanted[0]) <= said[0][1]
        assert said[1][0] <= wanted[1] + said[1][1]
        assert said[2][0] >= wanted[2] - said[2][1]
        assert said[2][0] - said[1][0] <= (wanted[2] - wanted[1]) * 1.05 + 2 * said[1][1]


def test_each_has_the_verdict_of_its_year_and_an_arm_has_none(demo_warehouse: Path, tmp_path: Path):
    opened = warehouse_of(str(shutil.copytree(demo_warehouse, tmp_path / "own")))
    reader = Reader(viewer(), opened)
    scores = scored(reader)
    answer = several.ask(reader, Choice("K038", also=("K058", "K043:wechat", "K043:phone"), metric="conversion_rate"))
    opened.close()
    assert answer is not None
    by_year = dict(zip(scores.campaign_id, scores.verdicts[CONVERSION].grade, strict=True))
    assert [one.key for one in answer.members] == ["K038", "K058", "K043:wechat", "K043:phone"]
    assert answer.grades == (by_year["K038"], by_year["K058"], "not_judged", "not_judged")
    assert by_year["K038"] == "hint_lowered"
    assert by_year["K058"] != by_year["K038"]


def test_a_bad_set_is_said_before_the_numbers(app: App):
    page = app("compare", campaign="K058", against="K049", also="K062,K051")
    said = texts(page)
    for reason in ("were in more than one of them", "for different things", "watched for", "still counting"):
        assert reason in said
    assert "each against the others: nobody drew them" in said
    assert "Of the control" not in "".join(page.table[-2].value.columns)
    assert "no control group" in "".join(read(str(cell)) for cell in page.table[-2].value.iloc[1])
    chinese = app("compare", campaign="K058", against="K049", also="K062,K051", lang="zh")
    assert "并非随机分组" in texts(chinese)
    assert not chinese.exception


def test_the_set_is_in_the_url_and_two_stay_two(app: App):
    page = app("compare", campaign="K058", also="K043,K058,nothing")
    assert "2 side by side" in texts(page)
    page.multiselect(key="several").set_value(["K043", "K051"]).run()
    assert page.query_params["also"] == "K043,K051"
    assert "3 side by side" in texts(page)
    page.multiselect(key="several").set_value([]).run()
    assert "also" not in page.query_params
    assert page.button(key="swap")
    assert "side by side" not in texts(page)


def test_a_verdict_is_carried_to_where_it_is_decided(
    demo_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    words.speak("en")
    carried: list[dict[str, str]] = []
    monkeypatch.setattr(controls.filters, "current", lambda: {"campaign": "K058", "against": "control"})
    monkeypatch.setattr(controls.filters, "link_to", lambda *_, **parameters: carried.append(parameters))
    opened = warehouse_of(str(shutil.copytree(demo_warehouse, tmp_path / "own")))
    answer = compare.ask(Reader(viewer(), opened), Choice("K058", metric="conversion_rate"))
    programme = compare.ask(Reader(viewer(), opened), Choice("programme-2026"))
    opened.close()
    assert isinstance(answer, compare.Comparison)
    assert isinstance(programme, compare.Comparison)
    monkeypatch.setattr(sitemap, "ROWS", tuple(row for row in sitemap.ROWS if row.key != "loop"))
    controls.decide(answer)
    assert not carried
    loop = Row("loop", "Loop", "", ":material/loop:", "Planning", sitemap.EVERYONE)
    monkeypatch.setattr(sitemap, "ROWS", (*sitemap.ROWS, loop))
    controls.decide(answer)
    controls.decide(programme)
    assert len(carried) == 1
    assert carried[0]["campaign"] == "K058"
    assert carried[0]["against"] == ""
    assert carried[0]["decide"] == controls.DECISIONS.get(answer.study.verdict, "")
    assert f"version {answer.version}" in carried[0]["because"]
    assert verdict.headline(answer, answer.study) in carried[0]["because"]


@pytest.mark.parametrize(
    "choice",
    [
        Choice("K058", metric="conversion_rate", also=("K051", "K043:wechat", "K043:phone")),
        Choice("K058", against="K049", also=("K062", "K051")),
    ],
    ids=["effects", "differences, branches, open windows"],
)
def test_its_minutes_say_what_the_page_says_and_its_script_recomputes_it(
    demo_warehouse: Path, tmp_path: Path, choice: Choice
):
    words.speak("en")
    opened = warehouse_of(str(shutil.copytree(demo_warehouse, tmp_path / "own")))
    answer = several.ask(Reader(viewer(), opened), choice)
    opened.close()
    assert answer is not None
    told = several_minutes.minutes(answer)
    assert several_story.headline(answer) in told
    assert f"version {answer.version}" in told
    lines = told.splitlines()
    for row, (first, second) in enumerate(answer.found.pairs):
        names = [several_story.member(answer.members[place]) for place in (first, second)]
        (said,) = [line for line in lines if line.startswith(f"{names[0]} against {names[1]}: ")]
        assert said.endswith(several_story.word(answer.found.between, row))
    zipfile.ZipFile(BytesIO(bundle.of_several(answer))).extractall(tmp_path / "taken")
    ran = subprocess.run(
        [sys.executable, str(tmp_path / "taken" / "recompute.py")],
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == answer.found.frame().to_string(index=False) + "\n"


def test_what_a_verdict_proposes():
    assert {standing.value: proposed for standing, proposed in controls.DECISIONS.items()} == {
        "pays": "scale",
        "more": "continue",
        "short": "change",
        "not_enough": "change",
        "less": "stop",
    }


def test_few_branches_are_said_of_several_as_of_two(demo_warehouse: Path, tmp_path: Path):
    words.speak("en")
    opened = warehouse_of(str(shutil.copytree(demo_warehouse, tmp_path / "own")))
    reader = Reader(viewer(), opened)
    alone = compare.ask(reader, Choice("K041"))
    answer = several.ask(reader, Choice("K041", metric="conversion_rate", also=("K058",)))
    opened.close()
    assert isinstance(alone, compare.Comparison)
    assert answer is not None
    assert alone.study.few_branches
    said = [doubt for doubt in several_story.doubts(answer) if "few branches decide" in doubt]
    names = [several_story.member(one) for one in answer.members]
    assert said == [
        f"few branches decide for {names[0]}: limits from so few are wide, and may miss if a branch stands far from "
        "the others"
    ]
