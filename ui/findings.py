"""Findings as sentences, no stronger than their code: the titles of pages and charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _
from metrics.finding import Finding, FindingCode

from ui import figures
from ui.estimates import written
from ui.words import listed, number_word, opened, say, say_count

Values = Mapping[str, int | float | str]


def sentence(finding: Finding) -> str:
    """The finding in the language of this run, opened with a capital.

    Raises:
        KeyError: no sentence is known for its code.
    """
    return opened(_SENTENCES[finding.code](finding.values))


def known(finding: Finding) -> bool:
    """Whether there is a sentence for the finding."""
    return finding.code in _SENTENCES


def _count(values: Values, key: str) -> int:
    return int(values[key])


def _clauses(parts: Sequence[tuple[int, str]]) -> str:
    """The clauses whose count is not zero: "four paid, one lost money"."""
    return listed(text for count, text in parts if count)


def _no_difference(count: int) -> str:
    return say_count("{word} shows no difference", "{word} show no difference", count, word=number_word(count))


def _judged(values: Values) -> str:
    higher, lower, none = (_count(values, key) for key in ("higher", "lower", "no_difference"))
    if not higher and not lower:
        clauses = say("none shows a difference in conversion")
        return _can_be_judged(_count(values, "judged"), _count(values, "campaigns"), clauses)
    clauses = _clauses(
        [
            (higher, say("{word} raised conversion", word=number_word(higher))),
            (lower, say("{word} lowered conversion", word=number_word(lower))),
            (none, _no_difference(none)),
        ]
    )
    return _can_be_judged(_count(values, "judged"), _count(values, "campaigns"), clauses)


def _paid(values: Values) -> str:
    paid, lost, unclear = (_count(values, key) for key in ("paid", "lost", "unclear"))
    return _clauses(
        [
            (paid, say("{word} paid", word=number_word(paid))),
            (lost, say("{word} lost money", word=number_word(lost))),
            (unclear, _no_difference(unclear)),
        ]
    )


def _can_be_judged(judged: int, campaigns: int, clauses: str) -> str:
    if judged == campaigns:
        return say("all {campaigns} campaigns can be judged: {clauses}", campaigns=number_word(judged), clauses=clauses)
    return say_count(
        "{judged} of {campaigns} campaign can be judged: {clauses}",
        "{judged} of {campaigns} campaigns can be judged: {clauses}",
        campaigns,
        judged=number_word(judged),
        campaigns=number_word(campaigns),
        clauses=clauses,
    )


def _windows_open(values: Values) -> str:
    campaigns = _count(values, "campaigns")
    return say_count(
        "{word} campaign has open windows: {members} customers counted apart",
        "{word} campaigns have open windows: {members} customers counted apart",
        campaigns,
        word=number_word(campaigns),
        members=figures.number(_count(values, "open_members")),
    )


def _numbers(values: Values, unit: Unit, *, signed: bool = False) -> dict[str, str]:
    """Estimate and limits of a finding, each with the digits that the interval leaves."""
    half = (float(values["high"]) - float(values["low"])) / 2
    unitless = Unit.POINTS if unit is Unit.SHARE and signed else unit
    return {
        "estimate": written(float(values["estimate"]), half, unit, signed=signed),
        "low": written(float(values["low"]), half, unitless, signed=signed),
        "high": written(float(values["high"]), half, unitless, signed=signed),
    }


def _effect(message: str) -> Callable[[Values], str]:
    def text(values: Values) -> str:
        numbers = _numbers(values, Unit.POINTS, signed=True)
        size = numbers["estimate"].lstrip(f"+{figures.MINUS}")
        return say(message, size=size, **numbers)

    return text


def _return(message: str) -> Callable[[Values], str]:
    return lambda values: say(message, **_numbers(values, Unit.RATIO))


def _plain(message: str, *counts: str) -> Callable[[Values], str]:
    return lambda values: say(message, **{key: figures.number(_count(values, key)) for key in counts})


_SENTENCES: Mapping[FindingCode, Callable[[Values], str]] = {
    FindingCode.NO_CAMPAIGNS: _plain(_("no campaign ran in this choice")),
    FindingCode.ALL_WINDOWS_OPEN: _plain(
        _("too early to judge: the windows of all {campaigns} campaigns are still open"), "campaigns"
    ),
    FindingCode.NONE_WITH_CONTROL: _plain(
        _("none of {campaigns} campaigns held out a control group: sales are attributed, not an effect"), "campaigns"
    ),
    FindingCode.CAMPAIGNS_JUDGED: _judged,
    FindingCode.CAMPAIGNS_PAID: _paid,
    FindingCode.WINDOWS_OPEN: _windows_open,
    FindingCode.EFFECT_HIGHER: _effect(_("the campaign raised conversion by {size} points ({low} to {high})")),
    FindingCode.EFFECT_LOWER: _effect(_("the campaign lowered conversion by {size} points ({low} to {high})")),
    FindingCode.EFFECT_NONE_SHOWN: _effect(_("no difference in conversion shown ({low} to {high} points)")),
    FindingCode.ATTRIBUTED_ONLY: _plain(_("nobody was held out at random: sales are attributed, not an effect")),
    FindingCode.TOO_FEW: _plain(_("{n} customers: too few to judge"), "n"),
    FindingCode.CAMPAIGN_OPEN: _plain(
        _("{open_members} of {n} customers still have an open window; they are counted apart"), "open_members", "n"
    ),
    FindingCode.ASSIGNED_BY_BRANCH: _plain(
        _("assigned by branch: customers of one branch are not independent, so branches are compared")
    ),
    FindingCode.PAID: _return(_("it earned more than it cost: {estimate} per yuan spent ({low} to {high})")),
    FindingCode.LOST: _return(_("it cost more than it earned: {estimate} per yuan spent ({low} to {high})")),
    FindingCode.PAYS_UNCLEAR: _return(_("whether it paid is not shown: {estimate} per yuan spent ({low} to {high})")),
    FindingCode.BEFORE_STAFF_TIME: _plain(_("returns are before staff time, which was not recorded")),
    FindingCode.COST_NOT_RECORDED: _plain(_("no cost was recorded, so there is no return to show")),
}


def headline(findings: Sequence[Finding]) -> str:
    """The first two statements as one sentence, for the title of a page."""
    texts = [_SENTENCES[finding.code](finding.values) for finding in findings[:2]]
    return opened(say("{first}; {second}", first=texts[0], second=texts[1]) if len(texts) > 1 else texts[0])
