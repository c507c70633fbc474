"""All campaigns of a period, and one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _
from metrics.finding import FindingCode

from story import figures
from story.estimates import written
from story.sentences.told import (
    Sentence,
    Told,
    compared_name,
    customers,
    difference,
    interval,
    metric_name,
    money,
    name,
    template,
    whole,
)
from story.words import listed, number_word, say, say_count


def _clauses(parts: Sequence[tuple[int, str]]) -> str:
    """The clauses whose count is not zero: "four paid, one lost money"."""
    return listed(text for count, text in parts if count)


def _hints(count: int) -> str:
    return say_count("{word} is a hint only", "{word} are hints only", count, word=number_word(count))


def _no_difference(count: int) -> str:
    return say_count("{word} shows no difference", "{word} show no difference", count, word=number_word(count))


def _judged(told: Told) -> str:
    """How campaigns came out: on one metric if that judges them all, else each by its own objective."""
    judged, campaigns = told.count("judged"), told.count("campaigns")
    if not told.values["metric"]:
        said = _outcomes(told, say("none shows a difference from control"), _better, _worse)
        if judged == campaigns:
            return say(
                "all {campaigns} campaigns can be judged, each by its objective: {clauses}",
                campaigns=number_word(judged),
                clauses=said,
            )
        return say(
            "{judged} of {campaigns} campaigns can be judged, each by its objective: {clauses}",
            judged=number_word(judged),
            campaigns=number_word(campaigns),
            clauses=said,
        )
    name_of = compared_name(told)
    if judged == campaigns == 1:
        return _the_one(told, name_of)
    said = _outcomes(
        told,
        say("none shows a difference in {metric}", metric=name_of),
        lambda count: say("{word} raised {metric}", word=number_word(count), metric=name_of),
        lambda count: say("{word} lowered {metric}", word=number_word(count), metric=name_of),
    )
    return _can_be_judged(judged, campaigns, said)


def _the_one(told: Told, metric: str) -> str:
    """How the only campaign of a choice came out."""
    if told.count("higher"):
        return say("the one campaign of this choice raised {metric}", metric=metric)
    if told.count("lower"):
        return say("the one campaign of this choice lowered {metric}", metric=metric)
    if told.count("hint"):
        return say("the one campaign of this choice gives a hint only in {metric}", metric=metric)
    return say("the one campaign of this choice shows no difference in {metric}", metric=metric)


def _judged_by(told: Told) -> str:
    said = _outcomes(
        told,
        say("none shows a difference"),
        lambda count: say("{word} raised it", word=number_word(count)),
        lambda count: say("{word} lowered it", word=number_word(count)),
    )
    word = number_word(told.count("judged"))
    return say("{word} judged by {metric}: {clauses}", word=word, metric=compared_name(told), clauses=said)


def _outcomes(told: Told, none_shown: str, raised: Callable[[int], str], lowered: Callable[[int], str]) -> str:
    """The verdicts by kind; one sentence where no campaign shows anything."""
    higher, lower, hint, none = (told.count(key) for key in ("higher", "lower", "hint", "no_difference"))
    if not higher and not lower and not hint:
        return none_shown
    return _clauses(
        [(higher, raised(higher)), (lower, lowered(lower)), (hint, _hints(hint)), (none, _no_difference(none))]
    )


def _better(count: int) -> str:
    return say("{word} better than control", word=number_word(count))


def _worse(count: int) -> str:
    return say("{word} worse than control", word=number_word(count))


def _speaks_against(told: Told) -> str:
    """Campaigns that look better by their objective and worse by another metric."""
    better, against = told.count("better"), told.count("against")
    words = {"better": number_word(better), "against": number_word(against)}
    if told.values["metric"] == "roi_incremental":
        if better == 1:
            return say("the one that looks better looks like a loss")
        return say_count(
            "{against} of the {better} that look better looks like a loss",
            "{against} of the {better} that look better look like a loss",
            against,
            **words,
        )
    metric = compared_name(told)
    if better == 1:
        return say("the one that looks better looks worse by {metric}", metric=metric)
    return say_count(
        "{against} of the {better} that look better looks worse by {metric}",
        "{against} of the {better} that look better look worse by {metric}",
        against,
        **words,
        metric=metric,
    )


def _none_judged(told: Told) -> str:
    return say_count(
        "the campaign can't be judged: {reason}",
        "none of {campaigns} campaigns can be judged, most often for this reason: {reason}",
        told.count("campaigns"),
        campaigns=whole(told, "campaigns"),
        reason=_why(told, "reason"),
    )


def _paid(told: Told) -> str:
    paid, lost, hint, unclear = (told.count(key) for key in ("paid", "lost", "hint", "unclear"))
    return _clauses(
        [
            (paid, say("{word} paid", word=number_word(paid))),
            (lost, say("{word} lost money", word=number_word(lost))),
            (hint, _hints(hint)),
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


def _all_windows_open(told: Told) -> str:
    return say_count(
        "too early to judge: the campaign is still counting",
        "too early to judge: all {campaigns} campaigns are still counting",
        told.count("campaigns"),
        campaigns=whole(told, "campaigns"),
    )


def _nobody_assigned(told: Told) -> str:
    return say_count(
        "no customer of yours was assigned to this campaign",
        "no customer of yours was assigned to one of {campaigns} campaigns",
        told.count("campaigns"),
        campaigns=whole(told, "campaigns"),
    )


def _none_with_control(told: Told) -> str:
    return say_count(
        "the campaign held out no control group: sales are attributed, not an effect",
        "none of {campaigns} campaigns held out a control group: sales are attributed, not an effect",
        told.count("campaigns"),
        campaigns=whole(told, "campaigns"),
    )


def _windows_open(told: Told) -> str:
    campaigns = told.count("campaigns")
    return say_count(
        "{word} campaign is still counting: {members} counted apart",
        "{word} campaigns are still counting: {members} counted apart",
        campaigns,
        word=number_word(campaigns),
        members=customers(told, "open_members"),
    )


def _numbers(told: Told, unit: Unit, *, signed: bool = False) -> dict[str, str]:
    """Estimate and limits of a finding, each with the digits that the interval leaves."""
    low, high = told.number("low"), told.number("high")
    return {key: written(told.number(key), low, high, unit, signed=signed) for key in ("estimate", "low", "high")}


def _unsigned(numbers: Mapping[str, str]) -> str:
    """The estimate where the words around it say its sign."""
    return numbers["estimate"].lstrip(f"+{figures.MINUS}")


def _effect(message: str) -> Sentence:
    def text(told: Told) -> str:
        numbers = _numbers(told, Unit.POINTS, signed=True)
        return say(message, size=_unsigned(numbers), **numbers)

    return text


def _hint(message: str) -> Sentence:
    """A difference or a return by itself, and how many such its family gives by chance."""
    return template(
        message,
        difference,
        metric=metric_name,
        family=whole,
        expected=_about,
        year=lambda told, key: str(told.count(key)),
    )


def _about(told: Told, key: str) -> str:
    """A number expected by chance: whole where that tells enough."""
    value = told.number(key)
    return figures.number(value, 0 if value >= 9.5 else 1)


def _why(told: Told, _key: str) -> str:
    return figures.why(str(told.values["reason"]))


def _return(message: str) -> Sentence:
    def text(told: Told) -> str:
        numbers = _numbers(told, Unit.RATIO)
        return say(message, unit=figures.one_unit(told.currency), size=_unsigned(numbers), **numbers)

    return text


SENTENCES: Mapping[FindingCode, Sentence] = {
    FindingCode.NO_CAMPAIGNS: template(_("no campaign ran in this choice")),
    FindingCode.ALL_WINDOWS_OPEN: _all_windows_open,
    FindingCode.NOBODY_ASSIGNED: _nobody_assigned,
    FindingCode.NONE_WITH_CONTROL: _none_with_control,
    FindingCode.NONE_JUDGED: _none_judged,
    FindingCode.CAMPAIGNS_JUDGED: _judged,
    FindingCode.JUDGED_BY: _judged_by,
    FindingCode.SPEAKS_AGAINST: _speaks_against,
    FindingCode.CAMPAIGNS_PAID: _paid,
    FindingCode.PARTICIPATION_HIGHEST: template(
        _("participation was highest in {campaign_id}: {estimate} of those assigned ({limits})"),
        interval(Unit.SHARE),
        campaign_id=name,
    ),
    FindingCode.WINDOWS_OPEN: _windows_open,
    FindingCode.EFFECT_HIGHER: _effect(_("the campaign raised conversion by {size} points ({low} to {high})")),
    FindingCode.EFFECT_LOWER: _effect(_("the campaign lowered conversion by {size} points ({low} to {high})")),
    FindingCode.EFFECT_NONE_SHOWN: _effect(_("no difference in conversion shown ({low} to {high} points)")),
    FindingCode.AMOUNT_RAISED: template(
        _("the campaign raised {metric}: {estimate} ({limits})"), difference, metric=metric_name
    ),
    FindingCode.AMOUNT_LOWERED: template(
        _("the campaign lowered {metric}: {estimate} ({limits})"), difference, metric=metric_name
    ),
    FindingCode.AMOUNT_NONE_SHOWN: template(_("{metric}: no effect shown ({limits})"), difference, metric=metric_name),
    FindingCode.HINT: _hint(
        _(
            "a hint only: {metric} by itself {estimate} ({limits}); "
            "of {family} campaigns judged in {year}, chance alone makes about {expected} look so"
        )
    ),
    FindingCode.HINT_AMONG: _hint(
        _(
            "a hint only: {metric} by itself {estimate} ({limits}); "
            "of {family} campaigns judged together, chance alone makes about {expected} look so"
        )
    ),
    FindingCode.NOT_JUDGED: template(_("the effect on conversion can't be judged: {reason}"), reason=_why),
    FindingCode.VERDICT_MAY_MOVE: template(
        _("the verdict may still move until the end of {year}, as more campaigns of the year are judged"),
        year=lambda told, key: str(told.count(key)),
    ),
    FindingCode.ATTRIBUTED_ONLY: template(_("nobody was held out at random: sales are attributed, not an effect")),
    FindingCode.TOO_FEW: template(_("{n}: too few to judge"), n=customers),
    FindingCode.CAMPAIGN_OPEN: template(
        _("the time to buy is not over for {open_members} of {n} customers; they are counted apart"),
        open_members=whole,
        n=whole,
    ),
    FindingCode.ASSIGNED_BY_BRANCH: template(
        _("assigned by branch: customers of one branch are not independent, so branches are compared")
    ),
    FindingCode.PAID: _return(_("it earned more than it cost: {size} gained per {unit} spent ({low} to {high})")),
    FindingCode.LOST: _return(_("it cost more than it earned: {size} lost per {unit} spent ({low} to {high})")),
    FindingCode.PAYS_UNCLEAR: _return(_("whether it paid is not shown: {estimate} per {unit} spent ({low} to {high})")),
    FindingCode.BEFORE_STAFF_TIME: template(_("returns are before staff time, which was not recorded")),
    FindingCode.SHARED_COST_INCLUDED: template(
        _("its cost includes the branch's share of bank-wide costs, {amount}, by members"), amount=money
    ),
    FindingCode.BEFORE_SHARED_COST: template(_("cost and return are before costs of the bank as a whole")),
    FindingCode.COST_NOT_RECORDED: template(_("no cost was recorded, so there is no return to show")),
}
