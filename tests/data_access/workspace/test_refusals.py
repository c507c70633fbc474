"""Every refusal of the workspace and the door that a page may show is said whole in the reader's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

import data_access
from data_access.errors import AccessError, WorkspaceError
from data_access.workspace import notes, rights, subscriptions, targets, tasks, views, weights
from data_access.workspace.loop import decisions, evaluations, matches, plans
from data_access.workspace.loop.decisions import Draft as Decided
from data_access.workspace.loop.decisions import Verdict
from data_access.workspace.loop.matches import State
from data_access.workspace.loop.plans import Draft, Scenario
from data_access.workspace.notes import Pin, PinnedTo
from data_access.workspace.subscriptions import Subscription, What
from story import refusal, words
from tests.data_access.workspace.conftest import ADMINISTRATOR, EXECUTIVE, HEAD, PLANNER, REGION

ROOM = Path(data_access.__file__).parent
BY_COMMAND_ALONE = {"people.py", "deliveries.py", "target_file.py", "database.py"}
"""Files whose refusals no page says: granting rights, mail in doubt, a file of targets, a workspace that does not open."""
FILES = [
    *(path for path in sorted(ROOM.glob("workspace/**/*.py")) if path.name not in BY_COMMAND_ALONE),
    *(ROOM / name for name in ("door/access.py", "door/feeds.py", "door/identity.py", "reading/reader.py")),
]
REFUSALS = {"WorkspaceError", "ChangedError", "AccessError", "IdentityError", "TooManyRowsError"}
PHRASED = {"require", "checked", "_require", "_name"}
"""Functions that complete a refusal with a phrase of their caller's."""

HANDED_ON = {("checked", "plans.py"), ("_require", "matches.py")}
"""Calls that say nothing themselves: whom they call, or who called them, has the phrase."""


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    words.speak("zh")
    yield
    words.speak("en")


def called(node: ast.Call) -> str:
    """What a call makes: the class itself, of `Class.of` too, and of the `__init__` of a class of its own."""
    name = ast.unparse(node.func)
    return "ChangedError" if name == "super().__init__" else name.removesuffix(".of").rpartition(".")[2]


def marked_in(node: ast.AST) -> list[str]:
    return [
        call.args[0].value
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "marked" and isinstance(call.args[0], ast.Constant)
    ]


def refused() -> Iterator[tuple[str, list[str]]]:
    """Every place that refuses, with the messages and phrases that stand there."""
    for path in FILES:
        tree = ast.parse(path.read_text("utf-8"))
        said_before = {
            target.id: marked_in(line.value)
            for line in ast.walk(tree)
            if isinstance(line, ast.Assign)
            for target in line.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in REFUSALS | PHRASED:
                by_name = [
                    text for one in node.args if isinstance(one, ast.Name) for text in said_before.get(one.id, [])
                ]
                if (called(node), path.name) not in HANDED_ON:
                    yield f"{path.relative_to(ROOM)}:{node.lineno}", [*marked_in(node), *by_name]


PLACES = list(refused())


def test_every_refusal_of_a_page_is_marked_for_translation():
    assert len(PLACES) > 90
    assert [place for place, texts in PLACES if not texts] == []


def in_english(said: str) -> list[str]:
    """English words that are left once what is quoted, names of people and what fills a placeholder are taken out."""
    bare = re.sub(r"\{[^}]*\}|`[^`]*`|'[^']*'|\S+@\S+|2026-W46|U\+0007|Branchlight", "", said)
    return re.findall(r"[A-Za-z]{2,}", bare)


@pytest.mark.parametrize(("place", "texts"), PLACES, ids=[place for place, _ in PLACES])
def test_a_refusal_has_chinese_words(place, texts):
    assert {text: in_english(words.say(text)) for text in texts} == {text: [] for text in texts}


DRAFT = Draft("Spring", (Scenario("A", {}),))
STOP = Decided(Verdict.STOP, "buys no more", HEAD.email, date(2026, 12, 4))
TARGET = targets.Key("B1", "weekly_sales", "2026-11")
GONE = plans.Plan("gone", "", "", PLANNER.scope, 1, DRAFT, "", datetime(2026, 11, 15))
WEEKLY = Subscription(What.WEEK, 1, 8, "zh", "pdf")
DEEDS = {
    "a plan without a name": lambda kept: plans.begin(kept, PLANNER, replace(DRAFT, name=" ")),
    "a name that is too long": lambda kept: plans.begin(kept, PLANNER, replace(DRAFT, name="x" * 200)),
    "no scenario": lambda kept: plans.begin(kept, PLANNER, Draft("Spring", ())),
    "a plan that is gone": lambda kept: plans.save(kept, PLANNER, GONE, DRAFT),
    "a plan of an executive": lambda kept: plans.begin(kept, EXECUTIVE, DRAFT),
    "a plan of other branches": lambda kept: plans.begin(kept, HEAD, DRAFT, ["B9"]),
    "a match of no plan": lambda kept: matches.put(kept, PLANNER, "gone", "K1", State.CONFIRMED, None),
    "an evaluation without words": lambda kept: evaluations.write(kept, PLANNER, "K1", " ", {}, "v1"),
    "an evaluation of an executive": lambda kept: evaluations.write(kept, EXECUTIVE, "K1", "x", {}, "v1"),
    "an evaluation that is too long": lambda kept: evaluations.write(kept, PLANNER, "K1", "x" * 3_000, {}, "v1"),
    "an evaluation with a bell": lambda kept: evaluations.write(kept, PLANNER, "K1", "bell \a", {}, "v1"),
    "a decision of nobody": lambda kept: decisions.decide(kept, PLANNER, "K1", replace(STOP, owner=" ")),
    "one's own decision": lambda kept: decisions.approve(
        kept, ADMINISTRATOR, decisions.decide(kept, ADMINISTRATOR, "K1", STOP)
    ),
    "a note on the bank by a head": lambda kept: notes.write(kept, HEAD, Pin(PinnedTo.WEEK, "2026-W46"), None, "x"),
    "a note on a branch elsewhere": lambda kept: notes.write(kept, REGION, Pin(PinnedTo.WEEK, "2026-W46"), "B9", "x"),
    "a note on no week": lambda kept: notes.write(kept, PLANNER, Pin(PinnedTo.WEEK, "soon"), None, "x"),
    "one's own target": lambda kept: targets.put(kept, HEAD, TARGET, 5, 0),
    "a target seen never": lambda kept: targets.put(kept, PLANNER, TARGET, 5, 3),
    "weights of a head": lambda kept: weights.put(kept, HEAD, {}, "2025", 0),
    "a subscription at noon of day nine": lambda kept: subscriptions.subscribe(kept, HEAD, replace(WEEKLY, weekday=9)),
    "no subscription": lambda kept: subscriptions.unsubscribe(kept, HEAD, What.WEEK),
    "a view without a name": lambda kept: views.save(kept, HEAD.email, "week", " ", ""),
    "a task on no list": lambda kept: tasks.done(kept, HEAD, tasks.Key("call", "C1", "2026-11"), 0),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_refused_is_said_in_chinese(workspace, deed):
    with pytest.raises((WorkspaceError, AccessError)) as stopped:
        DEEDS[deed](workspace)
    said = refusal.why(stopped.value)
    assert "未" in said, said
    assert in_english(re.sub(r"weekly_sales", "", said)) == [], said


def test_the_second_of_two_is_told_in_chinese_by_whom(workspace):
    plan = plans.begin(workspace, PLANNER, DRAFT)
    plans.save(workspace, ADMINISTRATOR, plan, replace(DRAFT, name="Later"))
    with pytest.raises(WorkspaceError) as stopped:
        plans.save(workspace, PLANNER, plan, replace(DRAFT, name="Mine"))
    assert refusal.why(stopped.value).startswith("xu@bank.example 刚刚保存了这个方案（第 2 版）。")


def test_a_role_stands_in_the_readers_language():
    with pytest.raises(AccessError) as stopped:
        rights.require(False, EXECUTIVE, "approve decisions")
    assert refusal.why(stopped.value).startswith("wu@bank.example（管理层）无权批准决策。")
    words.speak("en")
    assert refusal.why(stopped.value).startswith("wu@bank.example may not approve decisions as executive.")


def test_an_error_of_the_program_is_not_said_to_whoever_looks():
    assert refusal.sayable(WorkspaceError.of("x"))
    assert not refusal.sayable(WorkspaceError("x"))
    assert not refusal.sayable(ValueError(WorkspaceError.of("x").args[0]))
