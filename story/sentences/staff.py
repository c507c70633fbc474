"""Staff: whether anyone differs, how much of the spread is real, and only then who; training and mentors."""

from __future__ import annotations

from collections.abc import Mapping

from metrics.catalogue import Unit
from metrics.catalogue.entry import marked as _
from metrics.finding import FindingCode

from story import figures
from story.sentences.told import Sentence, Told, chance, interval, limits, name, p_value, share, staff, template
from story.words import say_count


def _against_expected(told: Told) -> dict[str, str]:
    """How much above or below expectation, as a share of what was expected."""
    ratio, low, high = (told.number(key) - 1 for key in ("ratio", "low", "high"))
    if ratio < 0:
        ratio, low, high = -ratio, -high, -low
    return {
        "size": figures.percent(ratio),
        "limits": limits(low, high, Unit.SHARE, told.currency),
    }


def _breaches(told: Told, key: str) -> str:
    return say_count("{count} breach", "{count} breaches", told.count(key))


def _results(told: Told, key: str) -> str:
    return figures.number(told.number(key), 1)


_SPREAD = interval(Unit.SHARE)
_CHANGE = interval(Unit.RATIO, signed=True)


def _reliability(told: Told) -> dict[str, str]:
    return _SPREAD(Told({**told.values, "estimate": told.number("reliability")}, told.names, told.currency))


SENTENCES: Mapping[FindingCode, Sentence] = {
    FindingCode.STAFF_TOO_FEW: template(_("too few results of {staff} to tell anyone apart"), staff=staff),
    FindingCode.STAFF_NO_DIFFERENCES: template(
        _("no differences shown among {staff}: customers dealt at random would spread results as widely ({p_value})"),
        staff=staff,
        p_value=p_value,
    ),
    FindingCode.STAFF_ORDER_HIDDEN: template(
        _("results of {staff} differ, but only {estimate} of the spread is real ({limits}): no order is shown"),
        _reliability,
        staff=staff,
    ),
    FindingCode.STAFF_DIFFER: template(
        _("results of {staff} differ: {estimate} of the spread is real ({limits})"),
        _reliability,
        staff=staff,
    ),
    FindingCode.STAFF_ABOVE: template(
        _("{staff_id} is {size} above what the bank reaches with such customers ({limits})"),
        _against_expected,
        staff_id=name,
    ),
    FindingCode.STAFF_BELOW: template(
        _("{staff_id} is {size} below what the bank reaches with such customers ({limits})"),
        _against_expected,
        staff_id=name,
    ),
    FindingCode.STAFF_MIX_OF_THEIR_OWN: template(
        _("{staff_id} can hardly be compared: colleagues serve customers like only {comparable} of theirs"),
        staff_id=name,
        comparable=share,
    ),
    FindingCode.SCORE_GATED: template(
        _("{staff_id} has no score with {breaches}: results don't buy back a breach"),
        staff_id=name,
        breaches=_breaches,
    ),
    FindingCode.TRAINED_HIGHER: template(
        _(
            "after {course}, trained staff gained {size} on untrained colleagues ({limits}); "
            "nobody drew them at random, so it is a difference and no more"
        ),
        _CHANGE,
        course=name,
    ),
    FindingCode.TRAINED_LOWER: template(
        _(
            "after {course}, trained staff fell {size} behind untrained colleagues ({limits}); "
            "nobody drew them at random, so it is a difference and no more"
        ),
        _CHANGE,
        course=name,
    ),
    FindingCode.TRAINED_NO_DIFFERENCE: template(
        _("after {course}, no difference between trained and untrained staff is shown ({limits})"),
        _CHANGE,
        course=name,
    ),
    FindingCode.TRAINED_BEGAN_LOWER: template(
        _("those who took {course} began {size} lower ({limits}): part of a gain may be a return to the usual"),
        _CHANGE,
        course=name,
    ),
    FindingCode.TRAINED_BEGAN_HIGHER: template(
        _("those who took {course} began {size} higher ({limits}): part of a loss may be a return to the usual"),
        _CHANGE,
        course=name,
    ),
    FindingCode.MENTOR_SUGGESTED: template(
        _(
            "{mentee} could learn {skill} from {mentor}: the mentor is better with a chance of {probability}, "
            "and closing the whole gap would be worth about {gain} results"
        ),
        mentee=name,
        mentor=name,
        skill=name,
        probability=chance,
        gain=_results,
    ),
}
