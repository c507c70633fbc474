"""The verdict of a comparison as a headline, and what qualifies it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from answers.compare.compare import Comparison
from answers.compare.offered import CONTROL
from answers.compare.pair import Doubt, Why
from metrics.inference.comparison.guardrail import Guardrail
from metrics.inference.comparison.verdict import Grade
from metrics.inference.study.design import Counted, Kind
from metrics.inference.study.result import Study
from metrics.inference.study.standing import Standing

from story import estimates, figures
from story.compare import called, sizes
from story.vocabulary import names, term
from story.words import language, listed, opened, say, say_count, sentences

FEW_REACHED = 0.01
"""Share of those held out up to which nobody was contacted, but for a slip."""


def headline(answer: Comparison, seen: Study) -> str:
    """The verdict: no stronger than the design, and blocked where the arms are not of their planned sizes."""
    told = _found(answer, seen)
    more = [in_its_year(answer, seen), _payment(answer, seen), _like_with_like(answer, seen), _harm(seen)]
    return opened(clauses([told, *more]))


def clauses(parts: Sequence[str]) -> str:
    """Clauses of one sentence; empty ones left out."""
    return {"en": "; ", "zh": "；"}[language()].join(part for part in parts if part)


def _found(answer: Comparison, seen: Study) -> str:
    first = seen.primary
    a, b = (called.within(answer.picked, side) for side in called.shown_sides(answer, swaps=seen.swaps))
    metric = called.metric_word(first.key)
    if seen.verdict is Standing.BLOCKED:
        return say(
            "no verdict: the groups are not of the planned sizes ({p}); find out why first",
            p=figures.p_value(seen.sample_ratio),
        )
    if seen.verdict is Standing.UNKNOWN:
        return say("{metric} can't be compared: {reason}", metric=metric, reason=estimates.why(first.difference, 0))
    difference = first.difference
    estimate, low, high = (float(column[0]) for column in (difference.estimate, difference.low, difference.high))
    if not seen.verdict.sign:
        limits = called.between(low, high, first.key, answer.currency)
        if seen.design.randomised:
            return say("no effect on {metric} is shown ({limits})", metric=metric, limits=limits)
        return say("no difference in {metric} is shown ({limits})", metric=metric, limits=limits)
    size = called.magnitude(difference, 0, first.key, answer.currency)
    if estimate > 0:
        return say("{metric} is {size} higher with {a} than with {b}", metric=metric, size=size, a=a, b=b)
    return say("{metric} is {size} lower with {a} than with {b}", metric=metric, size=size, a=a, b=b)


def in_its_year(answer: Comparison, seen: Study) -> str:
    """What every other page says of the campaign, where that is less than what is shown of it alone."""
    if answer.family is None or not seen.verdict.sign or answer.choice.who != "all" or answer.family[0].shown:
        return ""
    grade, year = answer.family
    if grade.hint:
        return say("among the campaigns of {year} that is a hint only", year=year)
    return family(answer)


def _payment(answer: Comparison, seen: Study) -> str:
    """Whether side a, as laid out, is worth what it costs."""
    payer = called.within(answer.picked, called.sides(answer.picked)[0])
    asked = seen.design.randomised and abs(seen.primary.line) > 0
    told = {
        Standing.PAYS: say("{a} pays", a=payer),
        Standing.SHORT: say("{a} doesn't pay", a=payer),
        Standing.NOT_ENOUGH: say("one that pays is ruled out"),
        Standing.MORE: say("whether {a} pays is open", a=payer) if asked else "",
    }.get(seen.verdict, "")
    return clauses([told, _return_in_its_year(answer, seen)])


def _return_in_its_year(answer: Comparison, seen: Study) -> str:
    """What all other pages say of the campaign's return, where the deciding metric says otherwise of paying."""
    says = {Standing.PAYS: Grade.RAISED, Standing.SHORT: Grade.LOWERED, Standing.NOT_ENOUGH: Grade.LOWERED}
    if answer.returned is None or seen.verdict not in says or answer.choice.who != "all":
        return ""
    grade, year = answer.returned
    words = {
        Grade.RAISED: say("raised"),
        Grade.LOWERED: say("lowered"),
        Grade.HINT_RAISED: say("is a hint"),
        Grade.HINT_LOWERED: say("is a hint"),
        Grade.NONE_SHOWN: say("no difference is shown"),
    }
    if grade is says[seen.verdict] or grade not in words:
        return ""
    return say("its return among the campaigns of {year}: {verdict}", year=year, verdict=words[grade])


def _like_with_like(answer: Comparison, seen: Study) -> str:
    """What is left once customers are compared with their like."""
    if seen.alike is None or not seen.verdict.sign:
        return ""
    row = len(seen.alike.difference) - 1
    difference = seen.alike.difference
    if not difference.known[row]:
        return say("nobody drew the groups, and too few have their like in the other")
    estimate, low, high = (float(column[row]) for column in (difference.estimate, difference.low, difference.high))
    if low <= 0 <= high:
        return say("but they were other customers: like with like no difference is shown")
    size = called.magnitude(difference, row, seen.primary.key, answer.currency)
    if (estimate > 0) != (float(seen.primary.difference.estimate[0]) > 0):
        return say("but they were other customers: like with like it turns round ({size})", size=size)
    return say("nobody drew the groups; like with like {size} is left", size=size)


def _harm(seen: Study) -> str:
    if not (seen.verdict.sign and seen.design.randomised):
        return ""
    broken = [called.metric_word(harm.key) for harm in seen.harms if harm.guardrail is Guardrail.BROKEN]
    if broken:
        return say("more harm than accepted: {what}", what=listed(broken))
    still = [called.metric_word(harm.key) for harm in seen.harms if harm.guardrail is not Guardrail.HOLDS]
    return say("not settled: {what}", what=listed(still)) if still else ""


def facts(answer: Comparison, seen: Study) -> Iterator[str]:
    """What the headline rests on."""
    picked = answer.picked
    a, b = called.shown_sides(answer, swaps=seen.swaps)
    if picked.kind is not Kind.CAMPAIGNS:
        yield called.offer(picked.a)
    yield say("{a} against {b}", a=a, b=b)
    if answer.choice.who != "all":
        key, _, value = answer.choice.who.partition("-")
        yield called.group(key, value)
    if answer.branches:
        yield listed(names(answer.branches))
    yield say("drawn at random") if seen.design.randomised else say("nobody drew the groups: a difference and no more")
    n = [figures.number(number) for number in seen.customers]
    yield say("{a} and {b} customers", a=n[0], b=n[1])
    if sum(seen.matured) >= sum(seen.customers):
        yield say("everybody counted to the end")
    if seen.design.counted is Counted.CONTACTED:
        yield say("effect on those contacted")


def allowed_for(seen: Study) -> str:
    """What the intervals allow for, as a clause of a caption."""
    level = figures.percent(seen.design.level)
    looks, others = len(seen.design.looks), len(seen.metrics) - 1
    open_ = sum(seen.matured) < sum(seen.customers)
    time = (
        say("a look on any day")
        if open_
        else say_count("{count} planned look", "{count} planned looks", looks)
        if looks > 1
        else ""
    )
    first = say("{level} intervals, the first allowing for {looks}", level=level, looks=time) if time else ""
    first = first or say("{level} intervals", level=level)
    rest = say_count(
        "the other metric is judged by itself",
        "the {count} others for one another too",
        others,
    )
    return sentences([first, rest if others else ""])


def doubt(one: Doubt) -> str:
    """Why two sides may be a bad pair."""
    v = one.values
    number = {key: float(value) for key, value in v.items() if not isinstance(value, str)}
    if one.why is Why.OPEN_WINDOWS and not number["open"]:
        return say("the last window is not closed: more customers may still be added, and the verdict may move")
    if one.why is Why.OPEN_WINDOWS:
        return say(
            "{n} of {all} customers are still counting: limits hold on any day, but the verdict may move",
            n=figures.number(number["open"]),
            all=figures.number(number["customers"]),
        )
    if one.why is Why.SAME_CUSTOMERS:
        return say(
            "{share} of the customers ({n}) were in both campaigns: each blurs the other",
            share=figures.percent(number["share"], 1),
            n=figures.number(number["customers"]),
        )
    if one.why is Why.SIZES:
        return say(
            "the groups of {campaign} are not of the planned sizes ({p}): who was counted is not who was drawn",
            campaign=names([str(v["campaign"])])[0],
            p=figures.p_value(number["p"]),
        )
    if one.why is Why.OBJECTIVES:
        a, b = (term(str(v[side])) if v[side] else say("not recorded") for side in ("a", "b"))
        return say("they were for different things: {a}, and {b}", a=a, b=b)
    if one.why is Why.WINDOWS:
        return say(
            "their customers were watched for {a} and {b} days: the longer one had more time",
            a=figures.number(number["a"]),
            b=figures.number(number["b"]),
        )
    return say("they began {n} days apart: the season is in the difference", n=figures.number(number["days"]))


def beside(answer: Comparison, seen: Study) -> str:
    """What must be said before the numbers: doubts about the pair, and about the assignment. Empty if nothing."""
    return {"en": " ", "zh": ""}[language()].join(ended(sentence) for sentence in _beside(answer, seen))


def ended(sentence: str) -> str:
    """The sentence with its full stop."""
    stop = {"en": ".", "zh": "。"}[language()]
    return sentence if sentence.endswith(stop) else sentence + stop


def _beside(answer: Comparison, seen: Study) -> Iterator[str]:
    if seen.off_plan:
        yield from sizes.broken(answer.inputs.sizes, by_branch=seen.design.by_branch)
    for one in answer.doubts:
        yield opened(doubt(one))
    if seen.left_out:
        yield opened(sizes.left_out(len(seen.left_out)))
    if answer.picked.kind is Kind.PROGRAMME:
        yield _by_campaign(answer)
    if answer.picked.a.holdout:
        yield _of_the_whole(answer)
    held_out = seen.contacted[0 if seen.swaps else 1]
    if answer.picked.arm_b == CONTROL and held_out > FEW_REACHED and seen.design.randomised:
        yield opened(
            say("{share} of the control were contacted, which blurs the effect", share=figures.percent(held_out, 1))
        )
    if not answer.usual:
        yield say(
            "You chose {metric} to decide; the objective asks {usual}. Chosen after the fact it explores.",
            metric=called.metric_word(seen.primary.key),
            usual=called.metric_word(answer.judges[0]),
        )


def _of_the_whole(answer: Comparison) -> str:
    """What a difference to customers held out from everything is, and whether they were."""
    if answer.reached > FEW_REACHED:
        return say(
            "{share} of those held out were contacted by a campaign all the same: the difference tells too little of "
            "the programme",
            share=figures.percent(answer.reached, 1),
        )
    return say("Chance held some customers out from every campaign, so the difference is what all campaigns brought.")


def _by_campaign(answer: Comparison) -> str:
    """What a programme of many campaigns, each with its own control, is not."""
    if answer.holdouts:
        return say(
            "Each campaign stands against its own control; {holdout} measures the whole, by customers held out from "
            "everything.",
            holdout=listed(names(list(answer.holdouts))),
        )
    return say(
        "No share of the bank is held out from everything in these data, so each campaign stands against its own "
        "control; a holdout of the whole bank is loaded as one campaign with a control."
    )


def family(answer: Comparison) -> str:
    """How the campaign stands among those of its year; empty where it has no such verdict."""
    if answer.family is None or answer.family[0] is Grade.NOT_JUDGED:
        return ""
    grade, year = answer.family
    word = say("holds") if grade.shown else say("is a hint") if grade.hint else say("no difference is shown")
    return say("among the campaigns of {year}: {verdict}", year=year, verdict=word)


def standing(one: Standing, *, line: bool, swaps: bool) -> str:
    """The verdict on a metric, in a word or two."""
    lower = say("lower")
    return {
        Standing.PAYS: say("lower, other pays") if swaps else say("pays"),
        Standing.MORE: (lower if swaps else say("more, may not pay")) if line else (lower if swaps else say("higher")),
        Standing.SHORT: say("lower, but saves") if swaps else say("more, does not pay"),
        Standing.NONE: say("no difference shown"),
        Standing.NOT_ENOUGH: say("does not pay"),
        Standing.LESS: say("higher") if swaps else lower,
        Standing.BLOCKED: say("withheld"),
        Standing.UNKNOWN: say("not known"),
    }[one]


def guardrail(one: Guardrail) -> str:
    """The same of a guardrail."""
    return {
        Guardrail.HOLDS: say("harm ruled out"),
        Guardrail.BROKEN: say("too much harm"),
        Guardrail.UNDECIDED: say("not settled"),
        Guardrail.TOO_FEW: say("too few"),
    }[one]
