"""A chart as a picture: in the colours of paper, with nothing cut, the same every time."""

from __future__ import annotations

import io
import itertools
import re

import pytest
from PIL import Image

from metrics.catalogue import Unit
from metrics.estimate import Intervals
from reports import fonts, picture
from story.chart import bridge, interval, month, theme
from story.chart.theme import LIGHT
from tests.reports import told

CHARTS = [told.forest, told.funnel, told.costs, told.weeks, told.curves, told.balance]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
def test_every_form_of_chart_is_drawn_alike_every_time(chart):
    first = picture.svg(chart())
    picture.svg(told.costs())
    assert picture.svg(chart()) == first


def test_colours_say_on_paper_what_they_say_on_screen():
    drawn = picture.svg(told.forest())
    fills = {text: re.search(rf'fill="(#\w+)"[^>]*>{re.escape(text)}<', drawn) for text in ("+1.5", "-0.5", "-2")}
    assert {text: found[1] for text, found in fills.items() if found} == {
        "+1.5": LIGHT.better,
        "-0.5": LIGHT.muted,
        "-2": LIGHT.worse,
    }


def test_the_text_at_the_end_of_a_bar_is_not_cut_where_the_picture_is_narrow():
    drawn = picture.svg(told.funnel(), 300)
    width, _ = picture.size(drawn)
    plain = re.sub(r"<[^>]+>", " ", drawn)
    assert "200 all" in plain
    # The longest bar ends at 1/1.35 of the plot; with its label it must lie within the picture.
    plot = float(re.search(r'class="background" aria-hidden="true" d="M0,0h([\d.]+)v', drawn)[1])
    left = float(re.search(r"translate\(([\d.]+),", drawn)[1])
    assert left + plot / 1.35 + 7 + 7 * 7 <= width + 1


AMOUNTS = ["¥445 k", "+¥1,234,567", "−¥47.1 k", "¥445 k"]
STEPS = ["week before", "money a sale: wealth products", "others", "this week"]


@pytest.mark.parametrize("width", [310, 400, 820])
def test_no_amount_of_a_bridge_is_cut_however_narrow_the_picture(width: int):
    drawn = picture.svg(
        bridge.chart(STEPS, 4.0, [50.0, -1.0], AMOUNTS, ["better", "worse"], alt_text="x", key="x"), width
    )
    wide, _ = picture.size(drawn)
    texts = {text: (left, right) for left, right, _, text in placed(drawn)}
    assert texts.keys() >= set(AMOUNTS)
    assert all(texts[text][1] <= wide for text in AMOUNTS)


@pytest.mark.parametrize("width", [300, 420])
def test_no_number_at_the_end_of_an_interval_is_cut(width: int):
    shares = Intervals.of([0.047, 0.042], [0.042, 0.038], [0.0525, 0.046], n=[900, 900])
    chart = interval.chart(
        ["West", "South Shore"],
        shares,
        written=lambda *_: "4.7 % of 12,345",
        axis=theme.axis_label(Unit.SHARE),
        line=0.044,
        alt_text="x",
        key="x",
    )
    drawn = picture.svg(chart, width)
    assert max(right for _, right, *_ in placed(drawn)) <= picture.size(drawn)[0] == width


@pytest.mark.parametrize(
    ("booked", "low", "target"), [(1.8, 2.1, 11.8), (0.1, 0.2, 900.0), (9.0, 9.5, 1.0), (9.0, 9.5, None), (3.0, 40, 5)]
)
def test_what_is_booked_expected_and_to_be_reached_never_stand_on_one_another(
    booked: float, low: float, target: float | None
):
    ends = Intervals.of([low + 0.5], [low], [low + 1.0], n=[12])
    aim = None if target is None else (target, "target ¥11.8 m")
    written = ("¥1.80 m so far", "¥3.4 m expected · ¥2.1 m to ¥4.7 m")
    drawn = picture.svg(month.chart(booked, ends, written, target=aim, alt_text="x", key="x"), 330)
    wide, _ = picture.size(drawn)
    texts = placed(drawn)
    assert {text for *_, text in texts} >= {*written, *([aim[1]] if aim else [])}
    assert all(left >= 0 and right <= wide for left, right, *_ in texts)
    for (_, right, up, _), (left, _, other, _) in itertools.pairwise(sorted(texts, key=lambda one: (one[2], one[0]))):
        assert up != other or right < left


def placed(drawn: str) -> list[tuple[float, float, float, str]]:
    """Each text of a picture: from where to where, how far down, and what it says."""
    ((frame, _),) = re.findall(r'<g fill="none"[^>]*transform="translate\(([\d.]+),([\d.]+)\)"', drawn)[:1]
    found = re.findall(
        r'<text [^>]*?text-anchor="(\w+)" transform="translate\((-?[\d.]+),(-?[\d.]+)\)"[^>]*>([^<]+)</text>', drawn
    )
    texts: list[tuple[float, float, float, str]] = []
    for anchor, across, down, text in found:
        wide, at = 13 * fonts.fonts().width(text), float(frame) + float(across)
        left = at - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        texts.append((left, left + wide, float(down), text))
    return texts


def test_a_png_is_white_and_sharp():
    image = Image.open(io.BytesIO(picture.png(told.weeks(), 400)))
    assert abs(image.width - 800) < 60
    assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_forty_rows_leave_room_for_a_headline_on_the_same_page():
    chart = told.forest()
    tall = type(chart)({**chart.spec}, 1120, chart.alt, chart.key)
    assert picture.size(picture.svg(tall))[1] <= picture.TALLEST + 60
