"""The README names every page with the question that it answers on screen."""

from __future__ import annotations

import re
from pathlib import Path

from story import sitemap, words

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_readme_asks_of_each_page_what_its_head_asks():
    words.speak("en")
    told = dict(re.findall(r"^\| ([^|(]+?) (?:\([^|]*\) )?\| ([^|?]+\?)[^|]* \|$", README, flags=re.MULTILINE))
    asked = {words.say(row.title): words.say(row.question) for row in sitemap.ROWS}
    apart = {"Customers who moved"}  # told with Tiers, whose cells open it
    assert told == {title: question for title, question in asked.items() if title not in apart}
