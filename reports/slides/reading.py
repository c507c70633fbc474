"""What a chart shows, read from its specification: bars, intervals, lines; None where a slide has no form for it.

A story's chart is marks and their data. Whatever a slide cannot draw by itself is shown as a picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from story.chart.theme import ROLES
from story.parts import Chart

Datum = Mapping[str, Any]
Layer = Mapping[str, Any]

_GREY: Final = "none"


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars below one another, the first on top.

    Attributes:
        names: One a bar.
        values: Its length; None where there is none.
        texts: What is written at its end; empty where nothing is.
        roles: What its colour means.
        marks: A second value of each bar, such as the plan; empty where bars have none.
    """

    names: tuple[str, ...]
    values: tuple[float | None, ...]
    texts: tuple[str, ...]
    roles: tuple[str, ...]
    marks: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Bridge:
    """Changes from one balance to another, each a bar from where the last one ended, the first on top.

    Attributes:
        names: Of the balance before, of each change, and of the balance after.
        starts: Where each bar begins.
        ends: Where it ends; a balance begins where it ends.
        texts: What is written beside it.
        roles: What its colour means.
        domain: From where to where the axis reaches.
    """

    names: tuple[str, ...]
    starts: tuple[float, ...]
    ends: tuple[float, ...]
    texts: tuple[str, ...]
    roles: tuple[str, ...]
    domain: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Forest:
    """Intervals below one another, the first on top.

    Attributes:
        names: One an interval.
        estimates: Where its dot stands.
        limits: Low and high, as far as they are drawn.
        texts: How the estimate is written.
        roles: What its colour means.
        domain: From where to where the axis reaches.
        percent: Whether values are shares.
    """

    names: tuple[str, ...]
    estimates: tuple[float, ...]
    limits: tuple[tuple[float, float], ...]
    texts: tuple[str, ...]
    roles: tuple[str, ...]
    domain: tuple[float, float]
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, its points, what its colour means, and low and high of its band where it has one."""

    name: str
    points: tuple[tuple[float | date, float], ...]
    role: str
    band: tuple[tuple[float | date, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines over one axis, of days or of numbers."""

    lines: tuple[Line, ...]
    axis: str
    percent: bool = False


def read(chart: Chart) -> Bars | Bridge | Forest | Lines | None:
    """What the chart shows, if a slide can draw all of it."""
    layers: Sequence[Layer] = chart.spec.get("layer", ())
    for layer in layers:
        rows, x, y = _rows(layer, chart.spec), _channel(layer, "x"), _channel(layer, "y")
        if _mark(layer) == "bar" and x.get("type") == "quantitative" and y.get("type") == "nominal":
            return _bridge(rows, layer, layers) if _ranged(layer) else _bars(rows, x["field"], y, layers)
        if _mark(layer) == "circle" and x.get("type") == "quantitative" and y.get("type") == "nominal":
            return _forest(rows, x, layers)
        if _mark(layer) == "line" and y.get("type") == "quantitative" and x.get("type") in ("temporal", "quantitative"):
            return _lines(rows, layer, layers)
    return None


def _bars(rows: Sequence[Datum], field: str, y: Datum, layers: Sequence[Layer]) -> Bars | None:
    names = [str(row[y["field"]]) for row in rows]
    if len(set(names)) != len(names):  # parts of a bar, one on another
        return None
    order = {name: place for place, name in enumerate(y["sort"])} if isinstance(y.get("sort"), list) else {}
    ordered = sorted(rows, key=lambda row: order.get(str(row[y["field"]]), len(order)))
    texts = [_channel(layer, "text")["field"] for layer in layers if "field" in _channel(layer, "text")]
    if len(texts) > 1:  # a column of text beside the bars
        return None
    written = texts[0] if texts else ""
    marked = next((_channel(layer, "x").get("field") for layer in layers if _mark(layer) == "tick"), None)
    return Bars(
        tuple(str(row[y["field"]]) for row in ordered),
        tuple(_number(row.get(field)) for row in ordered),
        tuple(str(row.get(written, "")) for row in ordered),
        tuple(_role(row) for row in ordered),
        tuple(_number(row.get(marked)) for row in ordered) if marked else (),
    )


def _bridge(rows: Sequence[Datum], layer: Layer, layers: Sequence[Layer]) -> Bridge | None:
    domain = _domain(_channel(layer, "x"))
    totals = any(_mark(other) == "tick" for other in layers)
    if domain is None or not totals or not all({"name", "from", "to", "text", "total"} <= set(row) for row in rows):
        return None
    return Bridge(
        tuple(str(row["name"]) for row in rows),
        tuple(float(row["from"]) for row in rows),
        tuple(float(row["to"]) for row in rows),
        tuple(str(row["text"]) for row in rows),
        tuple(_role(row) for row in rows),
        domain,
    )


def _forest(rows: Sequence[Datum], x: Datum, layers: Sequence[Layer]) -> Forest | None:
    domain = _domain(x)
    whole = all({"name", "from", "to", "written"} <= set(row) for row in rows)
    if domain is None or not whole or any(_number(row[x["field"]]) is None for row in rows):
        return None
    return Forest(
        tuple(str(row["name"]) for row in rows),
        tuple(float(row[x["field"]]) for row in rows),
        tuple(_limits(row, float(row[x["field"]])) for row in rows),
        tuple(str(row["written"]) for row in rows),
        tuple(_role(row) for row in rows),
        domain,
        _percent(layers),
    )


def _domain(x: Datum) -> tuple[float, float] | None:
    """From where to where an axis reaches, where the chart says it."""
    scale: Mapping[str, Sequence[float]] = x.get("scale") or {}
    domain = scale.get("domain", ())
    return (float(domain[0]), float(domain[1])) if len(domain) == 2 else None


def _limits(row: Datum, estimate: float) -> tuple[float, float]:
    """The interval as it is drawn; a dot alone where there is none."""
    low, high = _number(row["from"]), _number(row["to"])
    return (estimate, estimate) if low is None or high is None else (low, high)


def _lines(rows: Sequence[Datum], layer: Layer, layers: Sequence[Layer]) -> Lines | None:
    x, y = _channel(layer, "x"), _channel(layer, "y")
    detail = _channel(layer, "detail").get("field") or _channel(layer, "color").get("field")
    if detail is None or "field" not in x or "field" not in y:
        return None
    banded = any(_mark(other) == "area" for other in layers)
    if banded and (x["type"] == "temporal" or not all({"low", "high"} <= set(row) for row in rows)):
        return None  # a line over days has no native band, and without it would say more than is known
    lines: list[Line] = []
    for name in dict.fromkeys(str(row[detail]) for row in rows):
        own = [row for row in rows if str(row[detail]) == name and _number(row[y["field"]]) is not None]
        points = tuple((_place(row[x["field"]], x["type"]), float(row[y["field"]])) for row in own)
        limits = [
            (place, _number(row.get("low")), _number(row.get("high")))
            for (place, _), row in zip(points, own, strict=True)
        ]
        band = tuple((place, low, high) for place, low, high in limits if low is not None and high is not None)
        lines.append(Line(name, points, _role(own[0]) if own else _GREY, band if banded else ()))
    return Lines(tuple(lines), str(x.get("title") or ""), _percent(layers))


def _mark(layer: Layer) -> str:
    mark: Any = layer.get("mark", "")
    return str(mark if isinstance(mark, str) else mark["type"])


def _channel(layer: Layer, name: str) -> Datum:
    return layer.get("encoding", {}).get(name, {})


def _ranged(layer: Layer) -> bool:
    return bool(_channel(layer, "x2") or _channel(layer, "y2"))


def _rows(layer: Layer, spec: Mapping[str, Any]) -> Sequence[Datum]:
    data: Mapping[str, Any] = layer.get("data") or spec.get("data") or {}
    return data["values"] if "values" in data else spec.get("datasets", {}).get(data.get("name"), ())


def _role(row: Datum) -> str:
    role = row.get("role", _GREY)
    return role if role in ROLES else _GREY


def _percent(layers: Sequence[Layer]) -> bool:
    """Whether an axis writes its values as percentages."""
    axes: list[Datum | None] = [_channel(layer, name).get("axis") for layer in layers for name in ("x", "y")]
    return any("* 100" in str(axis.get("labelExpr", "")) for axis in axes if axis)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and value == value else None


def _place(value: object, kind: str) -> float | date:
    return datetime.fromisoformat(str(value)).date() if kind == "temporal" else float(str(value))
