"""Faults of how customers move between tiers, and what that is worth."""

from tests.mutations.mutation import Mutation

_IN = "tests/metrics/tiers"
_TRANSITION = f"{_IN}/test_transition.py"
_RATES = f"{_IN}/test_rates.py"
_MOBILITY = f"{_IN}/test_mobility.py"
_MARKOV = f"{_IN}/test_markov.py"
_PROJECTION = f"{_IN}/test_projection.py"
_GRACE = f"{_IN}/test_grace.py"
_LINES = f"{_IN}/test_lines.py"
_UPGRADE = f"{_IN}/test_upgrade_effect.py"
_BRIDGE = f"{_IN}/test_assets_moved.py"
_UPLIFT = f"{_IN}/test_uplift.py"
_FINDINGS = f"{_IN}/test_findings.py"


def _of(module: str, old: str, new: str, killed_by: str) -> Mutation:
    return Mutation(f"metrics/tiers/{module}.py", old, new, killed_by)


MUTATIONS = [
    _of("transition", "np.triu(self.continuing, 1)", "np.triu(self.continuing, 0)", _TRANSITION),
    _of("transition", "np.tril(self.continuing, -1)", "np.triu(self.continuing, 1)", _TRANSITION),
    _of("transition", "rng.standard_gamma(table + 0.5,", "rng.standard_gamma(table + 5.0,", _TRANSITION),
    _of("transition", "whole.counts - self.counts", "whole.counts", _TRANSITION),
    _of(
        "transition",
        "low, high = np.quantile(draws, [tail, 1 - tail], axis=0)",
        "low, high = np.quantile(draws, [2 * tail, 1 - 2 * tail], axis=0)",
        f"{_TRANSITION} {_PROJECTION}",
    ),
    _of("transition", "return self.counts[:, -1, :-1]", "return self.counts[:, :-1, -1]", _TRANSITION),
    _of(
        "transition",
        "[Fate.KEPT, Fate.ENTERED, Fate.LEFT]",
        "[Fate.KEPT, Fate.ENTERED, Fate.LEFT, Fate.OPEN]",
        _TRANSITION,
    ),
    _of("rates", "net = (up - down) / base", "net = (down - up) / base", _RATES),
    _of(
        "rates",
        "-_tango_limit(down, up, base, z), _tango_limit(up, down, base, z)",
        "-_tango_limit(up, down, base, z), _tango_limit(up, down, base, z)",
        _RATES,
    ),
    _of("rates", "- 8 * n * constant", "- 4 * n * constant", _RATES),
    _of(
        "mobility",
        "np.subtract.outer(np.arange(k), np.arange(k)).T",
        "np.subtract.outer(np.arange(k), np.arange(k))",
        _MOBILITY,
    ),
    _of("mobility", "return 1 - np.abs(np.linalg.det(matrix))", "return np.abs(np.linalg.det(matrix))", _MOBILITY),
    _of("mobility", "moduli[..., -2]", "moduli[..., -1]", _MOBILITY),
    _of(
        "mobility",
        "- np.trace(matrix, axis1=-2, axis2=-1)) / (k - 1)",
        "- np.trace(matrix, axis1=-2, axis2=-1)) / k",
        _MOBILITY,
    ),
    _of("markov", "np.maximum(samples - 1, 0) * np.maximum(ends - 1, 0)", "np.maximum(samples - 1, 0) * ends", _MARKOV),
    _of("markov", "as_far / (permutations + 1)", "as_far / permutations", _MARKOV),
    _of("markov", "small > 0.2 * cells", "small > 0.9 * cells", _MARKOV),
    _of(
        "markov", "(distance >= observed[:, None] * (1 - 1e-9))", "(distance > observed[:, None] * (1 + 1e-9))", _MARKOV
    ),
    _of("markov", "explained = excess[0] / sum(excess)", "explained = excess[1] / sum(excess)", _MARKOV),
    _of("markov", "_freedom(table)[0], 0.0)", "0.0, 0.0)", _MARKOV),
    _of("uplift", "np.minimum(rising * (factor - 1), stay)", "rising * (factor - 1)", f"{_UPLIFT} -k no_more_rise"),
    _of("uplift", "means[0] - means[1]", "means[0]", f"{_UPLIFT} -k half_more"),
    _of("uplift", "moved.sum(axis=1) - moved.sum(axis=2)", "moved.sum(axis=1)", f"{_UPLIFT} -k half_more"),
    _of("projection", "+ transitions.entries\n", "\n", _PROJECTION),
    _of(
        "projection",
        "return self.predicted.estimate - self.actual",
        "return self.actual - self.predicted.estimate",
        _PROJECTION,
    ),
    _of(
        "projection",
        "(after.continuing.sum(axis=1) + after.entries)",
        "(after.continuing.sum(axis=2) + after.entries)",
        _PROJECTION,
    ),
    _of("grace", '.sort_values(["rank", "months_below"])', '.sort_values(["months_below", "rank"])', _GRACE),
    _of("grace", 'Counts.of(rows["n"], rows["fell"])', 'Counts.of(rows["n"], rows["n"] - rows["fell"])', _GRACE),
    _of("lines", "(1 - checked_level(level)) / max(len(tiers), 1)", "(1 - checked_level(level))", _LINES),
    _of("lines", "tables[:, 0, 1], tables[:, 1, 0], net", "tables[:, 1, 0], tables[:, 0, 1], net", _LINES),
    _of("lines", "place[-1] = 2", "place[-1] = 1", _LINES),
    _of("lines", "argsort(-balance[rows]", "argsort(balance[rows]", _LINES),
    _of("findings", "np.where(moved.ravel() > 0, rates.low, np.nan)", "rates.estimate", _FINDINGS),
    _of("upgrade_effect", "np.cumsum(counts, axis=1) - counts / 2", "np.cumsum(counts, axis=1)", _UPGRADE),
    _of("upgrade_effect", "for side in (True, False))", "for side in (False, True))", _UPGRADE),
    _of("upgrade_effect", "total + 1 - tied", "total + 1", _UPGRADE),
    _of("upgrade_effect", "np.where(size > 1, size - 1, np.nan)", "np.where(size > 1, size, np.nan)", _UPGRADE),
    _of(
        "upgrade_effect",
        "_share(control, Movement.UPGRADE), _share(treated, Movement.UPGRADE)",
        "_share(treated, Movement.UPGRADE), _share(control, Movement.UPGRADE)",
        _UPGRADE,
    ),
    _of("assets_moved", "kept & (step > 0)", "kept & (step >= 0)", _BRIDGE),
    _of("assets_moved", "after - before - valuation", "after - before", _BRIDGE),
    _of(
        "assets_moved",
        'np.where(kept, _amounts(frame["sum_valuation"]), 0)',
        '_amounts(frame["sum_valuation"])',
        _BRIDGE,
    ),
    _of("findings", "parts[name] * np.sign(change)", "abs(parts[name])", _FINDINGS),
    _of("findings", "order.explained_by_clock >= MOSTLY", "order.explained_by_clock < MOSTLY", _FINDINGS),
    _of("findings", "p_values.adjusted < REJECTED_BELOW", "p_values.raw < REJECTED_BELOW", _FINDINGS),
    _of("findings", ".sum(axis=2)) / 2 / size.sum()", ".sum(axis=2)) / size.sum()", _FINDINGS),
    _of("findings", "np.nanargmax(np.abs(miss))", "np.nanargmax(miss)", _FINDINGS),
    _of(
        "markov",
        "part = 2 * (special.xlog1py(table, ratio) - off)",
        "part = 2 * (special.xlogy(table, table) - special.xlogy(table, expected))",
        f"{_MARKOV} -k hundred_million",
    ),
]
