"""Branches in a funnel, campaigns as differences."""

from __future__ import annotations

import math

import numpy as np
from answers.tiers.effects import Effects
from answers.tiers.tiers import Tiers
from metrics.catalogue import Unit
from metrics.inference.comparison.verdict import Grade
from metrics.inference.funnel_plot import Funnel, Zone

from story import estimates, figures
from story.chart import interval, share_funnel, theme
from story.parts import Block, Nothing
from story.tiers.named import horizon
from story.vocabulary import names
from story.words import listed, say, say_count, sentences

_SIGNIFICANT = 0.05

_WORTH_SAYING = 1.05
"""How many times wider limits are told to be."""

_OUTSIDE = {Zone.ABOVE: "worse", Zone.BELOW: "better"}


def branches(answer: Tiers, branch_names: dict[str, str]) -> Block:
    """Customers who slipped, by branch."""
    of = answer.branches
    heading = say("Slipping, branch by branch")
    if of.funnel is None:
        nothing = (
            Nothing(
                say("Other branches are told for all customers only."),
                say("Take back class, life stage, channel and campaign to see your branch among them."),
            )
            if of.hidden
            else Nothing(say("Too few branches to be among."))
        )
        return Block(heading, "", nothing)
    plot = of.funnel
    zones = plot.zones(adjusted=True)
    known = [branch_names.get(key, key) for key in of.identifiers]
    called = names(known) if all(known) else [names([name])[0] if name else "" for name in known]
    dots = [
        _dot(
            plot, row, called[row], Zone(zones[row]), looked_at=row in of.looked_at and len(of.looked_at) < len(called)
        )
        for row in range(len(called))
    ]
    outside = int(np.isin(zones, [Zone.ABOVE, Zone.BELOW]).sum())
    finding = (
        say_count(
            "{count} of {branches} branches slips more or less than chance explains",
            "{count} of {branches} branches slip more or less than chance explains",
            outside,
            branches=len(called),
        )
        if outside
        else say("No branch slips more or less than chance explains")
    )
    widened = math.sqrt(plot.dispersion)
    warned = int(np.isin(zones, [Zone.ABOVE_WARNING, Zone.BELOW_WARNING, Zone.ABOVE, Zone.BELOW]).sum())
    caption = sentences(
        [
            say("Customers above the lowest tier who slipped within {months}, %", months=horizon(answer.choice.months)),
            say(
                "limits of 95 % and 99.8 % around {share}: {n} of {branches} outside the inner, {chance} by chance",
                share=figures.percent(plot.target, 1),
                n=warned,
                branches=len(called),
                chance=figures.number(0.05 * len(called), 1),
            ),
            say("widened {times} times, as branches spread more than chance", times=figures.number(widened, 1))
            if widened >= _WORTH_SAYING
            else "",
            say("the mix of tiers is not evened out"),
            say("other branches without names, rounded to five") if not all(of.identifiers) else "",
        ]
    )
    shown = share_funnel.chart(
        plot,
        dots,
        say("all {share}", share=figures.percent(plot.target, 1)),
        say("customers at the start"),
        alt_text=say("Share of customers who slipped against the size of {n} branches.", n=len(called)),
        key="branches",
    )
    return Block(finding, caption, shown)


def _dot(plot: Funnel, row: int, name: str, zone: Zone, *, looked_at: bool) -> share_funnel.Named:
    """Who stands outside is named, if a name may be told; so is the branch that is looked at."""
    role: theme.Role = _OUTSIDE.get(zone, "none")  # type: ignore[assignment]
    share = figures.percent(float(plot.value[row]), 1) if plot.volume[row] else say("none")
    of = say("{share} of {n}", share=share, n=figures.number(float(plot.volume[row])))
    label = say("{name} {share}", name=name, share=share) if name and (looked_at or zone in _OUTSIDE) else ""
    return label, ("text" if label and role == "none" else role), sentences([name or say("another branch"), of])


def effects(answer: Tiers, width: int = 1) -> Block:
    """Upgrades of the treated less those of the control, campaign by campaign."""
    found = answer.effects
    months = horizon(answer.choice.months)
    if found is None:
        nothing = Nothing(
            say("No campaign with a control group is {months} old.", months=months), say("Choose fewer months.")
        )
        return Block(say("Campaigns and upgrades"), "", nothing, width=width)
    called = names(list(found.name))
    labels = [
        name if drawn else say("{name} (not drawn)", name=name)
        for name, drawn in zip(called, found.randomised, strict=True)
    ]
    known = int(found.difference.known.sum())
    if not known:
        nothing = Nothing(_without(found), say("Choose fewer months."))
        return Block(say("Campaigns and upgrades"), "", nothing, width=width)
    shown = interval.chart(
        labels,
        found.difference,
        written=lambda estimate, low, high: estimates.written(estimate, low, high, Unit.POINTS),
        axis=theme.axis_label(Unit.POINTS),
        line=0.0,
        roles=[theme.role_of(grade) for grade in found.verdicts.grade],
        alt_text=say("Upgrades of treated customers less those of the control group, {n} campaigns.", n=known),
        key="effects",
    )
    without = len(found.name) - known
    caption = sentences(
        [
            say("Customers who rose within {months} of the assignment, treated less control, points", months=months),
            say("an effect where arms were drawn by lot, else a difference between customers of one tier"),
            say("95 % intervals, each by itself; coloured what holds among all of them"),
            say("the latest {n} of {all}", n=len(found.name), all=found.all) if found.all > len(found.name) else "",
            _without(found) if without else "",
        ]
    )
    return Block(_effects_heading(found, known), caption, shown, after=_all_moves(found, called), width=width)


def _without(found: Effects) -> str:
    """How many campaigns have no number, and why."""
    reasons = dict.fromkeys(str(reason) for reason in found.difference.reason[~found.difference.known])
    return say(
        "{n} without a number: {reasons}",
        n=int((~found.difference.known).sum()),
        reasons=listed(figures.why(reason) for reason in reasons),
    )


def _all_moves(found: Effects, called: list[str]) -> str:
    """Whether the treated moved further by all moves at once, falls and exits among them."""
    tested = int((~np.isnan(found.ordinal)).sum())
    if not tested:
        return ""
    differ = [row for row in range(len(called)) if found.ordinal[row] < _SIGNIFICANT and found.further.known[row]]
    if not differ:
        return say_count(
            "By all moves at once, falls and exits among them, treated and control of the one campaign drawn by lot "
            "are not shown to differ (Mann-Whitney).",
            "By all moves at once, falls and exits among them, treated and control of none of the {count} campaigns "
            "drawn by lot are shown to differ (Mann-Whitney, allowing for all).",
            tested,
        )
    each = [
        say(
            "{name} {share} ({limits})",
            name=called[row],
            share=estimates.value(found.further, row, Unit.SHARE),
            limits=estimates.limits(found.further, row, Unit.SHARE),
        )
        for row in differ
    ]
    return say(
        "By all moves at once, falls and exits among them, {n} of {all} campaigns drawn by lot differ (Mann-Whitney, "
        "allowing for all). Chance that a treated customer moved further up than one held out, 50 % if alike: {each}.",
        n=len(differ),
        all=tested,
        each=listed(each),
    )


def _effects_heading(found: Effects, known: int) -> str:
    raised, lowered = found.verdicts.count(Grade.RAISED), found.verdicts.count(Grade.LOWERED)
    hints = found.verdicts.count(Grade.HINT_RAISED, Grade.HINT_LOWERED)
    if not raised and not lowered:
        said = say("In no campaign the treated are shown to rise more or less often, {n} compared", n=known)
    else:
        said = say(
            "In {raised} of {n} campaigns the treated rose more often, in {lowered} less often",
            raised=raised,
            lowered=lowered,
            n=known,
        )
    return sentences([said, say("{n} only hint", n=hints) if hints else ""])
