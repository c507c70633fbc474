"""The matrix of moves with its margins, and who crossed each line."""

from __future__ import annotations

from collections.abc import Mapping

from answers.tiers.tiers import Tiers
from metrics.catalogue import Unit
from metrics.estimate import Verdict
from metrics.tiers.findings import largest_move
from metrics.tiers.transition import Fate

from story import estimates, figures, findings
from story.chart import crossings, matrix, theme
from story.chart.matrix import Cell
from story.parts import Block, Opens
from story.tiers.named import called, state
from story.words import listed, opened, say, say_count, sentences

PAGE = "moved"
"""The page that a cell opens."""

BETWEEN = ".."
"""Between the two ends of a cell in the URL."""


def cells(answer_tiers: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Every cell of the matrix by its spelling in the URL: from and to, who came and who left among them."""
    ends = [(start, end) for start in answer_tiers for end in (*answer_tiers, Fate.LEFT.value)]
    ends += [(Fate.ENTERED.value, end) for end in answer_tiers]
    return {f"{start}{BETWEEN}{end}": (start, end) for start, end in ends}


def table(answer: Tiers, width: int = 1) -> Block:
    """Where the customers of each tier went, new ones and those who left on the margins."""
    moves, order = answer.moves, answer.order
    k, whole = len(order), answer.moves.counts[0]
    columns = [state(key) for key in (*order, Fate.LEFT.value)]
    base = moves.departures[0].sum(axis=1)
    rows = [say("{tier}, {n}", tier=state(key), n=figures.number(n)) for key, n in zip(order, base, strict=True)]
    entered = moves.entries[0]
    rows.append(say("{tier}, {n}", tier=state(Fate.ENTERED.value), n=figures.number(entered.sum())))
    now = moves.continuing[0].sum(axis=0) + entered
    rows.append(say("Now, {n}", n=figures.number(now.sum())))
    spelled = list(cells(order))
    drawn = [
        _cell(answer, start, end, spelled.index(f"{order[start]}{BETWEEN}{(*order, Fate.LEFT.value)[end]}"))
        for start in range(k)
        for end in range(k + 1)
        if whole[start, end]
    ]
    drawn += [
        Cell(
            k,
            end,
            figures.number(entered[end], signed=True),
            place=spelled.index(f"{Fate.ENTERED.value}{BETWEEN}{key}"),
        )
        for end, key in enumerate(order)
        if entered[end]
    ]
    drawn += [Cell(k + 1, end, figures.number(now[end])) for end in range(k)]
    left = moves.departures[0][:, -1].sum()
    drawn.append(Cell(k + 1, k, figures.number(left)))
    found = largest_move(moves)
    heading = findings.sentence(found[0], answer.currency, called(order)) if found else say("Nobody changed tier")
    missing = int(moves.missing.sum())
    caption = sentences(
        [
            say("Row: tier at the start, column: tier at the end, % of the row, customers and 95 % interval"),
            say("shaded by the lower limit, so that few customers never look dark"),
            say_count(
                "{count} customer without a tier at one end is left out",
                "{count} customers without a tier at one end are left out",
                missing,
            )
            if missing
            else "",
        ]
    )
    shown = matrix.chart(
        rows,
        columns,
        drawn,
        alt_text=say("Moves of {n} customers between {tiers} tiers.", n=figures.number(base.sum()), tiers=k),
        key="matrix",
        opens=Opens(PAGE, "cell", tuple(spelled)),
    )
    return Block(heading, caption, shown, width=width, hint=say("A cell opens its customers"))


def _cell(answer: Tiers, start: int, end: int, place: int) -> Cell:
    """One share with what it rests on; of very few customers the counts say it better."""
    order = answer.order
    row = start * (len(order) + 1) + end
    n, base = answer.moves.departures[0][start, end], answer.cells.n[row]
    share = estimates.value(answer.cells, row, Unit.SHARE)
    limits = estimates.limits(answer.cells, row, Unit.SHARE)
    few = n < FEW
    above = say("{part} of {whole}", part=figures.number(n), whole=figures.number(base)) if few else share
    hover = say(
        "{from_tier} to {to_state}: {n} of {base}, {share} ({limits})",
        from_tier=state(order[start]),
        to_state=state((*order, Fate.LEFT.value)[end]),
        n=figures.number(n),
        base=figures.number(base),
        share=share,
        limits=limits,
    )
    below = limits if few else sentences([figures.number(n), limits])
    sure = None if start == end else float(answer.cells.low[row])
    return Cell(start, end, above, below, sure, hover, place)


FEW = 5
"""Customers of a cell below which it says "3 of 28" rather than a share."""


def lines(answer: Tiers) -> Block:
    """Who crossed each line, the top one first."""
    crossed = answer.lines
    places = list(reversed(range(len(crossed.tiers))))
    verdicts = crossed.net.verdict()
    role_of: Mapping[str, theme.Role] = {Verdict.HIGHER.value: "better", Verdict.LOWER.value: "worse"}
    net = [_net(answer, place) for place in places]
    names = [_line(answer, crossed.tiers[place]) for place in places]
    shown = crossings.chart(
        names,
        [float(crossed.down[place]) for place in places],
        [float(crossed.up[place]) for place in places],
        net,
        [role_of.get(str(verdicts[place]), "none") for place in places],
        (say("fell below"), say("rose above"), say("net")),
        [(figures.number(crossed.down[place]), figures.number(crossed.up[place])) for place in places],
        alt_text=say("Customers who crossed each tier's line, down and up."),
        key="lines",
    )
    caption = sentences(
        [
            say("Customers who crossed each line, by however many tiers"),
            say("limits hold for all lines together, grey where neither way is shown"),
        ]
    )
    return Block(_lines_heading(answer), caption, shown)


def _lines_heading(answer: Tiers) -> str:
    crossed = answer.lines
    said: list[str] = []
    for place, verdict in enumerate(crossed.net.verdict()):
        values = {"tier": state(crossed.tiers[place]), "n": figures.number(abs(float(crossed.net.estimate[place])))}
        if verdict == Verdict.HIGHER.value:
            said.append(say("the {tier} line gains {n}", **values))
        elif verdict == Verdict.LOWER.value:
            said.append(say("the {tier} line loses {n}", **values))
    return opened(listed(said)) if said else say("No line shows more crossings one way than the other")


def _net(answer: Tiers, place: int) -> str:
    net = answer.lines.net
    if not net.known[place]:
        return estimates.why(net, place)
    number = figures.number(float(net.estimate[place]), signed=True)
    low, high = (figures.number(float(limit[place]), signed=True) for limit in (net.low, net.high))
    return say("{number} ({limits})", number=number, limits=figures.span(low, high))


def _line(answer: Tiers, key: str) -> str:
    threshold = answer.thresholds.get(key, 0)
    if not threshold:
        return state(key)
    return say("{tier}, {amount}", tier=state(key), amount=figures.money(threshold, answer.currency))
