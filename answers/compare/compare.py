"""One comparison with all that can be said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd
from data_access.queries import comparison, experiments
from data_access.queries.comparison import Sides
from data_access.reading.reader import Reader
from data_access.settings import settings
from metrics.campaigns import verdict as verdicts
from metrics.catalogue import OUTCOMES, metric
from metrics.inference.comparison.contrast import Assignment
from metrics.inference.comparison.verdict import Grade
from metrics.inference.study.design import Counted, Design, Kind
from metrics.inference.study.harm import COMPLAINTS, OPT_OUTS, SATISFACTION
from metrics.inference.study.inputs import Inputs
from metrics.inference.study.result import Study
from metrics.inference.study.study import study

from answers import places
from answers.campaigns.scored import scored
from answers.compare import groups
from answers.compare.choice import ALL, Choice, Picked, Sums, picked
from answers.compare.offered import CONTROL, EVERY, offered
from answers.compare.pair import Doubt, doubts
from answers.kept import kept

STEPS: Final = (("tier",), ("tier", "age_from"), comparison.TRAITS)
"""What is held alike where nobody drew the sides at random, step by step."""


@dataclass(frozen=True, eq=False)
class Nothing:
    """There are no two sides to compare."""

    currency: str


@dataclass(frozen=True, eq=False)
class Comparison:
    """A comparison.

    Attributes:
        choice: What was asked.
        picked: The sides.
        holdouts: Names of the campaigns that stand for the whole programme, the latest first.
        reached: Share of those held out from everything whom a campaign spoke to all the same; nan where another
            pair is compared, or the feeds do not say.
        study: What was found, a minus b.
        inputs: What it rests on.
        doubts: Why the two may be a bad pair, the worst first.
        judges: Metrics that can decide, the one that the objective asks first.
        family: Grade of the campaign's own verdict on the deciding metric among the campaigns of its year, and the
            year; None where it has none, or something else is compared.
        returned: The same of its return.
        groups: What customers can be restricted to: trait and value.
        spent: Cost of side a, minor units; nan where it is not known.
        uncosted: How many campaigns of side a have no cost recorded, and of how many.
        branches: Names of the branches whose customers are counted; empty for the whole bank.
        as_of: Last day of the data.
        version: Of the data.
        currency: Of all amounts.
    """

    choice: Choice
    picked: Picked
    holdouts: tuple[str, ...]
    reached: float
    study: Study
    inputs: Inputs
    doubts: tuple[Doubt, ...]
    judges: tuple[str, ...]
    family: tuple[Grade, int] | None
    returned: tuple[Grade, int] | None
    groups: tuple[tuple[str, str], ...]
    spent: float
    uncosted: tuple[int, int]
    branches: tuple[str, ...]
    as_of: date
    version: str
    currency: str

    @property
    def usual(self) -> bool:
        """Whether the metric that decides is the one that the objective asks."""
        return self.study.primary.key == self.judges[0]


@kept
def ask(reader: Reader, choice: Choice) -> Comparison | Nothing:
    """The comparison of a choice, computed once for both ways of looking at it."""
    known = offered(reader)
    two = picked(known, choice)
    if two is None:
        return Nothing(reader.currency)
    reader = reader.holdouts if two.a.holdout else reader
    branches = places.branches(reader, choice.branch)
    everybody = two.sides(replace(choice, who=ALL), branches)
    if choice.who != ALL and choice.who not in groups.spelled(groups.found(groups.parts(reader, everybody))):
        choice = replace(choice, who=ALL)
    sides = two.sides(choice, branches)
    by = {Kind.PROGRAMME: ("campaign_id",)}.get(two.kind, ())
    arms = comparison.totals(reader, sides, by=by, capped=comparison.CAPPED if choice.sums is Sums.CAPPED else ())
    if set(arms["side"]) != {"a", "b"}:
        arms = _with_both(arms)
    if two.a.holdout:
        arms = _as_recorded(arms)
    judges = _judges(two, arms)
    primary = choice.metric if choice.metric in judges else judges[0]
    amount = groups.amount_of(primary)
    parts = groups.parts(reader, everybody, amount)
    inputs = _inputs(reader, two, sides, arms, amount, parts, choice)
    spent, cost, uncosted = _cost(reader, two, choice)
    design = _design(two, choice, arms, primary, cost)
    return Comparison(
        choice,
        two,
        tuple(one.name for one in known.offers.values() if one.holdout),
        _reached(reader, two, branches) if two.a.holdout else float("nan"),
        study(design, inputs),
        inputs,
        tuple(doubts(two, arms, inputs.mixed, reader.as_of, inputs.sizes)),
        judges,
        _in_its_year(reader, two, choice, next(entry.key for entry in OUTCOMES if entry.compares == primary)),
        _in_its_year(reader, two, choice, verdicts.RETURN),
        groups.found(parts),
        spent,
        uncosted,
        places.names(reader, choice.branch),
        reader.as_of,
        reader.version,
        reader.currency,
    )


def _inputs(
    reader: Reader,
    two: Picked,
    sides: Sides,
    arms: pd.DataFrame,
    amount: str,
    parts: pd.DataFrame,
    choice: Choice,
) -> Inputs:
    randomised, programme = _randomised(two), two.kind is Kind.PROGRAMME
    campaigns = two.a.campaigns or tuple(dict.fromkeys((two.a.key, two.b.key)))
    at_once = programme or two.a.holdout  # everybody is dealt on one day, or in campaigns of different days
    dates = pd.DataFrame() if at_once else comparison.parts(reader, sides, ("assigned_week", "matures_on"), amount)
    two_controls = two.kind is Kind.CAMPAIGNS and all(one.randomised and one.controls for one in (two.a, two.b))
    # Of two campaigns the size of each draw; of whole branches Compare tells nothing of their own controls by customer.
    drawn = tuple(one.key for one in (two.a, two.b) if not one.by_branch) if two_controls else ()
    sized = (campaigns if randomised else drawn) if reader.has("campaign_arm", "allocation") else ()
    return Inputs(
        arms,
        sizes=experiments.allocation(reader, campaigns=sized, branches=sides.branches) if sized else None,
        branches=comparison.totals(reader, sides, by=("branch_id",)) if _by_branch(two) else None,
        segments=groups.by_trait(parts, reader, sides, amount) if choice.who == ALL and not programme else None,
        strata=None if randomised else comparison.parts(reader, sides, comparison.TRAITS, amount),
        days=None if at_once else dates,
        weeks=None if at_once else dates,
        harm=None if programme else _harm(reader, sides),
        traits=None if programme else _long(comparison.traits(reader, sides, _upper_tiers(reader))),
        capped=comparison.totals(reader, sides, capped=(amount,)) if amount and not programme else None,
        held_out=comparison.totals(reader, _controls(two, sides)) if two_controls else None,
        mixed=comparison.on_both(reader, sides) if two.kind is Kind.CAMPAIGNS else None,
    )


def _design(two: Picked, choice: Choice, arms: pd.DataFrame, primary: str, cost: float) -> Design:
    rules = settings().comparison
    one_campaign = two.kind is Kind.ARMS
    return Design(
        two.kind,
        Assignment.RANDOMISED if _randomised(two) else Assignment.TARGETED,
        _by_branch(two),
        primary,
        cost,
        choice.counted if one_campaign and _randomised(two) and not _by_branch(two) else Counted.ASSIGNED,
        float(arms["n"].sum()),
        tuple(rules.looks) if one_campaign and not two.a.holdout else (1.0,),
        {
            SATISFACTION: rules.satisfaction_fall,
            OPT_OUTS: rules.opt_outs_rise,
            COMPLAINTS: rules.complaints_rise,
        },
        STEPS if not _randomised(two) else (),
    )


def _randomised(two: Picked) -> bool:
    return two.kind is not Kind.CAMPAIGNS and two.a.randomised


def _by_branch(two: Picked) -> bool:
    return two.kind is Kind.ARMS and two.a.by_branch


def _with_both(arms: pd.DataFrame) -> pd.DataFrame:
    """A side of which the viewer has nobody is a side of none, not a missing one."""
    absent = [side for side in ("a", "b") if side not in set(arms["side"])]
    empty = pd.DataFrame({"side": absent}).reindex(columns=arms.columns)
    empty[["n", "matured"]] = 0
    return pd.concat([arms.astype(object), empty.astype(object)], ignore_index=True).infer_objects()


def _reached(reader: Reader, two: Picked, branches: tuple[str, ...]) -> float:
    found = experiments.reached_by_any(reader, (two.a.key,), branches=branches)
    control = found[found["is_control"].eq(True)]
    held_out = float(control["n"].sum())
    return float(control["reached"].sum(min_count=1)) / held_out if held_out else float("nan")


def _as_recorded(arms: pd.DataFrame) -> pd.DataFrame:
    """What nobody of a holdout did is not written down there: single campaigns tell it by their own rows."""
    steps = [name for name in arms.columns if name.endswith(("contacted", "converted")) and not arms[name].any()]
    return arms.assign(**dict.fromkeys(steps, np.nan))


def _judges(two: Picked, arms: pd.DataFrame) -> tuple[str, ...]:
    """What can decide: by the objective first, then whatever else is recorded."""
    recorded = {
        entry.key: bool(arms[_known(entry.compares)].fillna(0).sum() > 0)
        for entry in OUTCOMES
        if entry.compares != "sales_per_customer_winsorised"
    }
    asked = [metric(key).compares for key in verdicts.judge_of(two.a.objective, recorded)]
    others = [metric(key).compares for key, known in recorded.items() if known]
    return tuple(dict.fromkeys([*asked, *others])) or ("conversion_rate",)


def _known(compares: str) -> str:
    return f"known_{groups.amount_of(compares)}" if groups.amount_of(compares) else "matured_converted"


def _harm(reader: Reader, sides: Sides) -> pd.DataFrame | None:
    if not any(reader.has(table) for table in ("complaint", "consent", "satisfaction")):
        return None
    found = comparison.harm(reader, sides)
    return found if set(found["side"]) == {"a", "b"} else None


def _controls(two: Picked, sides: Sides) -> Sides:
    """The customers whom two campaigns held out, each its own."""
    held_out = [tuple((one.key, arm) for arm in one.controls) for one in (two.a, two.b)]
    return Sides(held_out[0], held_out[1], sides.trait, sides.value, sides.branches)


def _upper_tiers(reader: Reader) -> Sequence[str]:
    """The upper half of the bank's tiers."""
    keys = [tier.key for tier in settings().tiers_on(reader.as_of)]
    return keys[len(keys) // 2 :] if len(keys) > 1 else ()


def _long(traits: pd.DataFrame) -> pd.DataFrame | None:
    """One row a trait and side."""
    names = [str(column).removeprefix("known_") for column in traits.columns if str(column).startswith("known_")]
    rows = [
        (name, row["side"], row[f"known_{name}"], row[f"sum_{name}"], row[f"squares_{name}"])
        for name in names
        for row in traits.to_dict("records")
        if row[f"known_{name}"] > 0
    ]
    if not rows:
        return None
    frame = pd.DataFrame(rows, columns=["trait", "side", "n", "mean", "squares"])
    return frame.assign(mean=frame["mean"].astype(float) / frame["n"].astype(float))


def _cost(reader: Reader, two: Picked, choice: Choice) -> tuple[float, float, tuple[int, int]]:
    """What side a cost, and what a customer of it cost beyond one of side b: nothing was spent on those held out.

    Both are known only where every campaign has a cost; the last says how many have none, and of how many.
    """
    card = scored(reader, choice.branch).among(two.a.campaigns or (two.a.key,))
    booked, customers = card.booked.actual, card["members"].estimate
    known = np.isfinite(booked) & (customers > 0)
    uncosted = int((~np.isfinite(booked)).sum()), len(booked)
    if not known.any() or not known.all():
        return float("nan"), float("nan"), uncosted
    spent = float(booked.sum())
    each = spent / float(customers.sum())
    return spent, each if two.arm_b == CONTROL and _randomised(two) and each > 0 else float("nan"), uncosted


def _in_its_year(reader: Reader, two: Picked, choice: Choice, key: str) -> tuple[Grade, int] | None:
    """The campaign's own verdict among the campaigns of its year, beside which this comparison stands."""
    if two.kind is not Kind.ARMS or two.a.holdout or two.arm_a != EVERY or two.arm_b != CONTROL:
        return None
    card = scored(reader, choice.branch).among([two.a.key])
    found: Mapping[str, Any] = card.verdicts
    if key not in found:
        return None
    return Grade(str(found[key].grade[0])), int(found[key].year[0])
