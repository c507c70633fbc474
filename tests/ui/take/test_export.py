"""A file speaks the language of the page that offered it, whenever and wherever it is made."""

from __future__ import annotations

from contextvars import Context
from datetime import date
from typing import Any

import pytest

from metrics.catalogue import Unit
from metrics.estimate import Intervals
from reports import fonts
from reports.edition import Edition
from story import words
from story.chart import bars
from story.columns import Column
from story.parts import Block, Chart, Nothing, Story, Table, Views
from ui.take import export

SHARE = Intervals.of([0.1], [0.05], [0.2], n=[40])


def page(*shown: Table | Chart) -> Edition:
    rows = tuple((Block("How many bought", "", one),) for one in shown)
    return Edition(Story("They bought", (), rows=rows, currency="CNY"), "x", "x", date(2026, 11, 15), "v1", "for Lin")


def offered(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What makes each file that a button offers, by the file's name."""
    made: dict[str, Any] = {}
    monkeypatch.setattr("streamlit.download_button", lambda label, data, file, *_, **__: made.update({file: data}))
    return made


@pytest.mark.parametrize(("language", "low"), [("en", "Conversion, low"), ("zh", "Conversion，下限")])
def test_a_file_is_in_the_language_of_its_page(monkeypatch: pytest.MonkeyPatch, language: str, low: str):
    made = offered(monkeypatch)
    words.speak(language)
    try:
        table = Table((Column("Conversion", SHARE, Unit.SHARE),), "x", "x")
        export.buttons(page(table), name="x", about={}, delivered=lambda _, made: made)
    finally:
        words.speak("en")
    csv = Context().run(made["x_x.csv"]).decode("utf-8-sig")
    assert low in csv
    assert words.language() == "en"


def test_a_page_is_offered_as_pdf_and_slides_and_each_chart_as_a_picture(monkeypatch: pytest.MonkeyPatch):
    made = offered(monkeypatch)
    chart = bars.funnel(["all", "some"], [3.0, 1.0], ["3", "1"], alt_text="three, of them one", key="steps")
    export.buttons(page(chart), name="x", about={}, delivered=lambda _, made: made)
    assert list(made) == ["x.pdf", "x.pptx", "x_steps.png", "x_steps.svg"]
    starts = {file: make()[:4] for file, make in made.items()}
    assert starts == {"x.pdf": b"%PDF", "x.pptx": b"PK\3\4", "x_steps.png": b"\x89PNG", "x_steps.svg": b"<svg"}


def test_without_a_font_tables_are_offered_and_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch):
    made, said = offered(monkeypatch), []
    monkeypatch.setattr(fonts, "missing", lambda: "no font")
    monkeypatch.setattr("streamlit.caption", said.append)
    table = Table((Column("Conversion", SHARE, Unit.SHARE),), "x", "x")
    export.buttons(page(table), name="x", about={}, delivered=lambda _, made: made)
    assert list(made) == ["x.xlsx", "x_x.csv"]
    assert any("fonts\\-noto\\-cjk" in text or "fonts-noto-cjk" in text for text in said)


def test_customers_leave_as_a_table_with_a_purpose_alone(monkeypatch: pytest.MonkeyPatch):
    made = offered(monkeypatch)
    monkeypatch.setattr(fonts, "missing", lambda: "no font")
    names = Table((Column("Customer", ["C1"]),), "x", "names", customers=True)
    shares = Table((Column("Conversion", SHARE, Unit.SHARE),), "x", "shares")
    facts: list[dict[str, str]] = []

    def delivered(_: str, make: Any, **stated: str) -> Any:
        facts.append(stated)
        return make

    for stated in ("", "call them"):
        monkeypatch.setattr("ui.take.purpose.asked", lambda stated=stated: stated)
        export.buttons(page(names, shares), name="x", about={}, delivered=delivered)
        if not stated:
            assert list(made) == ["x.xlsx", "x_shares.csv"]
            assert b"C1" not in Context().run(made["x_shares.csv"])
    assert list(made) == ["x.xlsx", "x_shares.csv", "x_names.csv"]
    assert facts == [{}, {}, *[{"purpose": "call them"}] * 3]
    assert "call them" in Context().run(made["x_names.csv"]).decode("utf-8-sig")


def test_a_page_with_customers_is_printed_for_a_purpose_alone(monkeypatch: pytest.MonkeyPatch):
    made = offered(monkeypatch)
    names = Table((Column("Customer", ["C1"]),), "x", "names", customers=True)
    facts: dict[str, dict[str, str]] = {}

    def delivered(file: str, make: Any, **stated: str) -> Any:
        facts[file] = stated
        return make

    monkeypatch.setattr("ui.take.purpose.asked", lambda: "")
    export.buttons(page(names), name="x", about={}, delivered=delivered)
    assert list(made) == []
    monkeypatch.setattr("ui.take.purpose.asked", lambda: "call them")
    export.buttons(page(names), name="x", about={}, delivered=delivered)
    assert list(made) == ["x.pdf", "x.pptx", "x.xlsx", "x_names.csv"]
    assert facts == {file: {"purpose": "call them"} for file in made}


def test_customers_on_the_sheet_alone_ask_for_a_purpose_too_and_the_sheet_is_what_is_printed(
    monkeypatch: pytest.MonkeyPatch,
):
    made, printed = offered(monkeypatch), list[Edition]()
    names = Table((Column("Customer", ["C1"]),), "x", "names", customers=True)
    shares = Table((Column("Conversion", SHARE, Unit.SHARE),), "x", "shares")
    sheet = page(names)
    monkeypatch.setattr("ui.take.export.paper.pdf", printed.append)
    for stated in ("", "call them"):
        monkeypatch.setattr("ui.take.purpose.asked", lambda stated=stated: stated)
        export.buttons(page(shares), printed=sheet, name="x", about={}, delivered=lambda _, made, **__: made)
        assert ("x.pdf" in made) is bool(stated)
    Context().run(made["x.pdf"])
    assert printed == [sheet]


def test_a_menu_stands_where_anything_can_be_taken_along_and_nowhere_else():
    table = Table((Column("Conversion", SHARE, Unit.SHARE),), "x", "x")
    chart = bars.funnel(["all", "some"], [3.0, 1.0], ["3", "1"], alt_text="three, of them one", key="steps")
    for one in (table, chart, Views("view", "View", {"a": "A"}, {"a": table})):
        assert export.offers(Story("They bought", (), rows=((Block("x", "", one),),), currency="CNY"))
    nothing = Block("x", "", Nothing("Nobody bought.", ""))
    assert not export.offers(Story("They bought", (), rows=((nothing,),), currency="CNY"))
