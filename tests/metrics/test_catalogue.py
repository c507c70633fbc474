import ast
import inspect
from pathlib import Path

import pytest

from metrics import catalogue
from metrics.catalogue import METRICS, SECTIONS, Direction, Unit, entry, metric
from metrics.errors import UnknownMetricError


def test_every_key_and_every_name_is_its_own() -> None:
    entries = [entry for section in SECTIONS.values() for entry in section]
    assert len(METRICS) == len(entries)
    assert len({entry.name for entry in entries}) == len(entries)


def test_two_denominators_are_two_names() -> None:
    """Within a section the same numerator over two denominators may not be told apart by its key alone."""
    for section in SECTIONS.values():
        divisions = [(e.numerator, e.denominator, e.unit, e.grain) for e in section if e.numerator and e.denominator]
        named = {(e.numerator, e.denominator): e.name for e in section if e.unit is Unit.SHARE and e.denominator}
        assert len(set(named.values())) == len(named)
        assert divisions


@pytest.mark.parametrize("key", METRICS)
def test_every_entry_says_what_it_is(key: str) -> None:
    described = METRICS[key]
    assert all((described.name, described.formula, described.grain, described.source, described.tables))
    if described.unit is Unit.SHARE and described.numerator:
        assert described.denominator or described.needs or key == "sample_ratio"
    assert described.direction in Direction


def test_texts_are_marked_for_translation() -> None:
    """Every text a page shows is written inside _(...), where the extractor of message ids finds it."""
    folder = Path(inspect.getfile(catalogue)).parent
    marked: set[str] = set()
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                marked.add(ast.literal_eval(node.args[0]))
    shown = {text for entry in METRICS.values() for text in (entry.name, entry.formula, entry.grain)}
    assert shown <= marked


def test_an_unknown_key_names_the_nearest() -> None:
    with pytest.raises(UnknownMetricError, match="Did you mean 'conversion_rate'") as raised:
        metric("conversion_rte")
    assert isinstance(raised.value, KeyError)
    with pytest.raises(UnknownMetricError, match="no metric 'zzz'"):
        metric("zzz")


def test_a_metric_is_a_record_that_nobody_changes() -> None:
    with pytest.raises(AttributeError):
        metric("sales").key = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        METRICS["sales"] = metric("contribution")  # type: ignore[index]
    assert entry.marked("text") == "text"


LESS_IS_BETTER = {
    *("internal_conversion_share", "campaign_cost", "cost_per_contact", "cost_per_participant", "cost_per_conversion"),
    *("break_even_conversions", "break_even_lift", "acquisition_cost"),
    *("incremental_acquisition_cost", "expected_loss", "complaint_rate", "reversal_rate", "breach_rate"),
    *("downgrade_rate", "exit_rate", "last_month_of_grace"),
}
NO_WAY_IS_BETTER = {
    *("members", "open_members", "sales_top_share", "budget_used", "sample_ratio", "standardised_difference"),
    *("reliability", "shorrocks_index", "bartholomew_index", "directional_index", "month_end_deviation"),
}


@pytest.mark.parametrize("key", METRICS)
def test_the_badge_of_every_metric_points_the_way_that_a_banker_would(key: str) -> None:
    """Read through by hand: a rise is good unless it costs, is lost, or says nothing of good and bad."""
    expected = (
        Direction.DOWN if key in LESS_IS_BETTER else Direction.NEITHER if key in NO_WAY_IS_BETTER else Direction.UP
    )
    assert metric(key).direction is expected
