"""A story on screen: its headline, its cards, its claims."""

from __future__ import annotations

import re
from base64 import b64decode

from streamlit.testing.v1 import AppTest

from story.chart.over_time import spark
from story.parts import Block, Claim, Claims, Link
from ui import tell
from ui.markdown import plain


def drawn_story():
    from story.parts import Card, Story
    from ui import tell

    badges = (("better", "blue"), ("worse", "orange"), ("neither", "gray"), None)
    cards = [Card(f"card {place}", f"{place}", "n", "d", badge) for place, badge in enumerate(badges)]
    tell.headline(Story("*A* $finding$", ()), "today")
    tell.cards(cards)


def test_a_headline_is_text_and_a_badge_has_the_colour_of_its_card():
    page = AppTest.from_function(drawn_story).run()
    assert page.title[0].value == r"\*A\* \$finding\$"
    below = [text.value.split("\n\n") for text in page.markdown]
    badges = [[":blue-badge[better]"], [":orange-badge[worse]"], [":gray-badge[neither]"], []]
    assert below == [[*badge, ":gray[:small[n]]"] for badge in badges]
    assert [(card.label, card.value) for card in page.metric] == [(f"card {place}", str(place)) for place in range(4)]


def test_a_card_holds_its_course_as_an_image_of_its_own_that_says_what_it_is():
    shown = tell._course("a [b](http://evil) c", [1, 2, 3])
    said, image = re.fullmatch(r"!\[(.*)\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", shown).groups()
    assert said == plain("a [b](http://evil) c: 3 periods up to this one")
    assert b64decode(image).decode() == spark.svg([1, 2, 3])


def test_a_claim_is_escaped_and_opens_its_evidence(monkeypatch):
    said, links, asked = [], [], []
    monkeypatch.setattr(tell.st, "markdown", said.append)
    monkeypatch.setattr(tell.filters, "link_to", lambda page, label, icon, **changed: links.append((page, changed)))
    claims = (
        Claim("Money.", "*A* rose", card="Net new money"),
        Claim("Programme.", "one paid", (Link("Campaigns", "campaigns"), Link("*A*", "campaign", {"campaign": "K1"}))),
        Claim("Also.", "nothing else"),
    )
    tell.part(Block("", "", Claims(claims)), "CNY", evidence=lambda *where: asked.append(where))
    assert said == ["**Money.** \\*A\\* rose", "**Programme.** one paid", "**Also.** nothing else"]
    assert links == [("campaigns", {}), ("campaign", {"campaign": "K1"})]
    assert asked == [("Net new money", "Money.")]
