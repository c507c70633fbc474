"""What the sides, metrics and groups of a comparison are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from answers.compare.choice import Picked
from answers.compare.compare import Comparison
from answers.compare.offered import CONTROL, EVERY, Offer
from data_access.queries.comparison import AGES_FROM
from metrics.catalogue import Unit, metric
from metrics.catalogue.entry import marked as _
from metrics.estimate import Intervals
from metrics.inference.study.design import Kind
from metrics.inference.study.harm import COMPLAINTS, OPT_OUTS, SATISFACTION

from story.sentences.told import amount, limits
from story.vocabulary import names, term
from story.words import listed, opened, say

METRICS: Final[Mapping[str, str]] = {
    "conversion_rate": _("conversion"),
    "sales_per_customer": _("sales per customer"),
    "net_new_money_per_customer": _("net new money per customer"),
    "contribution_per_customer": _("contribution per customer"),
}
HARMS: Final[Mapping[str, str]] = {
    SATISFACTION: _("satisfaction"),
    OPT_OUTS: _("opt-outs"),
    COMPLAINTS: _("complaints per 1,000 customers"),
}
TRAITS: Final[Mapping[str, str]] = {
    "tier": _("tier"),
    "age_from": _("age"),
    "won": _("won by"),
    "branch_id": _("branch"),
    "touched": _("earlier contact"),
    "bought": _("earlier purchase"),
    "assets": _("assets before"),
    "sales_before": _("sales before"),
    "months": _("months a customer"),
    "age": _("age"),
    "upper_tier": _("in an upper tier"),
    "contacts": _("contacts, 90 days before"),
}
TIERS: Final[Mapping[str, str]] = {
    "basic": _("Basic"),
    "potential": _("Potential"),
    "wealth": _("Wealth"),
    "private": _("Private"),
}


def offer(one: Offer) -> str:
    """A campaign, or the programme of a year or against those held out from it."""
    if one.programme:
        return say("all campaigns of {year}", year=one.name)
    name = names([one.name])[0]
    return say("whole programme · {holdout}", holdout=name) if one.holdout else name


def arm(one: Offer, name: str) -> str:
    """An arm, or several together."""
    if one.holdout:
        return say("held out") if name == CONTROL or name in one.controls else say("programme")
    if name == CONTROL and name not in one.treated:
        return say("control")
    if name == EVERY:
        return term(one.treated[0]) if len(one.treated) == 1 and one.treated[0] != EVERY else say("all treated")
    return term(name)


def sides(picked: Picked) -> tuple[str, str]:
    """The two sides."""
    if picked.kind is Kind.CAMPAIGNS:
        a, b = names([picked.a.name, picked.b.name])
        return (a if picked.arm_a == EVERY else say("{campaign}, {arm}", campaign=a, arm=term(picked.arm_a))), b
    if picked.kind is Kind.PROGRAMME:
        return term("treated"), term("control")
    return arm(picked.a, picked.arm_a), arm(picked.b, picked.arm_b)


def shown_sides(answer: Comparison, *, swaps: bool) -> tuple[str, str]:
    """The sides in the order in which they are shown."""
    a, b = sides(answer.picked)
    return (b, a) if swaps else (a, b)


def within(picked: Picked, side: str) -> str:
    """A side within a sentence."""
    if not picked.a.holdout:
        return side
    return say("the programme") if side == say("programme") else say("those held out")


def metric_word(key: str) -> str:
    """A metric or guardrail within a sentence."""
    return say((dict(METRICS) | dict(HARMS))[key])


def metric_name(key: str) -> str:
    """The same as it begins a row."""
    return opened(metric_word(key))


def trait(key: str) -> str:
    """What customers are told apart by."""
    return say(TRAITS[key])


def traits(keys: tuple[str, ...]) -> str:
    """Several of them."""
    return listed(dict.fromkeys(trait(key) for key in keys))


def value(key: str, of: str) -> str:
    """One group of customers."""
    if not of:
        return say("not known")
    if key == "tier":
        return say(TIERS[of]) if of in TIERS else term(of)
    if key != "age_from":
        return term(of)
    first = int(of)
    following = [age for age in AGES_FROM if age > first]
    if not first:
        return say("under {age}", age=following[0])
    return (
        say("{first} to {last}", first=first, last=following[0] - 1) if following else say("{age} and over", age=first)
    )


def group(key: str, of: str) -> str:
    """A trait with its value: "Tier · Wealth"."""
    return f"{opened(trait(key))} · {value(key, of)}"


def unit(key: str) -> Unit:
    """The unit of one side's value."""
    return {SATISFACTION: Unit.SCORE, OPT_OUTS: Unit.SHARE, COMPLAINTS: Unit.PER_THOUSAND}.get(key) or metric(key).unit


def unit_of_difference(key: str) -> Unit:
    """The unit of the difference of both."""
    return Unit.POINTS if unit(key) is Unit.SHARE else unit(key)


def size(number: float, low: float, high: float, key: str, currency: str, *, signed: bool = False) -> str:
    """A difference with its unit in words, with the digits that its limits leave it."""
    return amount(number, low, high, unit_of_difference(key), currency, signed=signed)


def magnitude(difference: Intervals, row: int, key: str, currency: str) -> str:
    """A difference without its sign."""
    least, most = sorted((abs(float(difference.low[row])), abs(float(difference.high[row]))))
    return size(abs(float(difference.estimate[row])), least, most, key, currency)


def between(low: float, high: float, key: str, currency: str) -> str:
    """The limits of a difference."""
    return limits(low, high, unit_of_difference(key), currency, signed=True)
