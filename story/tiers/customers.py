"""The customers of a cell: masked on screen, each with why, beside how many moved so a period ago."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from answers.tiers.customers import LARGEST_EXPORT, PAGE, Customers
from answers.tiers.tiers import Tiers, TooShort
from metrics.catalogue import Unit
from metrics.tiers.transition import Fate

from story import estimates, figures
from story.columns import Column
from story.parts import Block, Nothing, Story, Table
from story.text import one_line
from story.tiers import tiers as moves_story
from story.tiers.clock import IN_GRACE
from story.tiers.moves import BETWEEN, cells
from story.tiers.named import customers as kind
from story.tiers.named import horizon, state
from story.vocabulary import names
from story.words import say, say_count, sentences

NAME: Final = "customers"
"""Of the block that holds the list."""

_NOTEWORTHY: Final = 0.005
"""Part of a customer's assets from which a change of prices is told."""

_SHOWN: Final = 3
"""Signs of an identifier that a screen shows; enough to find the row of a file again."""


def spelled(answer: Tiers | TooShort) -> Mapping[str, tuple[str, str]]:
    """The lists that may be chosen, as the URL spells them: moves from tier to tier first, the largest first."""
    if isinstance(answer, TooShort):
        return {}
    of_cells = cells(answer.order)
    held = {key: ends for key, ends in of_cells.items() if _counted(answer, ends)}
    by_size = sorted(held, key=lambda key: -_counted(answer, held[key]))

    def those(wanted: Callable[[str, str], bool]) -> dict[str, tuple[str, str]]:
        return {key: held[key] for key in by_size if wanted(*held[key])}

    margins = {Fate.ENTERED.value, Fate.LEFT.value}
    return {
        **those(lambda start, end: start != end and not margins & {start, end}),
        **({IN_GRACE: ("", "")} if answer.grace is not None else {}),
        **those(lambda start, end: bool(margins & {start, end})),
        **those(lambda start, end: start == end),
    }


def key(answer: Customers) -> str:
    """The list as the URL spells it."""
    return IN_GRACE if answer.grace else f"{answer.from_tier}{BETWEEN}{answer.to_state}"


def written(ends: tuple[str, str]) -> str:
    """A list, as the filter calls it: "Wealth to Potential"."""
    if not ends[0]:
        return say("last month of grace")
    return say("{from_tier} to {to_state}", from_tier=state(ends[0]), to_state=state(ends[1]))


def tell(answer: Customers | TooShort) -> Story:
    """The list in the reader's language."""
    if isinstance(answer, TooShort):
        return moves_story.tell(answer)
    of = answer.of
    facts = [
        *moves_story.chosen(of),
        say("{start} to {end}, counted directly", start=figures.month(of.start), end=figures.month(of.end)),
    ]
    return Story(_headline(answer), tuple(facts), rows=((_block(answer),),), choice=tuple(facts), currency=of.currency)


def _counted(answer: Tiers, ends: tuple[str, str]) -> int:
    k = len(answer.order)
    start = k if ends[0] == Fate.ENTERED.value else answer.order.index(ends[0])
    end = k if ends[1] == Fate.LEFT.value else answer.order.index(ends[1])
    return int(answer.moves.counts[0, start, end])


def _headline(answer: Customers) -> str:
    if answer.grace:
        return say_count(
            "{count} customer is in the last month of grace",
            "{count} customers are in the last month of grace",
            answer.n,
        )
    if answer.from_tier == Fate.ENTERED.value:
        return say_count(
            "{count} new customer is in {tier}",
            "{count} new customers are in {tier}",
            answer.n,
            tier=state(answer.to_state),
        )
    if answer.to_state == Fate.LEFT.value:
        return say_count(
            "{count} customer left from {tier}",
            "{count} customers left from {tier}",
            answer.n,
            tier=state(answer.from_tier),
        )
    if answer.from_tier == answer.to_state:
        return say_count(
            "{count} customer stayed in {tier}",
            "{count} customers stayed in {tier}",
            answer.n,
            tier=state(answer.from_tier),
        )
    return say_count(
        "{count} customer went from {from_tier} to {to_state}",
        "{count} customers went from {from_tier} to {to_state}",
        answer.n,
        from_tier=state(answer.from_tier),
        to_state=state(answer.to_state),
    )


def _block(answer: Customers) -> Block:
    if answer.rows is None:
        nothing = Nothing(
            say("Single customers are shown to those who may see them."),
            say("An administrator gives that right; the branch sees its own."),
        )
        return Block(_before(answer), "", nothing, name=NAME)
    if answer.rows.empty:
        return Block(_before(answer), "", Nothing(say("Nobody is on this list.")), name=NAME)
    caption = sentences(
        [
            say("The smallest gap first, the highest tier first")
            if answer.grace
            else say("Whose assets changed most first; assets are the monthly average"),
            say("rows {first} to {last} of {n}", **_which(answer)),
            say("identifiers are masked; a file for a stated purpose has them in full"),
        ]
    )
    return Block(_before(answer), caption, _table(answer, answer.rows), name=NAME)


def _which(answer: Customers) -> dict[str, object]:
    rows = 0 if answer.rows is None else len(answer.rows)
    first = (answer.page - 1) * PAGE + 1
    return {"first": first, "last": first + rows - 1, "n": figures.number(answer.n)}


def _before(answer: Customers) -> str:
    """How many of such customers moved so now, and a period ago."""
    if answer.grace:
        return _fell_before(answer)
    parts: list[str] = []
    for share, said in (
        (answer.now, say("{part} of {whole} in {months}: {share} ({limits})")),
        (answer.before, say("in the {months} before {part} of {whole}: {share} ({limits})")),
    ):
        if share is not None and share.known[0]:
            parts.append(
                said.format(
                    part=figures.number(float(share.estimate[0] * share.n[0])),
                    whole=figures.number(float(share.n[0])),
                    months=horizon(answer.of.choice.months),
                    share=estimates.value(share, 0, Unit.SHARE),
                    limits=estimates.limits(share, 0, Unit.SHARE),
                )
            )
    if not parts:
        return say("Who they are")
    if answer.before is None:
        parts.append(say("the data do not reach back a period"))
    return sentences(parts)


def _fell_before(answer: Customers) -> str:
    held = answer.of.grace
    if held is None:
        return say("Who they are")
    said = [
        say(
            "{tier}: {fell} of {n} such fell",
            tier=state(tier),
            fell=figures.number(float(held.falls.estimate[row] * held.falls.n[row])),
            n=figures.number(float(held.falls.n[row])),
        )
        for row, tier in enumerate(held.tier)
        if held.last[row] and held.falls.n[row]
    ]
    return sentences([say("In the year before"), *said]) if said else say("Who they are")


def _table(answer: Customers, rows: pd.DataFrame) -> Table:
    each: list[dict[str, Any]] = [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]
    columns = (
        Column(say("Customer"), [masked(str(row["customer_id"])) for row in each]),
        Column(say("Why"), [_why(answer, row) for row in each]),
        Column(say("Before"), _amounts(rows, "before"), unit=Unit.MONEY, missing=say("not known")),
        Column(say("Now"), _amounts(rows, "after"), unit=Unit.MONEY, missing=say("not known")),
        Column(
            say("Who"),
            [sentences([_kind(row["segment"]), _kind(row["life_stage"])]) or say("not recorded") for row in each],
        ),
        Column(say("Whose"), [_whose(answer, row["staff_id"]) for row in each]),
    )
    unknown = {2} if answer.grace or answer.from_tier == Fate.ENTERED.value else set[int]()
    unknown |= {3} if answer.to_state == Fate.LEFT.value else set[int]()
    shown = tuple(column for place, column in enumerate(columns) if place not in unknown)
    return Table(shown, say("Customers"), "customers", prose=True)


def file(answer: Customers, rows: pd.DataFrame) -> Table:
    """The whole list with identifiers in full, for a file."""
    each: list[dict[str, Any]] = [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]
    columns = (
        Column(say("Customer"), [one_line(str(row["customer_id"])) for row in each]),
        Column(say("Why"), [_why(answer, row) for row in each]),
        Column(say("Now"), _amounts(rows, "after"), unit=Unit.MONEY, missing=say("not known")),
        Column(say("Whose"), [_whose(answer, row["staff_id"]) for row in each]),
    )
    return Table(columns, say("Customers"), "customers")


def cut(answer: Customers) -> str:
    """That a file does not hold the whole list; empty where it does."""
    if answer.n <= LARGEST_EXPORT:
        return ""
    return say("The file holds the first {n} of {all}.", n=figures.number(LARGEST_EXPORT), all=figures.number(answer.n))


def masked(identifier: str) -> str:
    """The last signs of an identifier: "•••041"."""
    line = one_line(identifier)
    return "\N{BULLET}" * 3 + line[-_SHOWN:] if len(line) > _SHOWN else "\N{BULLET}" * 3


def _amounts(rows: pd.DataFrame, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    return rows[name].to_numpy(dtype=np.float64, na_value=np.nan)


def _kind(value: object) -> str:
    return "" if pd.isna(value) else kind(str(value))  # type: ignore[call-overload]


def _whose(answer: Customers, staff_id: object) -> str:
    if pd.isna(staff_id):  # type: ignore[call-overload]
        return say("nobody yet")
    return names([answer.staff.get(str(staff_id), str(staff_id))])[0]


def _why(answer: Customers, row: Mapping[str, Any]) -> str:
    """What moved the customer, as far as the data tell."""
    currency = answer.of.currency
    if answer.grace:
        gap = float(row["before"]) - float(row["after"]) if pd.notna(row["after"]) else float("nan")
        short = say("{amount} short of {tier}", amount=figures.money(gap, currency), tier=state(str(row["tier"])))
        return sentences([short if gap == gap else "", _months_below(row["months_below"])])
    parts: list[str] = []
    if pd.notna(row["before"]) and pd.notna(row["after"]):
        change = float(row["after"]) - float(row["before"])
        parts.append(say("assets {amount}", amount=figures.money(change, currency, signed=True)))
    if pd.notna(row["flow"]):
        parts.append(say("moved in or out {amount}", amount=figures.money(float(row["flow"]), currency, signed=True)))
    held = max(abs(float(row[name])) for name in ("before", "after") if pd.notna(row[name])) if parts else 0.0
    if pd.notna(row["valuation"]) and abs(row["valuation"]) > _NOTEWORTHY * held:
        parts.append(say("prices {amount}", amount=figures.money(float(row["valuation"]), currency, signed=True)))
    if answer.of.choice.rule == "tier" and pd.notna(row["months_below"]) and row["months_below"]:
        parts.append(_months_below(row["months_below"]))
    return sentences(parts) or say("not recorded")


def _months_below(months: object) -> str:
    return say_count("below for {count} month", "below for {count} months", int(str(months).partition(".")[0]))
