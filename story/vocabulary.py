"""The words of the data in the reader's language: objectives, lines, kinds of cost, themes, channels.

Closed vocabularies are complete; of the open ones those are translated that are common, and any other word is
shown as the feed writes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from metrics.catalogue.entry import marked as _

from story.text import one_line
from story.words import language, say

TERMS: Final[Mapping[str, str]] = {
    # objective
    "acquire": _("win customers"),
    "activate": _("activate customers"),
    "retain": _("keep customers"),
    "grow": _("raise value"),
    # line
    "deposit": _("deposits"),
    "wealth": _("wealth products"),
    "fund": _("funds"),
    "insurance": _("insurance"),
    "personal_loan": _("personal loans"),
    "credit_card": _("credit cards"),
    "precious_metal": _("precious metals"),
    "digital": _("digital services"),
    # kind of cost
    "gift": _("gifts and points"),
    "venue": _("venue and catering"),
    "media": _("media and messages"),
    "print": _("print"),
    "vendor": _("outside vendors"),
    "rate_concession": _("rate concessions"),
    "staff_time": _("staff time"),
    "incentive": _("incentive pay"),
    # assignment and arm
    "randomised": _("assigned at random"),
    "targeted": _("targeted, not at random"),
    "control": _("control"),
    "treated": _("treated"),
    "comparison": _("comparison"),
    "small_gift": _("small gift"),
    "large_gift": _("large gift"),
    # theme
    "spring_festival": _("Spring Festival"),
    "family_day": _("family day"),
    "womens_day": _("Women's Day"),
    "salon": _("salon"),
    "micro_business": _("micro-business"),
    "young_professionals": _("young professionals"),
    "health": _("health"),
    "holiday": _("holidays"),
    "payroll": _("payroll"),
    "anniversary": _("anniversary"),
    "dragon_boat": _("Dragon Boat Festival"),
    "lecture": _("lecture"),
    "mid_year": _("mid-year"),
    "check_up": _("wealth check-up"),
    "qixi": _("Qixi"),
    "student": _("students"),
    "autumn": _("autumn"),
    "mid_autumn": _("Mid-Autumn Festival"),
    "national_day": _("National Day"),
    "double_ninth": _("Double Ninth"),
    "seniors": _("seniors"),
    "opening_red": _("opening red"),
    "year_end": _("year end"),
    "summer": _("summer"),
    "advice": _("advice"),
    "retirement": _("retirement"),
    "maturity": _("maturing money"),
    "shopping": _("shopping festival"),
    # channel
    "branch": _("branch"),
    "phone": _("phone"),
    "sms": _("text message"),
    "wechat": _("WeChat"),
    "app": _("app"),
    "email": _("email"),
    "cellular": _("mobile phone"),
    "telephone": _("landline"),
    "unknown": _("unknown"),
    "referral": _("recommendation"),
    # class
    "young_professional": _("young professionals"),
    "family": _("families"),
    "micro_business_owner": _("micro-business owners"),
    "mid_career": _("mid-career"),
    "senior": _("seniors"),
    # role
    "executive": _("executive"),
    "planner": _("marketing planner"),
    "branch_head": _("branch head"),
    "administrator": _("administrator"),
    "relationship_manager": _("relationship manager"),
    "adviser": _("adviser"),
    "teller": _("teller"),
    # course
    "service_culture": _("service culture"),
    "new_systems": _("new systems"),
    "asset_allocation": _("asset allocation"),
    "advisory_talk": _("advisory talk"),
}

_BOTH = re.compile(r"(?P<zh>[\u4e00-\u9fff][^\sA-Za-z]*) (?P<en>[A-Za-z][^\u4e00-\u9fff]*?)(?P<year> \d{4})?")


def term(value: str) -> str:
    """A word of the data in the reader's language; one that is not known, as the feed writes it."""
    return say(TERMS[value]) if value in TERMS else one_line(value.replace("_", " "))


def names(values: Sequence[str]) -> list[str]:
    """Names that a feed writes in both languages, Chinese first, in the reader's language alone.

    Where that would make two different names equal, all stay as they are.

    >>> names(["秋季存款 Autumn deposit 2026", "Payroll"])
    ['Autumn deposit 2026', 'Payroll']
    """
    lines = [one_line(value) for value in values]
    shown = [_one_language(line) for line in lines]
    return shown if len(set(shown)) == len(set(values)) else lines


def _one_language(value: str) -> str:
    match = _BOTH.fullmatch(value)
    return match[language()] + (match["year"] or "") if match else value
