"""The charts of a week: a strip for each number, the change of new money in parts, the month's likely end."""

from __future__ import annotations

from datetime import date

import numpy as np
from answers.week.change import Part
from answers.week.series import SHOWN, Measured
from answers.week.week import Week
from metrics.catalogue import metric
from metrics.week.control_chart import FEWEST

from story import figures, findings
from story.chart import bridge
from story.chart.over_time import strip as strip_chart
from story.once import once
from story.parts import Block, Nothing
from story.vocabulary import names, term
from story.week import cards
from story.words import opened, say, say_count, sentences

BY = ("line", "channel", "campaign_id", "staff_id")


def by_names() -> dict[str, str]:
    """What the change may be told apart by, as the filter calls it."""
    called = (say("by line"), say("by channel"), say("by campaign"), say("by person"))
    return dict(zip(BY, called, strict=True))


@once
def strip(answer: Week, measured: Measured) -> Block | None:
    """The last weeks of a number with its limits; None where there are fewer than two."""
    review = measured.review
    if review is None or len(review.chart.value) < 2:
        return None
    shown, unit = review.chart.latest(SHOWN + 1), metric(measured.key).unit
    if np.isnan(shown.value).all():
        return None
    newest = np.datetime64(measured.week)
    weeks = [newest - np.timedelta64(7 * back, "D") for back in range(len(shown.value) - 1, -1, -1)]
    starts: list[date] = [day.astype("datetime64[D]").item() for day in weeks]
    heading = opened(cards.signal(measured)) or _as_usual(measured)
    told = [findings.sentence(found, answer.currency) for found in measured.found[1:]]
    return Block(
        heading,
        sentences([_plotted(measured), strip_chart.unit_mark(shown, unit, answer.currency), _limits(measured)]),
        strip_chart.chart(
            starts,
            shown,
            cards.role(measured),
            unit,
            answer.currency,
            alt_text=say("{number}, {n} weeks with their limits. {finding}.", number=cards.name(measured),
                         n=len(starts), finding=heading),
            key=f"strip_{measured.key}",
        ),
        after=sentences(told),
        width=3,
    )  # fmt: skip


def explained(answer: Week, by: str) -> Block | None:
    """Why new money differs from the week before; None where it is not recorded."""
    changed = answer.changed
    if changed is None:
        return None
    parts = changed.parts[by if by in changed.parts else BY[0]]
    before, after = changed.before, changed.after
    if before == after:
        return Block(say("New money did not change"), "", Nothing(figures.money(after, answer.currency)), width=2)
    called = _part_names(parts, answer)
    labels = [say("week before"), *called, say("this week")]
    texts = [
        figures.money(before, answer.currency),
        *(figures.money(part.amount, answer.currency, signed=True) for part in parts),
        figures.money(after, answer.currency),
    ]
    change = after - before
    place = max(range(len(parts)), key=lambda number: parts[number].amount * (1 if change > 0 else -1))
    largest = (
        say("Largest part of the rise: {part}", part=called[place])
        if change > 0
        else say("Largest part of the fall: {part}", part=called[place])
    )
    caption = say(
        "New money, {before} sales the week before, {after} this week · number of sales, their mix, and money per sale "
        "within each · the parts add up to the change",
        before=figures.number(changed.sales_before),
        after=figures.number(changed.sales_after),
    )
    chart = bridge.chart(
        labels,
        float(before),
        [float(part.amount) for part in parts],
        texts,
        ["better" if part.amount > 0 else "worse" if part.amount < 0 else "none" for part in parts],
        alt_text=say("New money of two weeks and the parts of its change. {finding}.", finding=largest),
        key="explained",
    )
    return Block(largest, caption, chart, width=2)


def _as_usual(measured: Measured) -> str:
    badge = cards.badge(measured)[0]
    return say("{number}: {verdict}", number=cards.name(measured), verdict=badge)


def _plotted(measured: Measured) -> str:
    return {
        "new_money": say(
            "Sales less what came from the customer's own products here, a week; held against the week's working days"
        ),
        "customers_won_and_funded": say(
            "Customers opened in the week and funded by its Sunday; held against the week's working days"
        ),
        "weekly_conversions": say("Customers of campaigns who first bought in the week"),
        "weekly_participation_rate": say(
            "Of those first contacted in the week, who took part within seven days; set to the usual mix of channels, "
            "because the mix changes from week to week"
        ),
        "weekly_satisfied": say("Answers of 4 or 5 out of 5, to the invitations of the week"),
        "promises_kept": say("Promised contacts that fell due in the week and were kept"),
    }[measured.key]


def _limits(measured: Measured) -> str:
    review = measured.review
    weeks = int(review.chart.baseline.sum()) if review else 0
    if weeks < FEWEST:
        return say_count(
            "{count} week before it is too few for limits", "{count} weeks before it are too few for limits", weeks
        )
    return say_count("band: limits of the {count} week before", "band: limits of the {count} weeks before", weeks)


def _part_names(parts: tuple[Part, ...], answer: Week) -> list[str]:
    changed = answer.changed
    known = dict(changed.names) if changed else {}
    segments = [part.segment for part in parts if part.kind == "rate"]
    raw = [known.get(segment) or (segment and term(segment)) or say("none named") for segment in segments]
    shown = dict(zip(segments, names(raw), strict=True))
    fixed = {
        "volume": say("number of sales"),
        "mix": say("their mix"),
        "others": say("money per sale in all others"),
    }
    return [fixed.get(part.kind) or say("money per sale: {segment}", segment=shown[part.segment]) for part in parts]
