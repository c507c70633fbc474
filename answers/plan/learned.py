"""What past campaigns teach a plan, which of them, and what is planned where nobody has chosen yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
from data_access.queries import audience, data, history
from data_access.reading.reader import Reader
from metrics.planning.experience import AMOUNTS, ASSUMPTIONS, EFFECT, Experience, learn, learn_cost
from metrics.planning.mix import averages, indices

from answers.campaigns.scored import off_plan, scored
from answers.kept import kept
from answers.plan.scenario import Scenario

FACTORS = ("objective", "theme", "line", "season", "channel")
"""What makes a past campaign like a planned one. The theme tells an edition of last year from its line's others."""

EDITION = ("objective", "theme", "line")
"""Campaigns that agree in these are editions of one."""

TAUGHT = (
    *FACTORS,
    *("n", "participated", "converted", "cost", "control_n", "control_converted"),
    *(f"{kind}_{name}" for name in AMOUNTS for kind in ("sum", "squares")),
)
"""Columns that a forecast is learned from: what is frozen with it."""

CHANNELS = ("phone", "branch", "sms", "app")
"""What a bank without a campaign in its data may choose from."""

AHEAD = timedelta(days=14)
"""A plan begins this long after the last day of the data at the earliest, where nobody chose a day."""

LENGTH = timedelta(days=27)


@dataclass(frozen=True, eq=False)
class Learned:
    """What is known of the past.

    Attributes:
        past: Finished campaigns, oldest first, with the factors and `TAUGHT`; `theme` and `season` are empty text
            where a campaign has none.
        experience: None where too few campaigns tell.
        lacks: Assumptions that too few campaigns record.
        by_tier: `metrics.planning.mix.indices` of each tier.
        mixes: `metrics.planning.mix.averages` of each campaign.
    """

    past: pd.DataFrame
    experience: Experience | None
    lacks: tuple[str, ...]
    by_tier: pd.DataFrame
    mixes: pd.DataFrame


@kept
def learned(reader: Reader) -> Learned:
    """What all finished campaigns of the viewer's branches teach; their costs hold the share of the bank's own."""
    past = history.campaigns(reader).merge(_controls(reader), on="campaign_id", how="left")
    scores = scored(reader)
    spent = pd.Series(scores.booked.actual, index=list(scores.campaign_id), dtype="float64")
    past["cost"] = past["campaign_id"].map(spent)
    return _teaches(_told(past), history.cells(reader, by=("tier",)) if len(past) else pd.DataFrame())


@kept
def beside(reader: Reader, kinds: tuple[str, ...]) -> Learned:
    """The same where the costs of some kinds are set: the past teaches what all other kinds cost."""
    every = learned(reader)
    if not kinds:
        return every
    booked = by_kind(reader).reindex(columns=list(kinds)).sum(axis=1)
    left = every.past["cost"] - every.past["campaign_id"].map(booked).fillna(0.0)
    # The share of the bank's costs is no whole number: what is left of nothing is less than a unit.
    past = every.past.assign(cost=left.where(left.isna() | (left >= 1.0), 0.0))
    if every.experience is None:
        return replace(every, past=past)
    experience = learn_cost(every.experience, past)
    lacks = tuple(name for name in (*ASSUMPTIONS, EFFECT) if name not in experience.models)
    return Learned(past, experience, lacks, every.by_tier, every.mixes)


def by_kind(reader: Reader) -> pd.DataFrame:
    """What campaigns cost by kind (column), missing where nothing was booked; indexed by campaign."""
    scores = scored(reader)
    return scores.booked.by_kind.set_axis(list(scores.campaign_id), axis=0)


def known_on(reader: Reader, until: date, before: Learned | None = None) -> Learned:
    """What finished campaigns taught on a day of the past, to a viewer of the whole bank, who bears all costs.

    Where nothing more was over than `before`, that is the answer: the same campaigns teach the same.
    """
    over = history.campaigns(reader, until=until)
    past = _told(over.merge(_controls(reader, until), on="campaign_id", how="left"))
    if before is not None and past.equals(before.past):
        return before
    return _teaches(past, history.cells(reader, by=("tier",), until=until) if len(past) else pd.DataFrame())


def _controls(reader: Reader, until: date | None = None) -> pd.DataFrame:
    """Those held out; what they did is missing where the groups are not of their planned sizes."""
    found = history.controls(reader, until=until)
    did = found.columns.difference(["campaign_id", "control_n"])
    return found.assign(**{name: found[name].mask(found["campaign_id"].isin(off_plan(reader))) for name in did})


def _told(past: pd.DataFrame) -> pd.DataFrame:
    """A campaign without a theme, season, line or channel has none, which is a level like any other."""
    return past.assign(**{name: past[name].fillna("") for name in ("theme", "season", "line", "channel")})


def _teaches(past: pd.DataFrame, cells: pd.DataFrame) -> Learned:
    by_tier = indices(cells, ["tier"]) if len(cells) else pd.DataFrame(columns=["tier"])
    mixes = averages(cells, ["tier"], by_tier) if len(cells) else pd.DataFrame()
    experience = learn(past, FACTORS, EDITION)
    lacks = tuple(name for name in (*ASSUMPTIONS, EFFECT) if name not in experience.models)
    needed = [name for name in lacks if name not in ("cost", EFFECT)]
    return Learned(past, None if needed else experience, lacks, by_tier, mixes)


@kept
def default(reader: Reader) -> Scenario:
    """The next edition of the finished campaign that is due next; four weeks in two weeks where none is."""
    past, first = learned(reader).past, reader.as_of + AHEAD
    monday = first + timedelta(days=-first.weekday() % 7)
    channels = known_channels(reader)[:1]
    if past.empty:
        return Scenario(starts_on=monday, ends_on=monday + LENGTH, channels=channels)
    latest = past.drop_duplicates(["theme", "line", "objective"], keep="last")
    due = [_next(day.date(), first) for day in latest["starts_on"]]
    starts_on = min(due)
    found: Any = latest.iloc[due.index(starts_on)]
    length: timedelta = found["ends_on"].date() - found["starts_on"].date()
    return Scenario(
        objective=str(found["objective"]),
        theme=str(found["theme"]),
        product=str(found["product_id"]) if pd.notna(found["product_id"]) else "",
        starts_on=starts_on,
        ends_on=starts_on + length,
        days=max(int(found["attribution_days"]), 1),
        channels=(str(found["channel"]),) if found["channel"] else channels,
    )


def known_channels(reader: Reader) -> tuple[str, ...]:
    """Channels of past campaigns, the most used first; the usual ones where there is none."""
    return tuple(map(str, audience.channels(reader)["channel"])) or CHANNELS


def season_of(reader: Reader, day: date) -> str:
    """Name of the bank's season in which a day lies; empty where none does."""
    seasons = data.seasons(reader)
    within = (seasons["starts_on"] <= pd.Timestamp(day)) & (seasons["ends_on"] >= pd.Timestamp(day))
    return str(seasons.loc[within, "name"].iloc[0]) if within.any() else ""


def _next(day: date, first: date) -> date:
    """The same weekday about a year on, or two, from `first` on."""
    while day < first:
        day += timedelta(days=364)
    return day
