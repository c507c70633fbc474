"""A scenario: everything that a planner chooses, as text in a URL or in the workspace, and as values.

Amounts are whole minor units. What cannot be read is a fault at its field; the default stands in for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Final

LONGEST: Final = 366
"""Days of a campaign."""

FURTHEST: Final = timedelta(days=800)
"""Between the last day of the data and a first day that can be meant."""

MOST_CONTROL: Final = 90
"""Percent held out: more is no campaign."""

MOST_ARMS: Final = 3
"""Ways of contacting that a plan compares: with more, each has too few customers to tell."""

TREATED: Final = "treated"
CONTROL: Final = "control"
"""Names of the arms, where nobody names them."""

MOST_MONEY: Final = 10**15
MOST_DAYS: Final = 366
SEPARATOR: Final = "~"
"""Between the values of one setting: no name of the contract's closed vocabularies holds it."""

A_CUSTOMER: Final = ("gift", "rate_concession", "staff_time", "incentive")
"""Kinds of cost that are planned for one customer; the contract names them."""

IN_ALL: Final = ("venue", "media", "print", "vendor")
"""Kinds of cost that are planned in all, whatever the number of customers."""

COST: Final = "cost_"
"""Before the kind, in the name of its field."""

INSIDE: Final = "|"
"""Between family, tag and value of one tag."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is planned.

    Attributes:
        objective: What it is for.
        theme: Its theme; empty for a new one.
        product: Product offered; empty for none.
        starts_on: First day.
        ends_on: Last day.
        days: Days after assignment in which a conversion counts.
        branches: Whose customers; empty for all of the viewer's.
        tiers: Empty for all.
        segments: Classes; empty for all.
        tags: ``family|tag|value``; empty for all.
        channels: The first is the one that most customers are contacted through.
        size: Customers drawn at random from those who may be contacted; 0 for all of them.
        control: Percent held out.
        arms: ``name|percent`` of those contacted, where they are contacted in several ways; empty for one.
        each: Cost of one customer contacted, of the kinds that are not set; None takes what such campaigns cost.
        fixed: Cost that does not depend on the customers, of these kinds.
        cost_gift: Of one customer contacted; None where the kind is not set. The same of the other kinds of
            `A_CUSTOMER`; those of `IN_ALL` are for all customers together.
        target: Sales to reach; None for none.
        budget: Cost not to exceed; None for none.
        hours: Staff hours not to exceed; None for those that are free.
        seed: Of the draws and of the assignment.
    """

    objective: str = "grow"
    theme: str = ""
    product: str = ""
    starts_on: date = date(2000, 1, 3)
    ends_on: date = date(2000, 1, 30)
    days: int = 30
    branches: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    size: int = 0
    control: int = 20
    arms: tuple[str, ...] = ()
    each: int | None = None
    fixed: int = 0
    cost_gift: int | None = None
    cost_rate_concession: int | None = None
    cost_staff_time: int | None = None
    cost_incentive: int | None = None
    cost_venue: int | None = None
    cost_media: int | None = None
    cost_print: int | None = None
    cost_vendor: int | None = None
    target: int | None = None
    budget: int | None = None
    hours: int | None = None
    seed: int = 1

    @property
    def shares(self) -> dict[str, int]:
        """Percent of the contacted by arm.

        Raises:
            ValueError: the arms cannot be read.
        """
        parts = [arm.rpartition(INSIDE) for arm in self.arms]
        return {name.strip(): int(share) for name, _, share in parts} or {TREATED: 100}

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of cost that are set."""
        return tuple(kind for kind in (*A_CUSTOMER, *IN_ALL) if getattr(self, COST + kind) is not None)

    def cost_of(self, kind: str, customers: int) -> float:
        """What a kind that is set costs for so many customers."""
        amount = float(getattr(self, COST + kind))
        return amount * customers if kind in A_CUSTOMER else amount

    def settings(self) -> dict[str, str]:
        """As text by field, the way a URL and the workspace hold it."""
        return {field.name: _written(getattr(self, field.name)) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a field is impossible.

    Attributes:
        field: Name of the field.
        code: no_number, no_date, ends_before_start, too_long, too_far, all_control, negative, too_much, no_days,
            no_target, no_budget, no_hours, no_channel, nobody, nobody_left, nobody_may_buy, one, one_left, too_many,
            unknown, no_arms, too_many_arms, same_arms, arms_do_not_add_up.
    """

    field: str
    code: str


def read(settings: Mapping[str, str], default: Scenario) -> tuple[Scenario, tuple[Fault, ...]]:
    """The scenario that texts say, and what cannot be read; names that are no field are passed over.

    >>> scenario, faults = read({"control": "x", "days": "45"}, Scenario())
    >>> scenario.days, scenario.control, faults
    (45, 20, (Fault(field='control', code='no_number'),))
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for field in fields(Scenario):
        if (text := settings.get(field.name)) is None:
            continue
        try:
            values[field.name] = _READERS[str(field.type)](text.strip())
        except ValueError:
            faults.append(Fault(field.name, "no_date" if field.type == "date" else "no_number"))
    return replace(default, **values), tuple(faults)


def checked(scenario: Scenario) -> tuple[Fault, ...]:
    """What is impossible in a scenario whatever the data are, field by field."""
    faults: list[Fault] = []
    if scenario.ends_on < scenario.starts_on:
        faults.append(Fault("ends_on", "ends_before_start"))
    elif scenario.ends_on - scenario.starts_on >= timedelta(days=LONGEST):
        faults.append(Fault("ends_on", "too_long"))
    if scenario.control > MOST_CONTROL:
        faults.append(Fault("control", "all_control"))
    if (code := _arms_fault(scenario)) is not None:
        faults.append(Fault("arms", code))
    if not scenario.channels:
        faults.append(Fault("channels", "no_channel"))
    kinds = (COST + kind for kind in (*A_CUSTOMER, *IN_ALL))
    for name in ("control", "each", "fixed", *kinds, "target", "budget", "hours", "size", "days", "seed"):
        value = getattr(scenario, name)
        most = MOST_DAYS if name == "days" else MOST_MONEY
        if value is not None and not 0 <= value <= most:
            faults.append(Fault(name, "negative" if value < 0 else "too_much"))
    # Nothing is no limit and no goal: whoever wants none leaves the field empty.
    nothing = (("days", "no_days"), ("target", "no_target"), ("budget", "no_budget"))
    faults += [Fault(name, code) for name, code in nothing if getattr(scenario, name) == 0]
    if scenario.size == 1:
        faults.append(Fault("size", "one"))
    return tuple(faults)


def _arms_fault(scenario: Scenario) -> str | None:
    try:
        shares = scenario.shares
    except ValueError:
        return "no_arms"
    if len(scenario.arms) > MOST_ARMS:
        return "too_many_arms"
    if len(shares) < len(scenario.arms) or "" in shares or CONTROL in shares:
        return "same_arms"
    return None if sum(shares.values()) == 100 and min(shares.values()) > 0 else "arms_do_not_add_up"


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return SEPARATOR.join(map(str, value))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    return "" if value is None else str(value)


def _whole(text: str) -> int:
    return int(text) if text else 0


def _some(text: str) -> int | None:
    return int(text) if text else None


def _several(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in text.split(SEPARATOR) if part))


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "str": str,
    "date": date.fromisoformat,
    "int": _whole,
    "int | None": _some,
    "tuple[str, ...]": _several,
}
