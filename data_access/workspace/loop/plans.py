"""Plans: up to four scenarios side by side, every saved state of which is kept.

Whoever saves says which version they saw. Where somebody else saved meanwhile, nothing is written and
`PlanChangedError` carries what they saved, so that the two can be compared field by field (`differences`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access.errors import ChangedError, WorkspaceError
from data_access.reading.scope import Scope, Viewer
from data_access.said import Said, marked
from data_access.workspace import rights, written
from data_access.workspace.loop.plan_tables import plan, plan_branch, plan_scenario, plan_version
from data_access.workspace.moment import now

MOST_SCENARIOS = 4
LONGEST_NAME = 80
LONGEST_SETTING = 4_000
"""Signs."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way of doing it.

    Attributes:
        name: As it was typed: data, to be escaped where it is shown.
        settings: What it assumes, as text by the name of the setting.
    """

    name: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Draft:
    """What is saved of a plan.

    Attributes:
        name: As it was typed.
        scenarios: One to four, from left to right.
    """

    name: str
    scenarios: tuple[Scenario, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it was last saved, or as it was in one of its versions.

    Attributes:
        plan_id: Its identifier.
        owner: Email of who began it.
        owner_name: Their name as it was then.
        scope: Branches that it is for.
        version: 1 for the first.
        draft: What was saved.
        saved_by: Email of who saved this version.
        saved_at: When, in UTC.
        archived_at: When it was put away, in UTC, or None.
    """

    plan_id: str
    owner: str
    owner_name: str
    scope: Scope
    version: int
    draft: Draft
    saved_by: str
    saved_at: datetime
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two people left in different states.

    Attributes:
        scenario: Place of the scenario, from 1; 0: of the plan itself.
        field: Name of the setting; ``name``.
        before: What both of them saw; None where it was not there.
        theirs: What was saved meanwhile; None where they took it away.
        mine: What was to be saved; None where it was taken away.
    """

    scenario: int
    field: str
    before: str | None
    theirs: str | None
    mine: str | None


class PlanChangedError(ChangedError):
    """Somebody else saved the plan since it was read. Nothing was saved.

    Attributes:
        theirs: The plan as they saved it.
        differences: Field by field, what they changed and what was to be changed.
    """

    def __init__(self, theirs: Plan, found: tuple[Difference, ...]) -> None:
        super().__init__(
            Said.of(
                marked(
                    "{who} saved this plan meanwhile, as version {version}. Nothing was saved and nothing is lost. "
                    "Look at what differs, then save yours over theirs, take theirs, or keep yours as a copy."
                ),
                who=theirs.saved_by,
                version=theirs.version,
            ),
            theirs.saved_by,
            theirs.saved_at,
        )
        self.theirs = theirs
        self.differences = found


def of(workspace: sa.Engine, scope: Scope, *, archived: bool = False) -> list[Plan]:
    """The plans whose branches a viewer sees, the one saved last first; those put away only if asked for."""
    away = plan.c.archived_at.is_not(None) if archived else plan.c.archived_at.is_(None)
    with workspace.connect() as connection:
        found = _read(connection, away, visible(scope))
    return sorted(found, key=lambda one: (one.saved_at, one.plan_id), reverse=True)


def find(workspace: sa.Engine, scope: Scope, plan_id: str, version: int | None = None) -> Plan | None:
    """A plan as it was last saved, or in one of its versions; None where there is none or it may not be seen."""
    with workspace.connect() as connection:
        found = _read(connection, plan.c.plan_id == plan_id, visible(scope), version=version)
    return found[0] if found else None


def begin(
    workspace: sa.Engine, viewer: Viewer, draft: Draft, branches: Iterable[str] = (), *, plan_id: str = ""
) -> Plan:
    """Save a plan for the first time.

    Args:
        workspace: Where plans are kept.
        viewer: Who plans.
        draft: What is saved.
        branches: For whose customers; for all of the viewer's if empty.
        plan_id: An identifier that tells it from all others; a random one if empty.

    Raises:
        AccessError: the viewer's role does not plan, or not for these branches.
        WorkspaceError: the draft is none that can be kept, or there is a plan of this identifier.
    """
    chosen = frozenset(branches)
    scope = Scope(chosen) if chosen else viewer.scope
    rights.require(rights.may_plan(viewer, scope), viewer, marked("plan for these branches"))
    kept = _checked(draft)
    moment = now()
    own = plan_id or secrets.token_urlsafe(12)
    made = Plan(own, viewer.email, viewer.name, scope, 1, kept, viewer.email, moment)
    try:
        with workspace.begin() as connection:
            _begin(connection, made)
    except IntegrityError as taken:
        raise WorkspaceError.of(
            marked("There is a plan {plan} already. Nothing was saved. Open that one, or choose another name."),
            plan=own,
        ) from taken
    return made


def save(workspace: sa.Engine, viewer: Viewer, seen: Plan, draft: Draft) -> Plan:
    """Save a new version of a plan; those before are kept.

    Args:
        workspace: Where plans are kept.
        viewer: Who saves.
        seen: The plan as the viewer saw it when they changed it.
        draft: What it is to be.

    Raises:
        AccessError: the viewer may not plan for its branches.
        PlanChangedError: somebody else saved it since.
        WorkspaceError: there is no such plan, or the draft is none that can be kept.
    """
    kept = _checked(draft)
    try:
        with workspace.begin() as connection:
            found = _own(connection, viewer, seen.plan_id)
            made = replace(
                found, version=seen.version + 1, draft=kept, saved_by=viewer.email, saved_at=now(), archived_at=None
            )
            as_seen = sa.and_(plan.c.plan_id == seen.plan_id, plan.c.version == seen.version)
            raised = sa.update(plan).where(as_seen).values(version=made.version, archived_at=None)
            if connection.execute(raised).rowcount:
                _write(connection, made)
                return made
    except IntegrityError:  # on SQLite both may have read before one of them wrote
        pass
    with workspace.connect() as connection:
        theirs = _own(connection, viewer, seen.plan_id)
    raise PlanChangedError(theirs, differences(seen.draft, theirs.draft, kept))


def undo(workspace: sa.Engine, viewer: Viewer, seen: Plan) -> Plan:
    """Bring back what the plan was before its last version, as a new version; undoing that brings it forth again.

    Raises as `save`.
    """
    before = find(workspace, viewer.scope, seen.plan_id, seen.version - 1)
    if before is None:
        raise WorkspaceError.of(marked("This plan has no version before this one. Nothing was changed."))
    return save(workspace, viewer, seen, before.draft)


def archive(workspace: sa.Engine, viewer: Viewer, plan_id: str) -> None:
    """Put a plan away; nothing of it is lost. Raises as `save`, except that no version is held against another."""
    _put_away(workspace, viewer, plan_id, now())


def bring_back(workspace: sa.Engine, viewer: Viewer, plan_id: str) -> None:
    """Undo `archive`."""
    _put_away(workspace, viewer, plan_id, None)


def differences(before: Draft, theirs: Draft, mine: Draft) -> tuple[Difference, ...]:
    """The fields that are not the same in all three, in the order of the scenarios.

    >>> one = Draft("Spring", (Scenario("A", {"budget": "8", "channel": "phone"}),))
    >>> theirs = Draft("Spring", (Scenario("A", {"budget": "9", "channel": "phone"}),))
    >>> [(d.field, d.theirs, d.mine) for d in differences(one, theirs, one)]
    [('budget', '9', '8')]
    """
    fields = [_fields(each) for each in (before, theirs, mine)]
    every = sorted({key for each in fields for key in each})
    rows = [(key, tuple(each.get(key) for each in fields)) for key in every]
    return tuple(Difference(*key, *values) for key, values in rows if len(set(values)) > 1)


def merged(found: Iterable[Difference], mine: Draft) -> Draft:
    """Mine with what they alone changed: only where both changed one field, mine stays.

    Scenarios that they added or took away are left as mine has them.
    """
    scenarios = [dict(one.settings) for one in mine.scenarios]
    names = [one.name for one in mine.scenarios]
    title = mine.name
    for one in found:
        if one.before != one.mine or one.theirs is None:
            continue
        if one.scenario == 0:
            title = one.theirs
        elif one.scenario <= len(scenarios) and one.field == "name":
            names[one.scenario - 1] = one.theirs
        elif one.scenario <= len(scenarios):
            scenarios[one.scenario - 1][one.field] = one.theirs
    return Draft(title, tuple(Scenario(name, held) for name, held in zip(names, scenarios, strict=True)))


def _fields(draft: Draft) -> dict[tuple[int, str], str]:
    own = {(0, "name"): draft.name}
    for place, one in enumerate(draft.scenarios, start=1):
        own |= {(place, "name"): one.name, **{(place, name): value for name, value in one.settings.items()}}
    return own


def _checked(draft: Draft) -> Draft:
    if not 1 <= len(draft.scenarios) <= MOST_SCENARIOS:
        raise WorkspaceError.of(
            marked(
                "A plan holds 1 to {most} scenarios, and this one has {n}. Nothing was saved. Take one away, or begin "
                "another plan."
            ),
            most=MOST_SCENARIOS,
            n=len(draft.scenarios),
        )
    for one in draft.scenarios:
        long = next((name for name, value in one.settings.items() if len(value) > LONGEST_SETTING), None)
        if long is not None:
            raise WorkspaceError.of(
                marked("The setting {name} has more than {most:,} signs. Nothing was saved. Choose less of it."),
                name=long,
                most=LONGEST_SETTING,
            )
    named = [Scenario(_name(marked("A scenario"), one.name), dict(one.settings)) for one in draft.scenarios]
    return Draft(_name(marked("A plan"), draft.name), tuple(named))


def _name(what: str, text: str) -> str:
    kept = " ".join(written.checked(what, text).split())
    if len(kept) > LONGEST_NAME:
        raise WorkspaceError.of(
            marked("{what}'s name has at most {most} signs, and this one has {n}. Nothing was saved. Shorten it."),
            what=Said.of(what),
            most=LONGEST_NAME,
            n=len(kept),
        )
    return kept


def _put_away(workspace: sa.Engine, viewer: Viewer, plan_id: str, at: datetime | None) -> None:
    with workspace.begin() as connection:
        _own(connection, viewer, plan_id)
        connection.execute(sa.update(plan).where(plan.c.plan_id == plan_id).values(archived_at=at))


def _own(connection: sa.Connection, viewer: Viewer, plan_id: str) -> Plan:
    """The plan as it is kept, which the viewer may change."""
    found = _read(connection, plan.c.plan_id == plan_id)
    if not found:
        raise WorkspaceError.of(marked("There is no such plan. Nothing was changed."))
    rights.require(rights.may_plan(viewer, found[0].scope), viewer, marked("change a plan for these branches"))
    return found[0]


def _begin(connection: sa.Connection, made: Plan) -> None:
    connection.execute(
        sa.insert(plan).values(
            plan_id=made.plan_id,
            owner=made.owner,
            owner_name=made.owner_name,
            whole_bank=made.scope.whole_bank,
            version=made.version,
            begun_at=made.saved_at,
        )
    )
    if made.scope.branches:
        rows = [{"plan_id": made.plan_id, "branch_id": branch} for branch in sorted(made.scope.branches)]
        connection.execute(sa.insert(plan_branch), rows)
    _write(connection, made)


def _write(connection: sa.Connection, made: Plan) -> None:
    connection.execute(
        sa.insert(plan_version).values(
            plan_id=made.plan_id,
            version=made.version,
            name=made.draft.name,
            saved_by=made.saved_by,
            saved_at=made.saved_at,
        )
    )
    rows = [
        {"plan_id": made.plan_id, "version": made.version, "place": place, "name": one.name, "settings": one.settings}
        for place, one in enumerate(made.draft.scenarios, start=1)
    ]
    connection.execute(sa.insert(plan_scenario), rows)


def _read(connection: sa.Connection, *conditions: sa.ColumnElement[bool], version: int | None = None) -> list[Plan]:
    """Plans in their last version, or in the one asked for, each with its branches and scenarios."""
    of = plan.c.version if version is None else version
    wanted = plan_version.c.version == of
    held = plan_version.c
    heads = sa.select(plan, held.name, held.saved_by, held.saved_at, held.version.label("of")).join(
        plan_version, sa.and_(held.plan_id == plan.c.plan_id, wanted)
    )
    rows = connection.execute(heads.where(*conditions)).all()
    if not rows:
        return []
    ids = [row.plan_id for row in rows]
    branches: dict[str, set[str]] = {}
    for row in connection.execute(sa.select(plan_branch).where(plan_branch.c.plan_id.in_(ids))):
        branches.setdefault(row.plan_id, set()).add(row.branch_id)
    scenarios: dict[str, list[Scenario]] = {}
    own = sa.select(plan_scenario).join(plan, plan.c.plan_id == plan_scenario.c.plan_id)
    own = own.where(plan.c.plan_id.in_(ids), plan_scenario.c.version == of)
    for row in connection.execute(own.order_by(plan_scenario.c.plan_id, plan_scenario.c.place)):
        scenarios.setdefault(row.plan_id, []).append(Scenario(row.name, row.settings))
    return [_plan(row, branches.get(row.plan_id, set()), scenarios[row.plan_id]) for row in rows]


def _plan(row: Any, branches: set[str], scenarios: list[Scenario]) -> Plan:
    return Plan(
        row.plan_id,
        row.owner,
        row.owner_name,
        Scope(None if row.whole_bank else frozenset(branches)),
        row.of,
        Draft(row.name, tuple(scenarios)),
        row.saved_by,
        row.saved_at,
        row.archived_at,
    )


def visible(scope: Scope) -> sa.ColumnElement[bool]:
    """The condition on a row of `plan_tables.plan` that a viewer sees it: it is for none but branches of a scope."""
    if scope.branches is None:
        return sa.true()
    others = sa.exists().where(
        plan_branch.c.plan_id == plan.c.plan_id, plan_branch.c.branch_id.not_in(sorted(scope.branches))
    )
    return sa.and_(plan.c.whole_bank.is_(sa.false()), ~others)
