"""Two arms compared. An *effect* is said of arms that chance assigned; all others show a *difference*."""

from __future__ import annotations

from collections.abc import Mapping

from metrics.catalogue.entry import marked as _
from metrics.finding import FindingCode

from story import figures
from story.sentences.told import (
    Group,
    Sentence,
    Told,
    arms,
    branches,
    customers,
    difference,
    difference_unit,
    exact,
    limits,
    metric_name,
    p_value,
    share,
    template,
    two_decimals,
    weeks,
    whole,
)
from story.words import say


def _verdict(message: str) -> Sentence:
    """A verdict, and how many comparisons it allows for where there is more than one."""
    alone = template(message, arms, difference, metric=metric_name)

    def text(told: Told) -> str:
        if told.count("comparisons") < 2:
            return alone(told)
        return say("{verdict}, allowing for {n} comparisons", verdict=alone(told), n=whole(told, "comparisons"))

    return text


def _reversed(told: Told) -> str:
    names = arms(told)
    first, second = ("treated", "control") if told.number("crude") > 0 else ("control", "treated")
    return say(
        "as counted it is higher in {first}; like compared with like it is higher in {second}: the mix misleads",
        first=names[first],
        second=names[second],
    )


def _why_not(told: Told, _key: str) -> str:
    return figures.why(str(told.values["reason"]))


def _guardrail(told: Told) -> dict[str, str]:
    unit, low, high = difference_unit(told), told.number("low"), told.number("high")
    return {
        "margin": exact(told.number("margin"), unit, told.currency),
        "limits": limits(low, high, unit, told.currency, signed=True),
    }


def _of_guardrail(message: str, *groups: Group) -> Sentence:
    return template(message, arms, *groups, metric=metric_name)


SENTENCES: Mapping[FindingCode, Sentence] = {
    FindingCode.ARM_EFFECT_HIGHER: _verdict(
        _("an effect is shown: {metric} is {size} higher in {treated} than in {control} ({limits})")
    ),
    FindingCode.ARM_EFFECT_LOWER: _verdict(
        _("an effect is shown: {metric} is {size} lower in {treated} than in {control} ({limits})")
    ),
    FindingCode.ARM_EFFECT_NONE_SHOWN: _verdict(_("no effect on {metric} is shown ({limits})")),
    FindingCode.ARM_DIFFERENCE_HIGHER: _verdict(
        _(
            "{metric} is {size} higher in {treated} than in {control} ({limits}); "
            "nobody drew the groups at random, so it is a difference and no more"
        )
    ),
    FindingCode.ARM_DIFFERENCE_LOWER: _verdict(
        _(
            "{metric} is {size} lower in {treated} than in {control} ({limits}); "
            "nobody drew the groups at random, so it is a difference and no more"
        )
    ),
    FindingCode.ARM_DIFFERENCE_NONE_SHOWN: _verdict(_("no difference in {metric} is shown ({limits})")),
    FindingCode.ARMS_TOO_FEW: template(
        _("{metric} can't be compared: {reason} ({n})"), metric=metric_name, reason=_why_not, n=customers
    ),
    FindingCode.NO_PRIMARY_METRIC: template(
        _("no metric was named to judge by: the {metrics} compared here explore, and none of them decides"),
        metrics=whole,
    ),
    FindingCode.SAMPLE_RATIO_MISMATCH: template(
        _("the groups are not of the planned sizes ({p_value}): find out why before you believe a result"),
        p_value=p_value,
    ),
    FindingCode.FEW_BRANCHES: template(
        _(
            "assigned by branch: the verdict rests on {clusters}, which tell as much as {effective} of one size would; "
            "limits from so few are wide, and may miss if a branch stands far from the others "
            "(design effect {design_effect})"
        ),
        clusters=branches,
        effective=whole,
        design_effect=two_decimals,
    ),
    FindingCode.REVERSED_BY_MIX: _reversed,
    FindingCode.STRATA_DIFFER: template(
        _("the difference is not the same in all groups of customers ({p_value}): look at each before you act"),
        p_value=p_value,
    ),
    FindingCode.EFFECT_FADES: template(
        _("the effect falls from week to week ({weeks} seen): its average hides where it is going"), weeks=weeks
    ),
    FindingCode.EFFECT_GROWS: template(
        _("the effect rises from week to week ({weeks} seen): its average hides where it is going"), weeks=weeks
    ),
    FindingCode.CONTAMINATED: template(
        _("{estimate} of {n} were in two groups at once, which blurs the comparison"), estimate=share, n=customers
    ),
    FindingCode.GUARDRAIL_HOLDS: _of_guardrail(
        _("{metric}: more harm than {margin} is ruled out ({limits})"), _guardrail
    ),
    FindingCode.GUARDRAIL_BROKEN: _of_guardrail(
        _("{metric}: worse in {treated} than in {control} by more than the {margin} accepted ({limits})"), _guardrail
    ),
    FindingCode.GUARDRAIL_UNDECIDED: _of_guardrail(
        _("{metric}: more harm than {margin} is neither shown nor ruled out ({limits}); more customers are needed"),
        _guardrail,
    ),
    FindingCode.GUARDRAIL_TOO_FEW: template(_("{metric}: too few to tell whether harm was done"), metric=metric_name),
}
