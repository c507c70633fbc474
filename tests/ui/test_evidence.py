"""From a number to the customers whom it counts: the links ask for the same days, or for the same campaign."""

from __future__ import annotations

from typing import Any

import pytest

from answers import period
from answers.traced import Traced
from story import words
from ui import evidence

WEEK = period.named("2026-W46")


@pytest.mark.parametrize(
    ("key", "traced", "asked"),
    [
        ("new_money", Traced(WEEK), [("bought", "2026-W46", "")]),
        (
            "participation_rate",
            Traced(WEEK, campaigns=("K051",)),
            [("participated", "", "K051"), ("contacted", "", "K051")],
        ),
        ("members", Traced(WEEK, campaigns=("K051", "K052")), [("assigned", "", "")]),
        ("new_money", None, []),
    ],
)
def test_a_list_is_asked_for_when_or_for_which_campaign_the_number_was_counted(
    monkeypatch: pytest.MonkeyPatch, key: str, traced: Traced | None, asked: list[tuple[str, str, str]]
):
    words.speak("en")
    links: list[dict[str, Any]] = []
    monkeypatch.setattr(evidence.filters, "link_to", lambda page, *_, **changed: links.append({"page": page} | changed))
    evidence._customers(key, traced)
    assert [(link["list"], link["when"], link["campaign"]) for link in links] == asked
    assert {link["page"] for link in links} <= {"customers"}
    assert all(link["leaf"] == "" for link in links)
