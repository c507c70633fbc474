"""Native charts: a person opens their data in the presentation and edits them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# python-pptx is not typed.

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.util import Pt
from story.chart.theme import LIGHT
from story.words import say

from reports.slides import markup
from reports.slides.reading import Bars, Line, Lines

SMALL: Final = Pt(10)
TINY: Final = Pt(8)
MANY: Final = 16
"""Bars beyond which their names are set smaller."""

Box = tuple[int, int, int, int]
"""Left, top, width and height on the slide."""


def add(slide: Any, shown: Bars | Lines, box: Box) -> Any:
    """Puts the chart on the slide and returns its frame."""
    if isinstance(shown, Bars):
        return _bars(slide, shown, box)
    if any(not isinstance(place, float) for line in shown.lines for place, _ in line.points):
        return _by_day(slide, shown, box)
    return _by_number(slide, shown, box)


def colour(role: str) -> RGBColor:
    """The colour of a role in the light theme."""
    return RGBColor.from_string(str(getattr(LIGHT, role)).removeprefix("#"))


def _bars(slide: Any, shown: Bars, box: Box) -> Any:
    """Horizontal bars, with their limits as error bars; what is written of a limited bar stands with its name."""
    data = CategoryChartData(number_format="0.0%" if shown.percent else "General")
    named = zip(shown.names, shown.texts, strict=True)
    data.categories = [f"{name}  {text}" for name, text in named] if shown.limits else list(shown.names)
    data.add_series(say("value"), list(shown.values))
    if shown.marks:
        data.add_series(say("plan"), list(shown.marks))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data)
    chart = frame.chart
    plot, first = chart.plots[0], chart.plots[0].series[0]
    plot.gap_width, plot.overlap = 60, 0
    for place, role in enumerate(shown.roles):
        fill = first.points[place].format.fill
        fill.solid()
        fill.fore_color.rgb = colour(role)
    first.invert_if_negative = False
    if shown.limits:
        _error_bars(first, shown)
    else:
        _labels(first, shown.texts)
    if shown.marks:
        fill = plot.series[1].format.fill
        fill.solid()
        fill.fore_color.rgb = colour("soft")
    chart.has_legend = bool(shown.marks)
    if shown.marks:
        _legend(chart)
    names = chart.category_axis
    names.reverse_order = True  # the first on top, as the story has it
    names.tick_labels.font.size = TINY if len(shown.names) > MANY else SMALL
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.format.line.color.rgb = colour("line")
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    return frame


def _labels(series: Any, texts: Sequence[str]) -> None:
    for place, text in enumerate(texts):
        label = series.points[place].data_label
        label.position = XL_LABEL_POSITION.OUTSIDE_END
        label.text_frame.text = text
        label.text_frame.paragraphs[0].runs[0].font.size = SMALL


def _error_bars(series: Any, shown: Bars) -> None:
    """Limits as custom error bars, which python-pptx has no call for."""
    plus = [
        high - value if value is not None else 0.0 for value, (_, high) in zip(shown.values, shown.limits, strict=True)
    ]
    minus = [
        value - low if value is not None else 0.0 for value, (low, _) in zip(shown.values, shown.limits, strict=True)
    ]
    bars = markup.child(None, "c:errBars")
    for name, value in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "1")):
        markup.child(bars, f"c:{name}", val=value)
    for name, lengths in (("plus", plus), ("minus", minus)):
        numbers = markup.child(markup.child(bars, f"c:{name}"), "c:numLit")
        markup.child(numbers, "c:formatCode", "General")
        markup.child(numbers, "c:ptCount", val=str(len(lengths)))
        for place, length in enumerate(lengths):
            markup.child(markup.child(numbers, "c:pt", idx=str(place)), "c:v", repr(length))
    markup.line(markup.child(bars, "c:spPr"), "a:ln", LIGHT.line, 1.25)
    markup.element(series).find(qn("c:cat")).addprevious(bars)  # the format has an order


def _by_day(slide: Any, shown: Lines, box: Box) -> Any:
    """Lines over days."""
    days = sorted({place for line in shown.lines for place, _ in line.points})
    data = CategoryChartData(number_format="0.0%" if shown.percent else "#,##0")
    data.categories = days
    for line in shown.lines:
        values = dict(line.points)
        data.add_series(line.name, [values.get(day) for day in days])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *box, data)
    for series, line in zip(frame.chart.plots[0].series, shown.lines, strict=True):
        series.smooth = False
        _drawn(series, line.role)
    _dressed(frame.chart, shown)
    return frame


def _by_number(slide: Any, shown: Lines, box: Box) -> Any:
    """Steps over numbers; the limits of each line as dashed lines."""
    data = XyChartData(number_format="0.0%" if shown.percent else "General")
    drawn: list[tuple[str, bool]] = []
    for line in shown.lines:
        for name, values, dashed in _curves(line):
            series = data.add_series(name)
            for place, value in values:
                series.add_data_point(place, value)
            drawn.append((line.role, dashed))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *box, data)
    for series, (role, dashed) in zip(frame.chart.plots[0].series, drawn, strict=True):
        _drawn(series, role, dashed=dashed)
    _dressed(frame.chart, shown)
    return frame


def _curves(line: Line) -> list[tuple[str, list[tuple[float | Any, float]], bool]]:
    """A line and, where it has a band, its limits: name, points of the steps, whether dashed."""
    places = [place for place, _ in line.points]
    curves = [(line.name, _steps(places, [value for _, value in line.points]), False)]
    if line.band:
        curves.append((say("{name}, low", name=line.name), _steps(places, [low for low, _ in line.band]), True))
        curves.append((say("{name}, high", name=line.name), _steps(places, [high for _, high in line.band]), True))
    return curves


def _steps(places: Sequence[Any], values: Sequence[float]) -> list[tuple[Any, float]]:
    """The corners of a step line that holds each value until the next."""
    points = list(zip(places, values, strict=True))
    corners = [
        points[:1],
        *([(after, value), (after, following)] for (_, value), (after, following) in pairwise(points)),
    ]
    return [point for corner in corners for point in corner]


def _drawn(series: Any, role: str, *, dashed: bool = False) -> None:
    line = series.format.line
    line.color.rgb, line.width = colour(role), Pt(0.75 if dashed else 2)
    if dashed:
        line.dash_style = MSO_LINE.DASH
    elif series.marker is not None:
        fill = series.marker.format.fill
        fill.solid()
        fill.fore_color.rgb = colour(role)
        series.marker.format.line.fill.background()


def _dressed(chart: Any, shown: Lines) -> None:
    chart.has_title = False
    chart.has_legend = True
    _legend(chart)
    for axis in (chart.category_axis, chart.value_axis):
        axis.tick_labels.font.size = SMALL
        axis.format.line.color.rgb = colour("grid")
    chart.value_axis.major_gridlines.format.line.color.rgb = colour("grid")
    chart.category_axis.has_major_gridlines = False
    chart.value_axis.tick_labels.number_format = "0%" if shown.percent else "#,##0"
    chart.value_axis.tick_labels.number_format_is_linked = False
    if shown.axis:
        chart.category_axis.has_title = True
        chart.category_axis.axis_title.text_frame.text = shown.axis
        chart.category_axis.axis_title.text_frame.paragraphs[0].runs[0].font.size = SMALL


def _legend(chart: Any) -> None:
    chart.legend.position = XL_LEGEND_POSITION.BOTTOM
    chart.legend.include_in_layout = False
    chart.legend.font.size = SMALL
