"""A chart as a picture: in the colours of paper, with nothing cut, the same every time."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from reports import picture
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


def test_a_png_is_white_and_sharp():
    image = Image.open(io.BytesIO(picture.png(told.weeks(), 400)))
    assert abs(image.width - 800) < 60
    assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_forty_rows_leave_room_for_a_headline_on_the_same_page():
    chart = told.forest()
    tall = type(chart)({**chart.spec}, 1120, chart.alt, chart.key)
    assert picture.size(picture.svg(tall))[1] <= picture.TALLEST + 60
