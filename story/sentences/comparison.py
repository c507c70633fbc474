"""Two arms compared. An *effect* is said of arms that chance assigned; all others show a *difference*."""

from __future__ import annotations

from collections.abc import Mapping

from metrics.catalogue.entry import marked as _
from metrics.finding import FindingCode

from story import figures
from story.sentences.told import (
    Sentence,
    Told,
    arms,
    branches,
    customers,
    difference,
    metric_name,
    p_value,
    template,
    two_decimals,
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


def _why_not(told: Told, _key: str) -> str:
    return figures.why(str(told.values["reason"]))


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
}
