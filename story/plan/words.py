"""What a plan's fields, rules, faults and assumptions are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from answers.plan.plan import PlanAnswer
from answers.plan.scenario import A_CUSTOMER, COST, IN_ALL, LONGEST, MOST_ARMS, MOST_CONTROL, Fault
from data_access.audience import LIFE_STAGE, TREATED, WON
from metrics.catalogue.entry import marked as _

from story import figures
from story.vocabulary import term
from story.words import opened as capital
from story.words import say

RULES: Final[Mapping[str, str]] = {
    "do_not_contact": _("Asked not to be contacted"),
    "no_consent": _("No consent for the channel"),
    "not_rated": _("No valid risk rating"),
    "risk": _("Rated below the product"),
    "overlap": _("In another campaign"),
    "pressure": _("Contacted often enough"),
}
ASSUMPTIONS: Final[Mapping[str, str]] = {
    "participation": _("Participation"),
    "conversion": _("Conversion"),
    "sales": _("Sales of a conversion"),
    "contribution": _("Worth of a conversion"),
    "cost": _("Cost of a customer"),
    "effect": _("Effect of contact"),
}
FIELDS: Final[Mapping[str, str]] = {
    "name": _("Name"),
    "objective": _("Objective"),
    "theme": _("Theme"),
    "product": _("Product"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "days": _("Days to buy"),
    "branches": _("Branches"),
    "tiers": _("Tiers"),
    "segments": _("Classes"),
    "tags": _("Tags"),
    "channels": _("Channels"),
    "size": _("Customers at most"),
    "control": _("Control, %"),
    "arms": _("Arms and their shares, %"),
    "each": _("Other costs per customer"),
    "fixed": _("Other costs, in all"),
    "target": _("Sales target"),
    "budget": _("Budget"),
    "hours": _("Staff hours at most"),
    "seed": _("Seed"),
}
_OWN: Final[Mapping[str, str]] = {
    LIFE_STAGE: _("life stage"),
    WON: _("won through"),
    TREATED: _("contacted by"),
}
_FAULTS: Final[Mapping[str, str]] = {
    "no_number": _("this is no whole number: type one, or leave it empty"),
    "no_date": _("this is no day: write it as 2027-01-04"),
    "ends_before_start": _("it ends before it begins: choose a later last day"),
    "too_long": _("a campaign has at most {days} days: choose an earlier last day"),
    "too_far": _("this is more than two years away: choose a nearer day"),
    "no_days": _("nobody can buy in no time: type 1 or more"),
    "no_target": _("0 is reached by doing nothing: type more, or leave it empty"),
    "no_budget": _("0 pays for nothing: type more, or leave it empty"),
    "no_hours": _("these channels take staff time: type more, choose another channel, or leave it empty"),
    "one": _("one customer is no campaign: choose two or more, or leave it empty for all"),
    "one_left": _("only one customer is left, and that is no campaign: choose more tiers, classes or branches"),
    "all_control": _("at most {percent} % can be held out, or nobody is left to contact: choose a smaller control"),
    "negative": _("this is below 0: type 0 or more"),
    "too_much": _("this is more than can be meant: type less"),
    "no_channel": _("nobody can be contacted without a channel: choose one"),
    "nobody": _("no customer is all of that: choose more tiers, classes, tags or branches"),
    "nobody_left": _("the rules leave out all that were chosen: choose another channel or more customers"),
    "nobody_may_buy": _("nobody chosen is rated for this product: choose one of less risk, or other customers"),
    "too_many": _("only {customers} may be contacted: choose no more than that"),
    "no_arms": _("each arm has a name and a share: write small gift 50; large gift 50"),
    "too_many_arms": _("at most {arms} arms can be told apart: take some away"),
    "same_arms": _("each arm has a name of its own, and none is called control: choose other names"),
    "arms_do_not_add_up": _("the shares of the arms add up to 100: change one of them"),
    "unknown": _("this product is not in the data: choose one that is"),
}


def field(name: str) -> str:
    """What a field is called; that of a kind of cost says for how many it is."""
    kind = name.removeprefix(COST)
    if kind in A_CUSTOMER:
        return say("{kind}, per customer", kind=capital(term(kind)))
    if kind in IN_ALL:
        return say("{kind}, in all", kind=capital(term(kind)))
    return say(FIELDS.get(name, name))


def own_fact(name: str) -> str:
    """What is known of a customer as if it were a tag."""
    return say(_OWN[name]) if name in _OWN else term(name)


def fault(found: Fault, answer: PlanAnswer) -> str:
    """Why a field is impossible and what now, without a capital."""
    return say(
        _FAULTS[found.code],
        days=LONGEST,
        percent=MOST_CONTROL,
        arms=MOST_ARMS,
        customers=figures.number(answer.audience.may_be_contacted),
    )
