"""What do I do now: whom to call, why, by when, and what became of such customers last year?

Lists of customers are kept for nobody but the session that shows one (`answers.last_seen`). What people did with a row
is read from the workspace each time. Work is done branch by branch: the whole list of one branch is read and
remembered, and what is done with leaves it; of many branches at once a page is looked at, with what was done of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd
from data_access.queries import staff, to_do
from data_access.reading.reader import LARGEST_PAGE, Reader
from data_access.settings import settings
from data_access.workspace.tasks import Step

from answers import places
from answers.kept import kept
from answers.last_seen import LastSeen
from answers.week import came, tasks
from answers.week.came import Came
from answers.week.tasks import LastList

PAGE: Final = 20
"""Rows of the list on one page of the screen."""

DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)

Workspace = Any


@dataclass(frozen=True, eq=False)
class ToDo:
    """The list of a day.

    Attributes:
        on: The day, with what was known on it.
        counts: By kind ``kind``, ``n``, ``soon`` and ``sum_at_stake`` of the rows that wait, as
            `data_access.queries.to_do.counts` describes them, most at stake first; of many branches at once of
            all rows.
        rows: A page of the list, as `data_access.queries.to_do.rows` describes it; None for who may not see
            customers.
        steps: What was last done with each of these rows; empty where no workspace was asked.
        kind: The kind that the page is restricted to; empty for all.
        page: Number of the page, from 1.
        pages: How many there are.
        size: Rows that a page holds at most.
        branch: The one branch whose whole list this is; empty where it is of many, or customers may not be seen.
        handled: Rows of this branch and kind that are done, dismissed, or put off until a later day.
        with_handled: Whether the pages hold these too, behind those that wait.
        current: Whether it is the list of today's data, not of an earlier week.
        last: What became of the rows that the branch's list of the week before was the first to hold; None if none was.
        came: What came of these rows; None where it is not known of any.
        happened: Of such customers in the year before, how many there were and of how many it came true, by kind
            and tier; the tier is empty where the kind goes by none.
        lacks: Table or column for want of which a kind cannot be told, by kind.
        staff: Names by identifier.
        posted: Who of these is posted to the branch on the day; to any branch of the viewer's where it is of many.
    """

    on: date
    counts: pd.DataFrame
    rows: pd.DataFrame | None
    steps: tuple[Step, ...]
    kind: str
    page: int
    pages: int
    size: int
    branch: str
    handled: int
    with_handled: bool
    current: bool
    last: LastList | None
    came: Came | None
    happened: Mapping[tuple[str, str], tuple[int, int]]
    lacks: Mapping[str, str]
    staff: Mapping[str, str]
    posted: Mapping[str, str]

    @property
    def waiting(self) -> int:
        """Rows of the whole list that wait."""
        return int(self.counts["n"].sum())

    @property
    def soon(self) -> int:
        """Rows that are due within a week, or overdue."""
        return int(self.counts["soon"].sum())


def ask(
    reader: Reader,
    on: date,
    branch: str = "",
    kind: str = "",
    page: int = 1,
    size: int = PAGE,
    *,
    workspace: Workspace = None,
    with_handled: bool = False,
    seen: LastSeen | None = None,
) -> ToDo:
    """The list of a day; a kind or page that there is not is passed over for all, and for the first.

    Args:
        reader: Whose rows.
        on: The day.
        branch: Of this place, as `answers.places` spells it; of all of the viewer's if empty.
        kind: Of this kind; of all if empty.
        page: Number of the page, from 1.
        size: Rows that a page holds at most.
        workspace: Where tasks are kept; None: the list as the data have it, whatever was done.
        with_handled: Whether rows that are done, dismissed or put off are listed behind those that wait.
        seen: What the session that asks read last.
    """
    branches = places.branches(reader, branch)
    only = _only_branch(reader, branches)
    works = workspace is not None and only != "" and reader.viewer.may_see_customers
    session = seen or LastSeen()
    listed = (
        _of_branch(reader, workspace, session, on, only, kind, page, size, with_handled=with_handled)
        if works
        else _of_many(reader, workspace, session, on, branches, kind, page, size)
    )
    told = _became(reader, on, branches)
    about = told["about"].fillna("")
    kinds, people = _kinds(reader), staff.people(reader)
    named = dict(zip(people["staff_id"], people["name"], strict=True))
    last = tasks.last_list(workspace, reader, on - WEEK, on - DAY, [only]) if workspace is not None and only else None
    return ToDo(
        on,
        listed.counts.sort_values(
            "sum_at_stake", ascending=False, na_position="last", kind="stable", ignore_index=True
        ),
        listed.rows,
        listed.steps,
        listed.kind,
        listed.page,
        listed.pages,
        size,
        only if works else "",
        listed.handled,
        with_handled,
        on == reader.as_of,
        last,
        None if last is None else came.ask(reader, last, on),
        {
            (str(k), str(a)): (int(n), int(h))
            for k, a, n, h in zip(told["kind"], about, told["n"], told["happened"], strict=True)
        },
        {str(k): str(lack) for k, lack in zip(kinds["kind"], kinds["lacks"], strict=True) if lack},
        named,
        _posted(reader, on, only, named),
    )


@dataclass(frozen=True, eq=False)
class _Listed:
    """A page of the list and what it is a page of; the attributes are those of `ToDo`."""

    counts: pd.DataFrame
    rows: pd.DataFrame | None
    steps: tuple[Step, ...]
    kind: str
    page: int
    pages: int
    handled: int = 0


def _of_branch(
    reader: Reader,
    workspace: Workspace,
    seen: LastSeen,
    on: date,
    branch: str,
    kind: str,
    page: int,
    size: int,
    *,
    with_handled: bool,
) -> _Listed:
    """The whole list of a branch, less what is done with."""
    every = seen.rows(reader, (on, branch), lambda: _every(reader, on, branch))
    # A list of an earlier week is looked at from today: rows that nobody saw then are not remembered as seen.
    standing = (tasks.standing if on == reader.as_of else tasks.looked_at)(workspace, reader, every, on)
    chosen = kind if kind in set(every["kind"]) else ""
    waits = set(standing.waiting)
    those = [place for place, each in enumerate(every["kind"]) if not chosen or each == chosen]
    first, rest = [place for place in those if place in waits], [place for place in those if place not in waits]
    order = first + rest if with_handled else first
    shown, pages = _page_of(len(order), page, size)
    order = order[(shown - 1) * size : shown * size]
    return _Listed(
        _counts(every.iloc[standing.waiting], on),
        every.iloc[order].reset_index(drop=True),
        tuple(standing.steps[place] for place in order),
        chosen,
        shown,
        pages,
        len(rest),
    )


def _every(reader: Reader, on: date, branch: str) -> pd.DataFrame:
    """All rows of a branch."""
    parts = [_page(reader, on, [], (branch,), 1, LARGEST_PAGE)]
    while len(parts[-1]) == LARGEST_PAGE:
        parts.append(_page(reader, on, [], (branch,), len(parts) + 1, LARGEST_PAGE))
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def _of_many(
    reader: Reader,
    workspace: Workspace,
    seen: LastSeen,
    on: date,
    branches: tuple[str, ...],
    kind: str,
    page: int,
    size: int,
) -> _Listed:
    """A page of the list of many branches with what was done with its rows, or the counts for who may see no more."""
    counts = _counted(reader, on, branches)
    chosen = kind if kind in set(counts["kind"]) else ""
    shown, pages = _page_of(int(counts.loc[counts["kind"].eq(chosen) | (not chosen), "n"].sum()), page, size)
    if not reader.viewer.may_see_customers:
        return _Listed(counts, None, (), chosen, shown, pages)
    kinds = [chosen] if chosen else []
    asked = (on, branches, chosen, shown, size)
    rows = seen.rows(reader, asked, lambda: _page(reader, on, kinds, branches, shown, size))
    steps = tasks.looked_at(workspace, reader, rows, on).steps if workspace is not None else ()
    return _Listed(counts, rows, steps, chosen, shown, pages)


@kept
def _counted(reader: Reader, on: date, branches: tuple[str, ...]) -> pd.DataFrame:
    own = settings()
    return to_do.counts(reader, on, own.tiers_on(on), own.to_do, branches=branches)


@kept
def _became(reader: Reader, on: date, branches: tuple[str, ...]) -> pd.DataFrame:
    own = settings()
    return to_do.base_rates(reader, on, own.tiers_on(on), own.to_do, branches=branches)


@kept
def _kinds(reader: Reader) -> pd.DataFrame:
    return to_do.kinds(reader)


def _only_branch(reader: Reader, chosen: tuple[str, ...]) -> str:
    """The one branch that is looked at; empty where there are several."""
    own = chosen or reader.scope.branches
    return next(iter(own)) if own is not None and len(own) == 1 else ""


def _page(
    reader: Reader, on: date, kinds: list[str], branches: tuple[str, ...], page: int, size: int = PAGE
) -> pd.DataFrame:
    own = settings()
    return to_do.rows(reader, on, own.tiers_on(on), own.to_do, chosen=kinds, branches=branches, page=page, size=size)


def _counts(waiting: pd.DataFrame, on: date) -> pd.DataFrame:
    """By kind, of the rows that wait."""
    soon = pd.to_datetime(waiting["due_on"]) <= pd.Timestamp(on + WEEK)
    by_kind = waiting.assign(soon=soon).groupby("kind", sort=True)
    known = by_kind["at_stake"].sum(min_count=1)
    return pd.DataFrame({"n": by_kind.size(), "soon": by_kind["soon"].sum(), "sum_at_stake": known}).reset_index()


def _page_of(n: int, asked: int, size: int) -> tuple[int, int]:
    """The page that is shown, and how many there are."""
    pages = max(-(-n // size), 1)
    return asked if 1 <= asked <= pages else 1, pages


def _posted(reader: Reader, on: date, branch: str, named: Mapping[str, str]) -> dict[str, str]:
    postings = staff.postings(reader, first=on, last=on)
    there = postings if not branch else postings[postings["branch_id"] == branch]
    return {str(each): named[each] for each in there["staff_id"] if each in named}
