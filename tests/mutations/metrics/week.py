"""Faults of the week: signals, comparable weeks, explained changes, the month's end."""

from tests.mutations.mutation import Mutation

_IN = "tests/metrics/week"
_CHART = f"{_IN}/test_control_chart.py -m 'not slow'"
_REVIEW = f"{_IN}/test_review.py"
_CHANGE = f"{_IN}/test_explained_change.py -m 'not slow'"
_RUN_RATE = f"{_IN}/test_run_rate.py -m 'not slow'"
_CALENDAR = f"{_IN}/test_business_calendar.py"
_FINDINGS = f"{_IN}/test_findings.py"
_ALARMS = f"{_IN}/test_false_alarms.py"
_STEADY = f"{_IN}/test_steady_share.py -m 'not slow'"
_SIDES = f"{_IN}/test_breakdown.py -k 'by_hand or without_a_name'"


def _of(module: str, old: str, new: str, killed_by: str) -> Mutation:
    return Mutation(f"metrics/week/{module}.py", old, new, killed_by)


MUTATIONS = [
    _of(
        "control_chart",
        "_of_last(on_side > 1.5 * s, window=4, ",
        "_of_last(on_side > 2 * s, window=4, ",
        _CHART,
    ),
    _of("control_chart", "& (on_side > 1.5 * s)]", "]", _CHART),
    _of("control_chart", "RUN = 8 ", "RUN = 9 ", _CHART),
    _of("control_chart", "D2 = 1.128 ", "D2 = 1.0 ", _CHART),
    _of("control_chart", "D4 = 3.268 ", "D4 = 2.66 ", _CHART),
    _of(
        "control_chart",
        "np.arange(len(values)) < len(values) - 1 if",
        "np.arange(len(values)) < len(values) if",
        _CHART,
    ),
    _of(
        "control_chart",
        "base.sum() < FEWEST:\n        return _without_limits(series, base)\n    weight",
        "base.sum() < FEWEST - 1:\n        return _without_limits(series, base)\n    weight",
        _CHART,
    ),
    _of(
        "control_chart",
        "np.full_like(series, centre), chance * between",
        "np.full_like(series, centre), chance",
        _CHART,
    ),
    _of(
        "control_chart",
        "(np.clip(centre + side * 3 * sigma, chart.floor, chart.ceiling) for",
        "(centre + side * 3 * sigma for",
        _CHART,
    ),
    _of("control_chart", "np.divide(1.0, m, out=np.ones_like(learned), where=m > 0)", "np.zeros_like(learned)", _CHART),
    _of("control_chart", "np.tri(len(offset), k=-1, dtype=bool)", "np.tri(len(offset), k=0, dtype=bool)", _CHART),
    _of(
        "control_chart",
        "chart.value - chart.centre if additive else chart.value / chart.centre",
        "chart.value / chart.centre",
        _REVIEW,
    ),
    _of("control_chart", "np.abs(d) > 3 * s", "np.abs(d) > 2.66 * s", _CHART),
    _of("control_chart", "NEAR = 3 ", "NEAR = 2 ", _CHART),
    _of("control_chart", "ordinary &= ~apart", "pass", _CHART),
    _of("review", "slice(last - 1, last) if last > 0", "slice(last, last + 1) if last > 0", _REVIEW),
    _of(
        "review",
        "before.squares + before.n * before.mean**2 + after.squares + after.n * after.mean**2",
        "before.squares + after.squares",
        _REVIEW,
    ),
    _of("review", "floor=-np.inf if signed else 0.0", "floor=-np.inf", _REVIEW),
    _of(
        "review",
        "difference_in_shares(counts[year], counts[last], level)",
        "difference_in_shares(counts[last], counts[year], level)",
        _REVIEW,
    ),
    _of("review", "(back >= 1) & (back <= weeks)", "(back >= 0) & (back <= weeks)", _REVIEW),
    _of(
        "explained_change",
        "mix = (share_after - share_before) * midpoint",
        "mix = (share_after - share_before) * (rate_before + rate_after) / 2",
        _CHANGE,
    ),
    _of(
        "explained_change",
        "(rate_after - rate_before) * (share_before + share_after) / 2",
        "(rate_after - rate_before) * share_after",
        _CHANGE,
    ),
    _of(
        "explained_change",
        "(all_after - all_before) * (average.before + average.after) / 2",
        "(all_after - all_before) * average.before",
        _CHANGE,
    ),
    _of("read_weekly", "spread = max(1.0, math.sqrt(float(np.sum(base**2)) / (weeks - 1)))", "spread = 1.0", _ALARMS),
    _of("read_weekly", "math.sqrt(1 + 1 / weeks)", "0.8", _ALARMS),
    _of("read_weekly", "run = run_length(base)", "run = RUN", _ALARMS),
    _of("working_week", "by_day ** (1 / self.root)", "by_day", _ALARMS),
    _of("working_week", "whole * self.days)", "whole)", _ALARMS),
    _of("working_week", "_FEW: Final = 0.5", "_FEW: Final = 0.1", _ALARMS),
    _of(
        "working_week",
        "np.where(festival | (usual == 0), 1.0, days",
        "np.where(usual == 0, 1.0, days",
        "tests/metrics/week/test_working_week.py",
    ),
    _of("by_chance", "np.minimum(chart.low, fewest)", "chart.low", "tests/metrics/week/test_by_chance.py"),
    _of("by_chance", "np.maximum(chart.high, most)", "chart.high", "tests/metrics/week/test_by_chance.py"),
    _of("by_chance", "inside, Rule.USUAL.value,", "judged, Rule.USUAL.value,", "tests/metrics/week/test_by_chance.py"),
    _of("control_chart", "spread * varies, ordinary", "spread * np.ones_like(varies), ordinary", _ALARMS),
    _of("explained_change", "np.argsort(-(parts - floor), kind", "np.argsort(parts - floor, kind", _CHANGE),
    _of(
        "explained_change", "np.where(np.isnan(before), np.nan_to_num(after), before)", "np.nan_to_num(before)", _CHANGE
    ),
    _of("run_rate", "residual * (1 + 1 / months)", "residual", _RUN_RATE),
    _of("run_rate", "max(expected - margin, booked)", "expected - margin", _RUN_RATE),
    _of("run_rate", "stats.t.isf((1 - level) / 2, rest.df)", "stats.t.isf(1 - level, rest.df)", _RUN_RATE),
    _of("run_rate", "df = months - 2", "df = months", _RUN_RATE),
    _of("run_rate", "+ (slope_error * lead) ** 2", "", _RUN_RATE),
    _of("run_rate", "held = min(max(fitted, 0.0), in_proportion)", "held = fitted", _RUN_RATE),
    _of("run_rate", "in_proportion / np.sqrt(12)", "0.0", _RUN_RATE),
    _of("run_rate", "booked >= target:", "booked > target:", _RUN_RATE),
    _of("run_rate", "(target - expected) / rest.error", "(expected - target) / rest.error", _RUN_RATE),
    _of("run_rate", "(1 - done) / done if done", "1 / done if done", _RUN_RATE),
    _of("run_rate", "float(after.mean()) if counted else 0.0", "0.0", _RUN_RATE),
    _of("business_calendar", "FESTIVAL_WEEKS = (-1, 2)", "FESTIVAL_WEEKS = (-1, 1)", _CALENDAR),
    _of("business_calendar", "number - (number + 3) % 7", "number - (number + 4) % 7", _CALENDAR),
    _of("business_calendar", "years_back=1) + from_festival", "years_back=1)", _CALENDAR),
    _of("business_calendar", " & np.isnan(festival_offset(by_date))", "", _CALENDAR),
    _of("business_calendar", "np.datetime64(last) + 1", "np.datetime64(last)", _CALENDAR),
    _of("business_calendar", '+ np.timedelta64(3, "D")\n    months', "\n    months", _CALENDAR),
    _of("findings", "month.chance <= UNLIKELY", "month.chance < UNLIKELY", _FINDINGS),
    _of("findings", "above if chart.above[-1] else below", "below if chart.above[-1] else above", _FINDINGS),
    _of("findings", "weeks < FEWEST:", "weeks <= FEWEST:", _FINDINGS),
    _of("steady_share", "base_did, size)[campaign] - base_did", "base_did, size)[campaign]", _STEADY),
    _of("steady_share", "[campaign] - base_n", "[campaign]", _STEADY),
    _of("steady_share", "np.where(teaches, customers, 0.0)", "customers", _STEADY),
    _of("steady_share", "* rate * (1 - rate) * (1 +", "* rate * (1 - rate) * (0 *", _STEADY),
    _of("steady_share", "self.comparable >= COMPARABLE_ENOUGH", "self.comparable >= 0", _STEADY),
    _of("steady_share", "self.usual * np.sqrt(self.variance)", "np.sqrt(self.variance)", _STEADY),
    _of("steady_share", "observed=by_week(np.where(enough, did, 0.0))", "observed=by_week(did)", _STEADY),
    _of("steady_share", "others >= max(fewest, 1)", "others > max(fewest, 1)", _STEADY),
]
