"""Faults of what charts draw, and of what stands behind them: a wrong column, sign, unit or colour, a lost escape."""

from tests.mutations.mutation import Mutation

_CHART = "tests/story/chart"
_PLANS = f"{_CHART}/test_plans.py"
_TIERS = f"{_CHART}/test_tiers.py"
_TABLE = "tests/ui/test_table.py"
_EVIDENCE = "tests/ui/test_evidence.py"


def _over_time(name: str, old: str, new: str) -> Mutation:
    return Mutation(f"story/chart/over_time/{name}.py", old, new, f"{_CHART}/over_time/test_{name}.py")


def _form(name: str, old: str, new: str, killed_by: str = "") -> Mutation:
    return Mutation(f"story/chart/{name}.py", old, new, killed_by or f"{_CHART}/test_{name}.py")


MUTATIONS = [
    Mutation(
        "story/chart/theme.py", '["view"], "strokeWidth": 0}', '["view"]}', "tests/story/chart/test_theme.py -k wears"
    ),
    _over_time("landed", '"y": [1.0, 0.0, -1.0]', '"y": [-1.0, 0.0, 1.0]'),
    _over_time("rates", '"low": values.low', '"low": values.high'),
    _over_time("rates", "-top * _BELOW * (0.35 + 0.65 * (place % 5) / 4)", "-top * _BELOW * 0.35"),
    _over_time("trend", '"low": list(low)', '"low": list(estimate)'),
    _over_time("trend", "figures.percent(value, 2)", "figures.percent(value / 100, 2)"),
    _over_time("strip", '"low": control.low / divisor', '"low": control.low'),
    _over_time("strip", '"value": control.value / divisor', '"value": control.value'),
    _over_time("strip", '[*["text"] * (len(starts) - 1), role]', '[role, *["text"] * (len(starts) - 1)]'),
    _over_time("strip", 'say("upper limit"): last["high"]', 'say("upper limit"): last["low"]'),
    _over_time("band", '"dashed": dashed', '"dashed": not dashed'),
    _over_time("ages", 'rows[rows["dash"] < 0]', 'rows[rows["dash"] > 0]'),
    _form("bridge", '["line", *roles, "line"]', '["line", *reversed(roles), "line"]'),
    _form("fan", '"ring": share(row.ring)', '"ring": share(row.line)'),
    _form("fan", "value / row.median - 1", "1 - value / row.median"),
    _form("forest", "for place, row in enumerate(rows)}", "for place, row in enumerate(reversed(rows))}"),
    _form("forest", "max(min(row.high, high), low) for", "row.high for"),
    _form("crossings", '"down": -np.asarray(down', '"down": np.asarray(down', _TIERS),
    _form("crossings", "[each[0] for each in written]", "[each[1] for each in written]", _TIERS),
    _form("clock", '"became": list(became)', '"became": list(written)', _TIERS),
    _form("matrix", "[rows[cell.row] for cell in cells]", "[rows[0] for cell in cells]", _TIERS),
    _form("share_funnel", 'band("inner", 0.8)', 'band("outer", 0.8)', _TIERS),
    _form(
        "share_funnel",
        'float(ends["outer_high"].iloc[0]), float(ends["inner_high"].iloc[0])',
        'float(ends["inner_high"].iloc[0]), float(ends["outer_high"].iloc[0])',
        _TIERS,
    ),
    Mutation(
        "story/chart/over_time/dates.py",
        'datetime("{midnight(last)}")',
        'datetime("{midnight(first)}")',
        "tests/pages/campaigns/test_programme_shown.py -k timeline_is_its",
    ),
    Mutation("story/chart/over_time/dates.py", "T00:00:00", "", "tests/story/chart/test_forms.py -k midnight"),
    _form("share_funnel", 'max(reach, *limits["at"])', "0.5 * reach", _TIERS),
    _form("bars", 'x="planned:Q"', 'x="actual:Q"', _PLANS),
    _form("month", '"low": low if known else estimate', '"low": low', _PLANS),
    _form("split", '("best", "better", words[2])', '("best", "better", words[1])', _PLANS),
    _form("outcomes", 'np.where(values > 0, "better"', 'np.where(values < 0, "better"', _PLANS),
    _form("outcomes", "np.minimum(low, high), np.maximum(low, high)", "low, high", _PLANS),
    Mutation("ui/table.py", "[plain(_broken_well(text)) for text", "[_broken_well(text) for text", _TABLE),
    Mutation("ui/evidence.py", 'when="" if of_campaigns else traced.period.key', 'when=""', _EVIDENCE),
    Mutation("ui/evidence.py", "and len(traced.campaigns) == 1 else", "else", _EVIDENCE),
    Mutation(
        "ui/take/customers.py",
        '"rows": str(answer.n), "purpose"',
        '"rows": str(len(answer.rows)), "purpose"',
        "tests/ui/take/test_customers.py",
    ),
    _form("forest", 'f"[{low:.9g}, width', 'f"[{high:.9g}, width', f"{_CHART}/test_forest.py"),
]
