"""The scorecard's forest plots: incremental return against break-even, and conversion of every campaign."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st
from metrics.campaigns.evaluation import Scorecard
from metrics.catalogue import Unit
from metrics.estimate import Intervals
from metrics.finding import Finding, FindingCode

from ui import empty, estimates, findings
from ui.chart import interval, theme
from ui.vocabulary import names
from ui.words import say, say_count


def can_judge(found: list[Finding]) -> bool:
    """Whether any campaign's incremental return is known."""
    return any(finding.code is FindingCode.CAMPAIGNS_PAID for finding in found)


def returns(listed: pd.DataFrame, card: Scorecard, found: list[Finding]) -> None:
    """Incremental return of the campaigns that held out a control group; there is one (`can_judge`)."""
    returned = card["roi_incremental"]
    paid = [finding for finding in found if finding.code is FindingCode.CAMPAIGNS_PAID]
    st.header(findings.sentence(paid[0]), anchor=False)
    st.caption(
        say(
            "Incremental ROI: yuan gained per yuan spent, {level} % interval · "
            "campaigns with a control group and closed windows · the dark line is break-even",
            level=f"{returned.level * 100:g}",
        )
    )
    interval.chart(
        names(list(listed["name"])),
        returned,
        written=lambda value, half: estimates.written(value, half, Unit.RATIO),
        axis=theme.axis_label(Unit.RATIO),
        line=0.0,
        alt_text=say(
            "Incremental return on investment of {n} campaigns with intervals. {finding}.",
            n=int(returned.known.sum()),
            finding=findings.sentence(paid[0]),
        ),
        key="returns",
    )


def conversion(listed: pd.DataFrame, card: Scorecard, together: Mapping[str, Intervals]) -> None:
    """Conversion of every campaign whose windows have closed, beside that of all customers."""
    shares, every = card["conversion_rate"], together["conversion_rate"]
    if not shares.known.any():
        st.header(say("Conversion can't be told yet"), anchor=False)
        empty.state(say("Nobody's attribution window has closed. Open windows are never counted as failures."))
        return
    shown = names(list(listed["name"]))
    known = np.flatnonzero(shares.known)
    least, most = (int(known[place]) for place in (shares.estimate[known].argmin(), shares.estimate[known].argmax()))
    heading = say(
        "Conversion runs from {low} ({least}) to {high} ({most})",
        low=estimates.value(shares, least, Unit.SHARE),
        least=shown[least],
        high=estimates.value(shares, most, Unit.SHARE),
        most=shown[most],
    )
    st.header(heading, anchor=False)
    st.caption(
        say(
            "Customers who bought inside the window, % of those assigned whose window has closed · "
            "{level} % interval (Wilson) · audiences differ, so a higher share alone is no better campaign",
            level=f"{shares.level * 100:g}",
        )
    )
    interval.chart(
        shown,
        shares,
        written=lambda value, half: estimates.written(value, half, Unit.SHARE),
        axis=theme.axis_label(Unit.SHARE),
        reference=(float(every.estimate[0]), say("all {share}", share=estimates.value(every, 0, Unit.SHARE))),
        alt_text=say("Conversion of {n} campaigns with intervals. {finding}.", n=len(known), finding=heading),
        key="conversion",
    )


def not_judged_heading(card: Scorecard) -> str:
    """How many campaigns are not judged."""
    waiting = int((~card["roi_incremental"].known).sum())
    return say_count("{count} is not judged yet", "{count} are not judged yet", waiting)
