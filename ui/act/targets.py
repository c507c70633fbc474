"""Targets beside a page: seen by everybody, set and taken back by who may; each version says who, when and before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import streamlit as st
from answers import period
from answers.period import Period, Season
from data_access import logs
from data_access.errors import AccessError, ChangedError, WorkspaceError
from data_access.reading.scope import Viewer
from data_access.workspace import rights, targets
from data_access.workspace.targets import METRICS, Key, Kind, Target
from metrics.catalogue import metric
from story import figures, refusal, target
from story.period import written as period_written
from story.text import one_line
from story.vocabulary import names
from story.words import say, sentences, speak

from ui import emphasis, filters, menus
from ui.markdown import plain

Workspace = Any

AHEAD: Final = 3
"""Months from that of the page on for which a target may be set there; a file sets any."""

SHOWN: Final = 6
"""Versions of a target that are listed."""

_MENU: Final = "targets_menu"
_VALUE: Final = "target_value"
_REFUSED: Final = "refused_target"
_LAST: Final = "last_target"


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks at the targets of which page.

    Attributes:
        workspace: Where targets are kept.
        viewer: Who looks.
        confirm: Raises AccessError where the viewer's rights are others by now.
        metrics: Keys of the page's numbers that may have a target.
        branches: The viewer's branches: name by identifier.
        branch: The one that is chosen on the page; empty for all.
        looked_at: The page's period.
        seasons: The bank's own.
        currency: Of amounts.
    """

    workspace: Workspace
    viewer: Viewer
    confirm: Callable[[], None]
    metrics: tuple[str, ...]
    branches: Mapping[str, str]
    branch: str
    looked_at: Period
    seasons: tuple[Season, ...]
    currency: str


def menu(desk: Desk) -> None:
    """The targets of the page's numbers; nothing on a page that has none."""
    if not desk.metrics or not desk.branches:
        return
    with menus.tool(say("Targets"), "flag", _MENU) as opened:
        if opened.open:
            _inside(desk)


def _inside(desk: Desk) -> None:
    if refused := st.session_state.pop(_REFUSED, ""):
        st.warning(plain(refused), icon=":material/sync_problem:")
    key = _chosen(desk)
    versions = targets.history(desk.workspace, desk.viewer.scope, key)
    for one in versions[:SHOWN]:
        st.caption(plain(_version(one, desk.currency)))
    if not versions:
        st.caption(say("No target is set here yet."))
    if rights.may_set_targets(desk.viewer, key.branch_id):
        _form(desk, key, versions)
    else:
        st.caption(plain(target.how_to_set()))


def _chosen(desk: Desk) -> Key:
    """What the target is for, as it is chosen."""
    branches = dict(zip(desk.branches, names(list(desk.branches.values())), strict=True))
    first = list(branches).index(desk.branch) if desk.branch in branches else 0
    branch = st.selectbox(say("Branch"), list(branches), first, format_func=branches.__getitem__, key="target_branch")
    numbers = {key: say(metric(key).name) for key in desk.metrics}
    which = st.selectbox(say("Number"), list(numbers), format_func=numbers.__getitem__, key="target_metric")
    periods = list(_periods(desk))
    when = st.selectbox(
        say("Month or season"), periods, format_func=lambda one: period_written(one, desk.seasons), key="target_period"
    )
    return Key(branch, which, when)


def _periods(desk: Desk) -> Iterable[str]:
    """The months of the page's period and a few after it, and the seasons that are not over when it begins."""
    last, day = desk.looked_at.last, desk.looked_at.first
    ahead = 0
    while ahead < AHEAD:
        month = period.month(day)
        yield month.key
        ahead += day > last
        day = month.last + timedelta(days=1)
    for season in desk.seasons:
        if season.last >= desk.looked_at.first:
            yield f"{period.SEASON}{season.season_id}"


def _form(desk: Desk, key: Key, versions: list[Target]) -> None:
    kind, newest = METRICS[key.metric], versions[0] if versions else None
    unit = {Kind.MONEY: figures.one_unit(desk.currency), Kind.COUNT: say("whole number"), Kind.SHARE: "%"}[kind]
    scale = _scale(kind, desk.currency)
    held = None if newest is None or newest.value is None else newest.value / scale
    with st.form("target", border=False, enter_to_submit=False):
        st.number_input(
            say("Target, {unit}", unit=unit),
            value=held,
            step=None if kind is Kind.SHARE else 1.0,
            format="%.1f" if kind is Kind.SHARE else "%.0f",
            key=f"{_VALUE}_{'_'.join(key)}_{newest.version if newest else 0}",
        )
        st.form_submit_button(
            say("Set the target"), type=emphasis.main(), key="set_target", on_click=_set, args=(desk, key, newest)
        )
    with st.container(horizontal=True):
        if newest is not None and newest.value is not None:
            st.button(
                say("Take it away"), key="drop_target", type="tertiary", on_click=_put, args=(desk, key, newest, None)
            )
        last = st.session_state.get(_LAST)
        if newest is not None and last == (desk.viewer.email, key, newest.version):
            before = versions[1].value if len(versions) > 1 else None
            st.button(
                say("Undo"),
                key="undo_target",
                icon=":material/undo:",
                type="tertiary",
                on_click=_put,
                args=(desk, key, newest, before),
            )


def _set(desk: Desk, key: Key, seen: Target | None) -> None:
    speak(filters.language())  # a callback runs before the page has set it
    typed = st.session_state[f"{_VALUE}_{'_'.join(key)}_{seen.version if seen else 0}"]
    if typed is None:
        st.session_state[_REFUSED] = say("A target needs a number. Nothing was changed. Type one.")
        return
    scale = _scale(METRICS[key.metric], desk.currency)
    _put(desk, key, seen, float(typed) * scale if METRICS[key.metric] is Kind.SHARE else round(float(typed) * scale))


def _put(desk: Desk, key: Key, seen: Target | None, value: float | None) -> None:
    speak(filters.language())
    try:
        desk.confirm()
        made = targets.put(desk.workspace, desk.viewer, key, value, seen.version if seen else 0)
    except ChangedError as meanwhile:
        st.session_state[_REFUSED] = say(
            "{who} set this target meanwhile. Nothing was changed. Look at it again, then decide.",
            who=one_line(meanwhile.by),
        )
    except AccessError as error:
        st.session_state[_REFUSED] = refusal.why(error)
    except WorkspaceError:
        st.session_state[_REFUSED] = say(
            "This can be no target: shares lie from 0 to 100 %, numbers of customers are whole and not below 0. "
            "Nothing was changed."
        )
    else:
        st.session_state[_LAST] = (desk.viewer.email, key, made.version)
        facts = {"branch": key.branch_id, "metric": key.metric, "period": key.period, "version": str(made.version)}
        logs.record("target_set", desk.viewer.email, **facts)


def _version(one: Target, currency: str) -> str:
    value = say("taken away") if one.value is None else target.written(one.value, metric(one.key.metric).unit, currency)
    moment = say("{moment} UTC", moment=figures.moment(one.set_at))
    return sentences([value, say("version {id}", id=one.version), one_line(one.set_by), moment])


def _scale(kind: Kind, currency: str) -> float:
    return {Kind.MONEY: float(figures.minor_units(currency)), Kind.COUNT: 1.0, Kind.SHARE: 0.01}[kind]
