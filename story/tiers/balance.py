"""The bridge of the balance: from one month to another, adding up to the last minor unit."""

from __future__ import annotations

from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _
from metrics.tiers.assets_moved import PARTS, Bridge
from metrics.tiers.findings import assets_findings

from story import estimates, findings
from story.chart import bridge, theme
from story.parts import Block
from story.words import opened, say, sentences

_STEPS = {
    "entries": _("New customers"),
    "exits": _("Left"),
    "stayers": _("Stayed in their tier"),
    "up_movers": _("Rose a tier"),
    "down_movers": _("Slipped a tier"),
    "valuation": _("Prices"),
    "gaps": _("Month missing"),
}
_NEITHER = ("valuation", "gaps")


def block(held: Bridge, currency: str, *, width: int = 1, before: str = "", after: str = "") -> Block:
    """The bridge with what it says as its heading.

    Args:
        held: Of one group.
        currency: Of its amounts.
        width: Of the block.
        before: What the balance before is called.
        after: What the balance after is called.
    """
    parts = {name: int(amounts.sum()) for name, amounts in held.parts.items()}
    drawn = [name for name in PARTS if parts[name] or name not in _NEITHER]
    start, end = int(held.before.sum()), int(held.after.sum())
    largest = float(max(abs(parts[name]) for name in drawn))
    style, signed = (estimates.Style.of(Unit.MONEY, currency, largest, signed=sign) for sign in (False, True))
    names = [before or say("Before"), *(say(_STEPS[name]) for name in drawn), after or say("After")]
    written = [style.number(start), *(signed.number(parts[name]) for name in drawn), style.number(end)]
    roles: list[theme.Role] = [
        "none" if name in _NEITHER else "better" if parts[name] > 0 else "worse" for name in drawn
    ]
    found = assets_findings(held)
    caption = sentences(
        [
            say("Monthly average of all assets, {unit}", unit=style.mark),
            say("the steps add up to the balance"),
            *(findings.sentence(more, currency) for more in found[1:]),
        ]
    )
    shown = bridge.chart(
        names,
        float(start),
        [float(parts[name]) for name in drawn],
        written,
        roles,
        alt_text=opened(say("Bridge of the balance, from {before} to {after}.", before=written[0], after=written[-1])),
        key="bridge",
    )
    return Block(findings.sentence(found[0], currency), caption, shown, width=width)
