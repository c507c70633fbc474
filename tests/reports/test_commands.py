"""``python -m reports``: a file under one person's rights, or a sentence that says what to do now."""

from __future__ import annotations

import io
import json
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from pptx import Presentation

from answers import kept
from answers.campaigns import overview as campaigns
from answers.people import team
from answers.people.choice import Choice, offered
from answers.plan.learned import default
from answers.tiers import choice as tiers_choice
from answers.week import to_do
from answers.week import week as week_answer
from data_access.demo.people import PEOPLE
from data_access.door import access
from data_access.reading.scope import WHOLE_BANK, Role, Scope, Viewer
from data_access.workspace import people, targets
from data_access.workspace.loop import plans
from data_access.workspace.targets import Key
from reports import __main__ as commands
from story import sitemap, words
from story.vocabulary import names
from story.week import week as week_story
from tests.reports.told import squeezed

HEAD = next(person for person in PEOPLE if person.branches)


@pytest.fixture
def report(
    bank: Callable[..., None], demo_warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., int]]:
    """Runs a command and gives its exit code."""
    bank(demo_warehouse)
    kept.forget()

    def run(*arguments: object) -> int:
        monkeypatch.setattr(sys, "argv", ["reports", *map(str, arguments)])
        try:
            commands.main()
        except SystemExit as left:
            return int(left.code or 0)
        return 0

    yield run
    words.speak("en")


def printed(path: Path) -> str:
    return squeezed("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages))


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "command",
    [
        ("campaign", "K001"),
        ("campaigns",),
        ("compare",),
        ("loop",),
        ("people",),
        ("plan",),
        ("running",),
        ("summary",),
        ("tiers",),
        ("week",),
    ],
    ids=lambda each: each[0],
)
def test_each_report_is_written_in_chinese_for_its_owner_alone(report, tmp_path: Path, command: tuple[str, ...]):
    out = tmp_path / "new" / "report.pdf"
    assert report(*command, "--out", out, "--language", "zh") == 0
    words.speak("zh")
    assert squeezed(words.say(sitemap.row(command[0]).title)) in printed(out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert list(out.parent.iterdir()) == [out]


def test_a_campaign_is_printed_with_what_was_planned_of_it_as_the_page_shows_it(report, tmp_path: Path):
    out = tmp_path / "campaign.pdf"
    assert report("campaign", "K001", "--out", out) == 0
    assert "Fromplantoresult:noplan" in printed(out)


def test_one_person_is_printed_by_their_identifier_and_a_stranger_is_not(report, tmp_path: Path, capsys):
    reader = access.open_reader(access.offered(access.current())[0])
    one = team.ask(reader, Choice(offered(reader).periods[0], "B001")).people
    out = tmp_path / "person.pdf"
    assert report("people", "--branch", "B001", "--staff", next(iter(one)), "--out", out) == 0
    assert "Whatwasexpectedofme" in printed(out) or "whatwasexpectedofme" in printed(out)
    assert report("people", "--branch", "B002", "--staff", next(iter(one)), "--out", tmp_path / "other.pdf") == 1
    assert "was at B002 then. No file was written." in capsys.readouterr().err


def test_a_saved_plan_is_printed_scenario_by_scenario_to_those_who_may_see_it(report, tmp_path: Path, capsys):
    planner = next(one for one in access.offered(access.current()) if one.role is Role.PLANNER)
    first = default(access.open_reader(planner))
    smaller = plans.Scenario("Small", replace(first, target=7).settings())
    saved = plans.begin(access.workspace(), planner, plans.Draft("Spring", (smaller, plans.Scenario("B", {}))))
    out = tmp_path / "plan.pdf"
    named = ("--person", planner.email, "--plan", saved.plan_id)
    assert report("plan", *named, "--out", out) == 0
    assert "Small" in printed(out)
    assert report("plan", *named, "--scenario", 3, "--out", tmp_path / "third.pdf") == 1
    assert "There is no scenario 3 in these data." in capsys.readouterr().err
    assert report("plan", "--person", HEAD.email, "--plan", saved.plan_id, "--out", tmp_path / "head.pdf") == 1
    assert f"There is no plan {saved.plan_id} that {HEAD.email} may see." in capsys.readouterr().err


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_week_of_a_branch_head_is_one_page_with_the_screens_findings(report, tmp_path: Path, language: str):
    out = tmp_path / "week.pdf"
    assert report("week", "--week", "2026-W45", "--out", out, "--person", HEAD.email, "--language", language) == 0
    assert len(pypdf.PdfReader(out).pages) == 1
    reader = access.open_reader(next(one for one in access.offered(access.current()) if one.email == HEAD.email))
    answer = week_answer.ask(reader, week_answer.Choice("2026-W45"))
    waiting = to_do.ask(reader, answer.listed_on)
    words.speak(language)
    screen = week_story.tell(answer, waiting)
    (list_on_screen,) = screen.rows[1]
    found = printed(out)
    for text in (screen.headline, *(block.heading for block in (*screen.rows[0], list_on_screen))):
        assert squeezed(text) in found
    assert waiting.rows is not None
    listed = list(waiting.rows["customer_id"])
    assert len(listed) == to_do.PAGE > week_story.LISTED
    assert {str(one) for one in listed if one in found} >= set(listed[: week_story.LISTED])
    assert squeezed(words.say("rows {first} to {last} of the list", first=1, last=week_story.LISTED)) in found
    assert answer.monday.isoformat() == "2026-11-02"


def text_of(path: Path) -> str:
    if path.suffix == ".pdf":
        return printed(path)
    shapes = [shape for slide in Presentation(path).slides for shape in slide.shapes]
    frames = [shape.text_frame for shape in shapes if shape.has_text_frame]
    frames += [cell.text_frame for shape in shapes if shape.has_table for cell in shape.table.iter_cells()]
    return squeezed("".join(frame.text for frame in frames))


@pytest.mark.parametrize("ending", ["pdf", "pptx"])
def test_targets_are_printed_as_the_screen_shows_them(report, tmp_path: Path, ending: str):
    week, summary = tmp_path / f"week.{ending}", tmp_path / f"summary.{ending}"
    assert report("week", "--out", week, "--person", HEAD.email) == 0
    assert report("summary", "--branch", "B001", "--out", summary) == 0
    assert "reached" not in text_of(week) + text_of(summary)
    months = [f"2026-{month:02}" for month in range(1, 13)]
    wanted = {Key("B001", "net_new_money", month): 1_000_000_00.0 for month in months}
    targets.put_all(access.workspace(), "gu", wanted | {Key("B001", "new_money", "2026-11"): 2_100_000_00.0})
    assert report("week", "--out", week, "--person", HEAD.email) == 0
    assert report("summary", "--branch", "B001", "--out", summary) == 0
    assert squeezed("week's target ¥548 k, ") in text_of(week)
    assert squeezed("target ¥2.10 m") in text_of(week)
    assert squeezed("target ¥3.00 m, ") in text_of(summary)
    assert squeezed("of the target of year 2026") in text_of(summary)
    assert squeezed("target ¥12.0 m, ") in text_of(summary)


def test_the_ending_of_the_name_makes_it_slides(report, tmp_path: Path):
    assert report("campaign", "K001", "--out", tmp_path / "k.PPTX") == 0
    assert (tmp_path / "k.PPTX").read_bytes()[:2] == b"PK"


def test_the_same_command_gives_the_same_bytes(report, tmp_path: Path):
    assert report("campaign", "K001", "--out", tmp_path / "one.pdf") == 0
    kept.forget()
    assert report("campaign", "K001", "--out", tmp_path / "two.pdf") == 0
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_a_branch_head_gets_their_branch_and_the_deed_is_written_down(report, tmp_path: Path):
    out = tmp_path / "c.pdf"
    assert report("campaigns", "--out", out, "--person", HEAD.email) == 0
    reader = access.open_reader(next(one for one in access.offered(access.current()) if one.email == HEAD.email))
    own = names(list(campaigns.branch_names(reader).values()))
    assert len(own) == len(HEAD.branches)
    assert squeezed(own[0]) in printed(out)
    assert squeezed(names([HEAD.name])[0]) in printed(out)
    deed = json.loads((tmp_path / "audit.jsonl").read_text("utf-8").splitlines()[-1])
    assert (deed["event"], deed["person"], deed["file"]) == ("exported", HEAD.email, "c.pdf")
    assert " on " in deed["by"]


def test_a_bank_names_whose_rights_and_only_those_who_have_some(report, bank, demo_warehouse, tmp_path: Path, capsys):
    bank(demo_warehouse, sign_in="oidc")
    out = tmp_path / "c.pdf"
    assert report("campaigns", "--out", out) == 1
    assert "nobody was named" in capsys.readouterr().err
    assert report("campaigns", "--out", out, "--person", "lin@bank.example") == 1
    assert "lin@bank.example has no rights here" in capsys.readouterr().err
    assert not out.exists()
    branches = Scope(frozenset(HEAD.branches))
    people.grant(access.workspace(), Viewer("lin@bank.example", "Lin", Role.BRANCH_HEAD, branches, False))
    assert report("campaign", "K001", "--out", out, "--person", "lin@bank.example") == 0
    assert "forLin(branchhead)" in printed(out)
    people.grant(access.workspace(), Viewer("lin@bank.example", "Lin", Role.EXECUTIVE, WHOLE_BANK, False))
    assert report("campaign", "K001", "--out", out, "--person", "lin@bank.example") == 0
    assert "forLin(executive)" in printed(out)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("campaign", "K01"), "The campaign K01 is not in these data"),
        (("campaign", "K001", "--branch", "ZZZ"), "The branch ZZZ is not in these data"),
        (("campaigns", "--period", "1999"), "There is no period 1999 in these data"),
        (("summary", "--period", "x"), "There is no period x in these data"),
        (("week", "--week", "2026-W99"), "There is no week 2026-W99 in these data"),
        (("campaigns", "--person", "nobody@x.example"), "nobody@x.example is none of those"),
    ],
)
def test_what_cannot_be_reported_is_said_with_what_to_do(report, tmp_path, capsys, arguments, said: str):
    out = tmp_path / "r.pdf"
    assert report(*arguments, "--out", out) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "No file was written" in error or "Nothing was read" in error
    assert not out.exists()


def test_where_nothing_could_be_chosen_it_is_said_that_there_is_nothing(report, tmp_path, capsys, monkeypatch):
    none = tiers_choice.Offered((), (), (), (), (), {}, {})
    monkeypatch.setattr("reports.stories.tiers_choice.offered", lambda _: none)
    assert report("tiers", "--out", tmp_path / "r.pdf") == 1
    error = capsys.readouterr().err
    assert "These data tell nothing that a horizon of months could be chosen for. No file was written." in error
    assert "Choose one of" not in error


def test_a_name_that_says_no_kind_and_a_place_that_cannot_be_written(report, tmp_path: Path, capsys):
    assert report("campaigns", "--out", tmp_path / "r.doc") == 1
    assert "End the name in .pdf or .pptx" in capsys.readouterr().err
    (tmp_path / "file").write_text("x")
    assert report("campaign", "K001", "--out", tmp_path / "file" / "r.pdf") == 1
    assert "No file was written. Name a file that may be written with --out" in capsys.readouterr().err


def test_no_warehouse_is_said_without_a_trace(report, bank, tmp_path: Path, capsys):
    bank(tmp_path / "none")
    assert report("campaigns", "--out", tmp_path / "r.pdf") == 1
    error = capsys.readouterr().err
    assert "holds no data yet" in error
    assert "Traceback" not in error


def test_every_language_of_the_catalogue_may_be_asked_for():
    assert [each.value for each in commands.Language] == list(words.LANGUAGES)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--campaign", "K999"), "The campaign K999 is not in these data"),
        (("--campaign", "K058", "--against", "nobody"), "nobody is nothing that K058 can be compared with"),
        (("--branch", "B999"), "The branch B999 is not in these data"),
    ],
)
def test_two_sides_that_are_not_there_write_no_file(
    report, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], why: str
):
    out = tmp_path / "report.pdf"
    assert report("compare", *arguments, "--out", out) == 1
    assert squeezed(why) in squeezed(capsys.readouterr().err)
    assert not out.exists()
