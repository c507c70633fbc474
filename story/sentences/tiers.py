"""Who moves between tiers, what that is worth, and how far the rates can be trusted."""

from __future__ import annotations

from collections.abc import Mapping

from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _
from metrics.finding import FindingCode
from metrics.tiers.transition import Fate

from story.sentences.told import (
    Sentence,
    Told,
    branches,
    customers,
    interval,
    money,
    months,
    name,
    p_value,
    share,
    template,
    whole,
)
from story.words import say

_PARTS = {
    "entries": _("customers who came"),
    "exits": _("customers who left"),
    "stayers": _("customers who stayed in their tier"),
    "up_movers": _("customers who moved up"),
    "down_movers": _("customers who moved down"),
    "valuation": _("changes of prices"),
    "gaps": _("customers with a month missing"),
}
_NET = interval(Unit.SHARE)
_CUSTOMERS = interval(Unit.COUNT, signed=True)


def _part(told: Told, key: str) -> str:
    return say(_PARTS[str(told.values[key])])


def _state(told: Told, key: str) -> str:
    """A tier by its name, or that the customer left."""
    return say("out of the bank") if told.values[key] == Fate.LEFT.value else told.name(key)


def _size(told: Told, key: str) -> str:
    amount = abs(told.number(key))
    return money(Told({key: amount}, currency=told.currency), key)


_WENT = template(
    _("{from_tier}: {estimate} of {tier_n} went to {to_state} ({limits})"),
    _NET,
    from_tier=name,
    to_state=name,
    tier_n=customers,
)
_LEFT = template(
    _("{from_tier}: {estimate} of {tier_n} left the bank ({limits})"), _NET, from_tier=name, tier_n=customers
)


def _largest_move(told: Told) -> str:
    return (_LEFT if told.values["to_state"] == Fate.LEFT.value else _WENT)(told)


SENTENCES: Mapping[FindingCode, Sentence] = {
    FindingCode.TIERS_TOO_FEW: template(_("too few customers to tell how tiers moved over {months}"), months=months),
    FindingCode.TIERS_RISE: template(
        _("more customers moved up than down over {months}: net {estimate} of {n} ({limits})"),
        _NET,
        months=months,
        n=customers,
    ),
    FindingCode.TIERS_FALL: template(
        _("more customers moved down than up over {months}: net {estimate} of {n} ({limits})"),
        _NET,
        months=months,
        n=customers,
    ),
    FindingCode.TIERS_HOLD: template(
        _("neither more ups nor more downs are shown over {months}: net {estimate} of {n} ({limits})"),
        _NET,
        months=months,
        n=customers,
    ),
    FindingCode.TIER_LINE_LOSES: template(
        _("the {tier} line loses: {down} fell below it in {months}, {up} rose above it, net {estimate} ({limits})"),
        _CUSTOMERS,
        tier=name,
        down=whole,
        up=whole,
        months=months,
    ),
    FindingCode.TIER_LINE_GAINS: template(
        _("the {tier} line gains: {up} rose above it in {months}, {down} fell below it, net {estimate} ({limits})"),
        _CUSTOMERS,
        tier=name,
        down=whole,
        up=whole,
        months=months,
    ),
    FindingCode.TIER_MOVE_LARGEST: _largest_move,
    FindingCode.TIER_PERIODS_DIFFER: template(
        _("customers moved at different rates in the last {periods} periods of {months} ({p_value})"),
        periods=whole,
        months=months,
        p_value=p_value,
    ),
    FindingCode.TIER_PERIODS_ALIKE: template(
        _("no difference shown in the rates of the last {periods} periods of {months} ({p_value})"),
        periods=whole,
        months=months,
        p_value=p_value,
    ),
    FindingCode.TIER_MONTHS_MISSING: template(
        _("{months} can't be judged for {customers} without a tier at one end; the rates rest on {n}"),
        customers=customers,
        months=months,
        n=customers,
    ),
    FindingCode.ASSETS_ROSE: template(
        _("assets rose by {change} to {after}; the largest part is {amount} from {part}"),
        change=_size,
        after=money,
        amount=_size,
        part=_part,
    ),
    FindingCode.ASSETS_FELL: template(
        _("assets fell by {change} to {after}; the largest part is {amount} lost with {part}"),
        change=_size,
        after=money,
        amount=_size,
        part=_part,
    ),
    FindingCode.ASSETS_UNCHANGED: template(_("assets stand where they stood, at {after}"), after=money),
    FindingCode.VALUATION_INCLUDED: template(
        _("changes of prices are not recorded, so they stay inside these amounts")
    ),
    FindingCode.TIER_BRANCHES_DIFFER: template(
        _("customers move unlike the rest of the bank in {differing}; {branches} were compared and allowed for"),
        differing=branches,
        branches=branches,
    ),
    FindingCode.TIER_BRANCHES_ALIKE: template(
        _("no difference shown in how customers move, {branches} compared with the rest of the bank"),
        branches=branches,
    ),
    FindingCode.TIER_RATES_CHANGED: template(
        _("customers move between tiers at other rates than in the period before ({p_value})"), p_value=p_value
    ),
    FindingCode.TIER_RATES_STEADY: template(
        _("no change shown in the rates at which customers move between tiers ({p_value})"), p_value=p_value
    ),
    FindingCode.TIER_ORDER_ONE: template(
        _("where a customer was the month before shows no bearing on the next move ({p_value}, {n})"),
        p_value=p_value,
        n=customers,
    ),
    FindingCode.TIER_ORDER_CLOCK: template(
        _("the month before bears on the next move ({p_value}); the rule's grace months explain {explained} of it"),
        p_value=p_value,
        explained=share,
    ),
    FindingCode.TIER_ORDER_HISTORY: template(
        _(
            "the month before bears on the next move ({p_value}); the rule's grace months explain only {explained} "
            "of it, customers differ by themselves"
        ),
        p_value=p_value,
        explained=share,
    ),
    FindingCode.TIER_ORDER_NO_CLOCK: template(
        _("the month before bears on the next move ({p_value}); this data has no grace months to explain it by"),
        p_value=p_value,
    ),
    FindingCode.PROJECTION_MISSED: template(
        _(
            "the period before would have put {misplaced} of {n} into a wrong tier over {months}; "
            "it missed most from {from_tier} to {to_state}: {predicted} expected, {actual} seen"
        ),
        misplaced=share,
        n=customers,
        months=months,
        from_tier=_state,
        to_state=_state,
        predicted=share,
        actual=share,
    ),
}
