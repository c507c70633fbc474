"""The forest plots of all campaigns: incremental return against break-even, and conversion."""

from __future__ import annotations

import numpy as np
from answers.campaigns.overview import Campaigns
from metrics.catalogue import Unit
from metrics.finding import FindingCode

from story import estimates, figures, findings
from story.campaigns import adjusted
from story.chart import bars, interval, theme
from story.parts import Block, Nothing, Opens
from story.vocabulary import names
from story.words import listed, say, say_count, sentences


def returns(answer: Campaigns) -> Block | None:
    """Incremental return of the campaigns that held out a control group; None if no return is known."""
    returned = answer.scores["roi_incremental"]
    paid = [finding for finding in answer.found if finding.code is FindingCode.CAMPAIGNS_PAID]
    if not paid:
        return None
    heading = findings.sentence(paid[0], answer.currency)
    caption = say(
        "Incremental ROI: {unit} gained per {unit} spent, {level} % interval · "
        "campaigns with a control group and closed windows · the dark line is break-even · "
        "coloured where the verdict holds among all campaigns of its year",
        unit=figures.one_unit(answer.currency),
        level=f"{returned.level * 100:g}",
    )
    chart = interval.chart(
        names(list(answer.listed["name"])),
        returned,
        written=lambda estimate, low, high: estimates.written(estimate, low, high, Unit.RATIO),
        axis=theme.axis_label(Unit.RATIO),
        line=0.0,
        roles=[theme.role_of(str(grade)) for grade in answer.scores.verdicts["roi_incremental"].grade],
        alt_text=say(
            "Incremental return on investment of {n} campaigns with intervals. {finding}.",
            n=int(returned.known.sum()),
            finding=heading,
        ),
        key="returns",
        opens=_opens(answer),
    )
    return Block(
        heading,
        sentences([caption, adjusted.note(answer.scores, "roi_incremental"), interval.left_out(returned)]),
        chart,
        width=5,
    )


def conversion(answer: Campaigns) -> Block:
    """Conversion of every campaign whose windows have closed, beside that of all customers."""
    shares, every = answer.scores["conversion_rate"], answer.together["conversion_rate"]
    known = np.flatnonzero(shares.known)
    if not len(known):
        nothing = Nothing(say("The time to buy is not over for anybody yet. Until it is, nobody counts as a failure."))
        return Block(say("Conversion can't be told yet"), "", nothing, width=5)
    shown = names(list(answer.listed["name"]))
    least, most = (int(known[place]) for place in (shares.estimate[known].argmin(), shares.estimate[known].argmax()))
    heading = say(
        "Conversion runs from {low} ({least}) to {high} ({most})",
        low=estimates.value(shares, least, Unit.SHARE),
        least=shown[least],
        high=estimates.value(shares, most, Unit.SHARE),
        most=shown[most],
    )
    caption = say(
        "Customers who bought inside the window, % of those assigned whose window has closed · "
        "{level} % interval (Wilson) · audiences differ, so a higher share alone is no better campaign",
        level=f"{shares.level * 100:g}",
    )
    chart = interval.chart(
        shown,
        shares,
        written=lambda estimate, low, high: estimates.written(estimate, low, high, Unit.SHARE),
        axis=theme.axis_label(Unit.SHARE),
        reference=(float(every.estimate[0]), say("all {share}", share=estimates.value(every, 0, Unit.SHARE))),
        alt_text=say("Conversion of {n} campaigns with intervals. {finding}.", n=len(known), finding=heading),
        key="conversion",
        opens=_opens(answer),
    )
    return Block(heading, sentences([caption, interval.left_out(shares)]), chart, width=5)


def funnel(answer: Campaigns) -> Block:
    """Treated customers of all campaigns whose window has closed: assigned, contacted, took part, took part and bought.

    Of campaigns that record every step, so that each lies within the one above.
    """
    card = answer.scores
    shares = [card[key] for key in ("conversion_rate", "conversion_of_contacted", "conversion_of_participants")]
    known = np.logical_and.reduce([share.known for share in shares])
    heading, caption = (
        say("From assigned to bought"),
        say("Treated customers whose window has closed · each step lies within the one above, % of assigned"),
    )
    if not known.any():
        nothing = Nothing(say("No campaign here records contact, participation and purchase of a closed window."))
        return Block(heading, caption, nothing, width=3)
    counts = [float(share.n[known].sum()) for share in shares]
    bought = float(np.rint(shares[2].estimate[known] * shares[2].n[known]).sum())
    steps = dict(
        zip(
            (say("Assigned"), say("Contacted"), say("Took part"), say("Took part and bought")),
            [*counts, bought],
            strict=True,
        )
    )
    parts = {step: count / counts[0] for step, count in steps.items()}
    shown = {step: figures.percent(part, 0 if part > 0.1 else 1) for step, part in parts.items()}
    written = [f"{figures.number(count)} · {shown[step]}" for step, count in steps.items()]
    chart = bars.funnel(
        list(steps),
        list(steps.values()),
        written,
        alt_text=say(
            "Funnel of treated customers with closed windows: {steps}.",
            steps=listed(f"{step} {text}" for step, text in zip(steps, written, strict=True)),
        ),
        key="funnel",
        beyond=2.0,
    )
    last = say("Took part and bought")
    left = len(known) - int(known.sum())
    note = say_count(
        "{count} campaign without a closed window or one of these steps is left out",
        "{count} campaigns without a closed window or one of these steps are left out",
        left,
    )
    return Block(
        say("{share} of those assigned: {step}", share=shown[last], step=last[:1].lower() + last[1:]),
        sentences([caption, *([note] if left else [])]),
        chart,
        width=3,
    )


def _opens(answer: Campaigns) -> Opens:
    return Opens("campaign", "campaign", tuple(str(campaign) for campaign in answer.listed["campaign_id"]))
