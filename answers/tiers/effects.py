"""What campaigns did to upgrades: the customers they treated against their control groups, at one horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from data_access.queries import campaigns, experiments, tiers
from data_access.reading.reader import Reader
from data_access.tier_pairs import NO_CAMPAIGN
from metrics.estimate import Intervals, Reason
from metrics.inference.comparison.health import MISMATCH_BELOW, planned_sizes
from metrics.inference.comparison.verdict import Verdicts, judge
from metrics.inference.multiplicity import holm
from metrics.moments import Counts, Floats
from metrics.tiers.transition import Movement
from metrics.tiers.upgrade_effect import (
    arms,
    moved_further,
    rank_test,
    upgrade_contrast,
    upgrade_contrast_within_tiers,
)

from answers import places
from answers.tiers.choice import Choice, first_day

MOST: Final = 10
"""Campaigns that are compared: the latest whose horizon is over."""


@dataclass(frozen=True, eq=False)
class Effects:
    """Upgrades of the treated less those of the control, campaign by campaign, the latest first.

    Attributes:
        campaign_id: Identifiers.
        name: As the feeds write it.
        randomised: Whether chance assigned: an effect; else a difference between tiers' like.
        control: Customers and who of them rose.
        treated: The same.
        difference: In share of customers; each with its own interval.
        verdicts: Allowing for all of these campaigns.
        further: Chance that a treated customer moved further up than one held out, of arms drawn by lot.
        ordinal: P values that both arms moved alike, by all moves at once, allowing for all of these campaigns.
        all: Campaigns with a control group whose horizon is over.
    """

    campaign_id: tuple[str, ...]
    name: tuple[str, ...]
    randomised: tuple[bool, ...]
    control: Counts
    treated: Counts
    difference: Intervals
    verdicts: Verdicts
    further: Intervals
    ordinal: Floats
    all: int


def ask(reader: Reader, choice: Choice, order: tuple[str, ...]) -> Effects | None:
    """The effects over the horizon chosen; None where no campaign with a control group is that long ago."""
    last = reader.last_month("tier_snapshot")
    if last is None or not reader.has("campaign_member"):
        return None
    chosen = choice.audience.campaign
    ran = campaigns.catalogue(
        reader, last=first_day(last - choice.months + 1), branches=places.branches(reader, choice.branch)
    )
    ran = ran[ran["control_arms"] > 0]
    if chosen and chosen != NO_CAMPAIGN:
        ran = ran[ran["campaign_id"] == chosen]
    listed = ran.head(MOST).reset_index(drop=True)
    if listed.empty:
        return None
    counted = tiers.campaign_transitions(
        reader,
        choice.months,
        campaigns=list(listed["campaign_id"]),
        rule=choice.rule,
        branches=places.branches(reader, choice.branch),
        audience=replace(choice.audience, campaign=""),
    )
    control, treated = arms(counted, order, choice.months)
    listed = listed.set_index("campaign_id").reindex(control.groups)
    randomised = listed["assignment"].eq("randomised").to_numpy(dtype=np.bool_)
    drawn, alike = upgrade_contrast(control, treated), upgrade_contrast_within_tiers(control, treated)
    rows = np.flatnonzero(~randomised)
    difference = drawn.difference.with_rows(rows, alike.difference[rows])
    p_value = np.where(randomised, drawn.test.p_value, alike.test.p_value)
    nobody = (control.base == 0) | (treated.base == 0)
    difference = difference.withheld(nobody, Reason.NO_CONTROL)
    by_branch = listed["cluster"].eq("branch").to_numpy(dtype=np.bool_)
    difference = difference.withheld(by_branch, Reason.CLUSTERED)
    off = randomised & _off_plan(reader, choice, control.groups, by_branch)
    difference = difference.withheld(off, Reason.SAMPLE_RATIO)
    dealt = randomised & ~nobody & ~by_branch & ~off
    further = moved_further(control, treated).withheld(~dealt, Reason.NO_CONTROL)
    ordinal = holm(np.where(dealt, rank_test(control, treated).p_value, np.nan)).adjusted
    started = listed["starts_on"].to_numpy(dtype="datetime64[s]").astype(np.int64)
    latest: npt.NDArray[np.intp] = np.argsort(-started, kind="stable")
    held, given = (Counts(arm.base[latest], arm.of_movement(Movement.UPGRADE)[latest]) for arm in (control, treated))
    names = [str(name) for name in cast("list[object]", listed["name"].tolist())]
    verdicts = judge(difference, p_value)
    return Effects(
        tuple(control.groups[int(row)] for row in latest),
        tuple(names[int(row)] for row in latest),
        tuple(bool(each) for each in randomised[latest]),
        held,
        given,
        difference[latest],
        verdicts[latest],
        further[latest],
        ordinal[latest],
        len(ran),
    )


def _off_plan(
    reader: Reader, choice: Choice, ids: Sequence[str], by_branch: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Campaigns whose groups are not of their planned sizes."""
    if not reader.has("campaign_arm", "allocation"):
        return np.zeros(len(ids), dtype=np.bool_)
    branches = places.branches(reader, choice.branch)
    sizes = experiments.allocation(reader, campaigns=tuple(ids), branches=branches)
    return planned_sizes(sizes, pd.Index(list(ids), dtype="str"), by_branch).p_value < MISMATCH_BELOW
