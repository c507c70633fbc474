"""What Streamlit is handed of a chart: the story's specification, each layer with the rows that it names, once."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
import vl_convert

from story.chart import bars
from story.chart.over_time import trend
from story.parts import Block, Chart, Story
from ui import tell

FUNNEL = bars.funnel(["assigned", "bought"], [9.0, 4.0], ["9", "4"], alt_text="x", key="x")  # one table for all layers
CURVE = ([0.2, 0.3], [0.1, 0.2], [0.3, 0.4])
SURVIVAL = trend.survival(
    [0, 1], {"treated": CURVE}, ["better"], alt_text="x", key="x"
)  # a table of its own for the ends
LINE = Chart(
    {
        "data": {"name": "counted"},
        "layer": [
            {"mark": "line", "encoding": {"x": {"field": "day", "type": "quantitative"}}},
            {"mark": "rule", "encoding": {"x": {"field": "day", "type": "quantitative"}}, "data": {"name": "ends"}},
        ],
        "datasets": {"counted": [{"day": 1}, {"day": 2}], "ends": [{"day": 3}]},
    },
    100,
    "x",
    "x",
)  # a table for all layers but one


@pytest.mark.parametrize("chart", [FUNNEL, SURVIVAL, LINE], ids=["one table", "two tables", "one for all but one"])
def test_each_layer_holds_the_rows_that_the_story_gave_it(monkeypatch: pytest.MonkeyPatch, chart: Chart):
    handed: list[dict[str, Any]] = []
    monkeypatch.setattr("streamlit.vega_lite_chart", lambda spec, **_: handed.append(spec) or SimpleNamespace())
    tell.body(Story("x", (), rows=((Block("", "", chart),),)))
    spec = handed[0]
    shared = chart.spec.get("data")
    names = [layer.get("data", shared)["name"] for layer in chart.spec["layer"]]
    held = [rows for part in spec["layer"] for rows in [_rows(part["data"])] * len(part.get("layer", [part]))]
    assert held == [chart.spec["datasets"][name] for name in names]
    assert len(spec["layer"]) == len(chart.spec["datasets"])  # each once
    tell.body(Story("x", (), rows=((Block("", "", chart),),)))
    assert handed[1] is spec, "rows are written once, however often a page runs"
    bare = [{key: part for key, part in layer.items() if key != "data"} for layer in chart.spec["layer"]]
    flat = [layer for part in spec["layer"] for layer in part.get("layer", [part])]
    assert [{key: part for key, part in layer.items() if key != "data"} for layer in flat] == bare
    assert spec.keys() == chart.spec.keys() - {"datasets", "data"}
    assert _marks(vl_convert.vegalite_to_vega(spec)) == _marks(vl_convert.vegalite_to_vega(dict(chart.spec)))


def _rows(data: dict[str, Any]) -> list[Any]:
    """Vega reads text as its format says."""
    assert data.keys() == {"values", "format"}
    assert data["format"] == {"type": "json"}
    return json.loads(data["values"])


def _marks(drawn: dict[str, Any]) -> list[str]:
    return [mark["type"] for mark in drawn["marks"]]
