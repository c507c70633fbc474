"""Native charts: a person opens their data in the presentation and edits them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# python-pptx is not typed.

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any, Final

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt
from story import figures
from story.chart.theme import LIGHT
from story.words import say

from reports.slides.reading import Bars, Bridge, Forest, Line, Lines

SMALL: Final = Pt(10)
TINY: Final = Pt(8)
MANY: Final = 16
"""Bars beyond which their names are set smaller."""

_ROOM_FOR_NAMES: Final = 0.35
"""Of the axis, to the left of all intervals."""

Box = tuple[int, int, int, int]
"""Left, top, width and height on the slide."""


def add(slide: Any, shown: Bars | Bridge | Forest | Lines, box: Box) -> Any:
    """Puts the chart on the slide and returns its frame."""
    if isinstance(shown, Bars):
        return _bars(slide, shown, box)
    if isinstance(shown, Bridge):
        return _bridge(slide, shown, box)
    if isinstance(shown, Forest):
        return _forest(slide, shown, box)
    if any(not isinstance(place, float) for line in shown.lines for place, _ in line.points):
        return _by_day(slide, shown, box)
    return _by_number(slide, shown, box)


def colour(role: str) -> RGBColor:
    """The colour of a role in the light theme."""
    return RGBColor.from_string(str(getattr(LIGHT, role)).removeprefix("#"))


def _bars(slide: Any, shown: Bars, box: Box) -> Any:
    """Horizontal bars from zero, what is written at their ends."""
    data = CategoryChartData()
    data.categories = list(shown.names)
    data.add_series(say("actual") if shown.marks else "", list(shown.values))
    if shown.marks:
        data.add_series(say("plan"), list(shown.marks))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data)
    chart = frame.chart
    chart.has_title, chart.has_legend = False, bool(shown.marks)
    plot, first = chart.plots[0], chart.plots[0].series[0]
    plot.gap_width, plot.overlap = 60, 0
    first.invert_if_negative = False
    for place, (role, text) in enumerate(zip(shown.roles, shown.texts, strict=True)):
        _filled(first.points[place].format, role)
        _label(first.points[place], text, XL_LABEL_POSITION.OUTSIDE_END)
    if shown.marks:
        _filled(first.format, "none")  # as the legend shows it
        _filled(plot.series[1].format, "line")
        _legend(chart)
    names, values = _named(chart, len(shown.names)), chart.value_axis
    names.format.line.color.rgb = colour("line")
    values.minimum_scale = min(0.0, *(value for value in shown.values if value is not None), 0.0)
    values.visible, values.has_major_gridlines = False, False
    return frame


def _named(chart: Any, bars: int) -> Any:
    """The axis of names: the first on top, as the story has it."""
    names = chart.category_axis
    names.reverse_order = True
    names.tick_labels.font.size = TINY if bars > MANY else SMALL
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.major_tick_mark = XL_TICK_MARK.NONE
    return names


def _bridge(slide: Any, shown: Bridge, box: Box) -> Any:
    """Bars one on another: an unseen one up to where a change begins, the change, an unseen one that bears its text.

    What lies on both sides of zero is a bar on each. A balance is a bar without length, and a stroke marks its place.
    """
    room = shown.domain[1] - shown.domain[0]
    spans = [(min(ends), max(ends)) for ends in zip(shown.starts, shown.ends, strict=True)]
    data = CategoryChartData(number_format="#,##0.##")
    data.categories = list(shown.names)
    data.add_series(say("begins at"), [max(low, 0.0) + min(high, 0.0) for low, high in spans])
    data.add_series(say("change"), [max(high, 0.0) - max(low, 0.0) for low, high in spans])
    data.add_series(say("change below zero"), [min(low, 0.0) - min(high, 0.0) for low, high in spans])
    data.add_series("", [-room if high < 0 else room for _, high in spans])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, *box, data)
    chart = frame.chart
    chart.has_title, chart.has_legend = False, False
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = 60, 100
    unseen, above, below, bearer = plot.series
    for series in (unseen, bearer):
        series.format.fill.background()
        series.format.line.fill.background()
    for place, (role, text) in enumerate(zip(shown.roles, shown.texts, strict=True)):
        for series in (above, below):
            series.invert_if_negative = False
            _filled(series.points[place].format, role)
        balance = shown.starts[place] == shown.ends[place]
        marked = (f"{text} |" if shown.ends[place] < 0 else f"| {text}") if balance else text
        _label(bearer.points[place], marked, XL_LABEL_POSITION.INSIDE_BASE)
    names, values = _named(chart, len(shown.names)), chart.value_axis
    names.format.line.fill.background()
    values.minimum_scale, values.maximum_scale = shown.domain
    values.visible, values.has_major_gridlines = False, False
    return frame


def _forest(slide: Any, shown: Forest, box: Box) -> Any:
    """A dot on a line for each row, with its name before it; zero, where it is in sight, is the darkest line.

    Each row is a series of three points, so that every program draws it and a person edits it by its name.
    """
    size = TINY if len(shown.names) > MANY else SMALL
    low, high = shown.domain
    low, high, step = _nice(low - (high - low) * _ROOM_FOR_NAMES, high)
    data = XyChartData(number_format="0.0%" if shown.percent else "General")
    for place, (name, estimate, limits) in enumerate(zip(shown.names, shown.estimates, shown.limits, strict=True)):
        series = data.add_series(name)
        for value in (limits[0], estimate, limits[1]):
            series.add_data_point(value, -place)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, *box, data)
    chart = frame.chart
    chart.has_title, chart.has_legend = False, False
    for series, name, text, role in zip(chart.plots[0].series, shown.names, shown.texts, shown.roles, strict=True):
        series.smooth = False
        _drawn(series, role)
        dot = series.points[1]
        dot.marker.style, dot.marker.size = XL_MARKER_STYLE.CIRCLE, 6
        _filled(dot.marker.format, role)
        dot.format.line.color.rgb, dot.format.line.width = colour(role), Pt(2)
        _label(series.points[0], f"{name}  {text}", XL_LABEL_POSITION.LEFT, size)
    across, down = chart.category_axis, chart.value_axis
    across.minimum_scale, across.maximum_scale, across.major_unit = low, high, step
    across.tick_labels.font.size = SMALL
    across.tick_labels.number_format, across.tick_labels.number_format_is_linked = _digits(shown, step), False
    across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    across.has_major_gridlines, across.major_tick_mark = False, XL_TICK_MARK.NONE
    across.format.line.color.rgb = colour("grid")
    down.minimum_scale, down.maximum_scale = -len(shown.names) + 0.4, 0.6
    down.has_major_gridlines = False
    down.tick_label_position, down.major_tick_mark = XL_TICK_LABEL_POSITION.NONE, XL_TICK_MARK.NONE
    down.format.line.color.rgb = colour("line" if low < 0 < high else "grid")
    # Where one axis crosses the other is, in this library, said at the other.
    down.crosses = XL_AXIS_CROSSES.MINIMUM
    across.crosses = XL_AXIS_CROSSES.AUTOMATIC if low < 0 < high else XL_AXIS_CROSSES.MINIMUM
    return frame


def _nice(low: float, high: float) -> tuple[float, float, float]:
    """An axis over this domain that begins and ends on its ticks: from, to, step."""
    power = 10.0 ** math.floor(math.log10((high - low) / 6))
    step = next(power * of for of in (1.0, 2.0, 5.0, 10.0) if power * of >= (high - low) / 6)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _digits(shown: Forest, step: float) -> str:
    decimals = max(0, -math.floor(math.log10(step * (100 if shown.percent else 1) + 1e-12)))
    number = "0" + ("." + "0" * decimals if decimals else "")
    return f"{number}%" if shown.percent else f"+{number};\u2212{number};0"


def _label(point: Any, text: str, position: Any, size: Any = SMALL) -> None:
    label = point.data_label
    label.position = position
    label.text_frame.text = text
    label.text_frame.word_wrap = False
    for run in label.text_frame.paragraphs[0].runs:
        run.font.size = size


def _filled(form: Any, role: str) -> None:
    form.fill.solid()
    form.fill.fore_color.rgb = colour(role)


def _by_day(slide: Any, shown: Lines, box: Box) -> Any:
    """Lines over days, each written as the reader's language writes it."""
    days = sorted({place for line in shown.lines for place, _ in line.points if isinstance(place, date)})
    written = figures.day if len({day.year for day in days}) > 1 else figures.short_day
    data = CategoryChartData(number_format="0.0%" if shown.percent else "#,##0")
    data.categories = [written(day) for day in days]
    for line in shown.lines:
        values = dict(line.points)
        data.add_series(line.name, [values.get(day) for day in days])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *box, data)
    for series, line in zip(frame.chart.plots[0].series, shown.lines, strict=True):
        series.smooth = False
        _drawn(series, line.role)
        _filled(series.marker.format, line.role)
        series.marker.format.line.fill.background()
    _dressed(frame.chart, shown)
    frame.chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
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
    curves = [(line.name, _steps(line.points), False)]
    if line.band:
        low, high = ([(place, limits[side]) for place, *limits in line.band] for side in (0, 1))
        curves.append((say("{name}, low", name=line.name), _steps(low), True))
        curves.append((say("{name}, high", name=line.name), _steps(high), True))
    return curves


def _steps(points: Sequence[tuple[Any, float]]) -> list[tuple[Any, float]]:
    """The corners of a step line that holds each value until the next."""
    corners = ([(after, value), (after, following)] for (_, value), (after, following) in pairwise(points))
    return [*points[:1], *(point for corner in corners for point in corner)]


def _drawn(series: Any, role: str, *, dashed: bool = False) -> None:
    line = series.format.line
    line.color.rgb, line.width = colour(role), Pt(0.75 if dashed else 2)
    if dashed:
        line.dash_style = MSO_LINE.DASH


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
