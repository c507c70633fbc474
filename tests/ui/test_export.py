"""A file speaks the language of the page that offered it, whenever and wherever it is made."""

from __future__ import annotations

from contextvars import Context

import pytest

from metrics.catalogue import Unit
from metrics.estimate import Intervals
from story import words
from story.columns import Column
from story.parts import Table
from ui import export

SHARE = Intervals.of([0.1], [0.05], [0.2], n=[40])


@pytest.mark.parametrize(("language", "low"), [("en", "Conversion, low"), ("zh", "Conversion，下限")])
def test_a_file_is_in_the_language_of_its_page(monkeypatch: pytest.MonkeyPatch, language: str, low: str):
    made = []
    monkeypatch.setattr("streamlit.download_button", lambda label, data, *_, **__: made.append(data))
    words.speak(language)
    try:
        table = Table((Column("Conversion", SHARE, Unit.SHARE),), "x", "x")
        export.buttons([table], name="x", about={}, currency="CNY", delivered=lambda _, made: made)
    finally:
        words.speak("en")
    csv = Context().run(made[1]).decode("utf-8-sig")
    assert low in csv
    assert words.language() == "en"
