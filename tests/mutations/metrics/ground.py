"""Faults of what all statistics stand on: sums, intervals, the catalogue."""

from tests.mutations.mutation import Mutation

_MOMENTS = "tests/metrics/test_moments.py"
_ADD = f"{_MOMENTS} -k add_as_their_rows"
_GROUP = f"{_MOMENTS} -k by_group_are"
_ESTIMATE = "tests/metrics/test_estimate.py"
_CATALOGUE = "tests/metrics/test_catalogue.py"

MUTATIONS = [
    Mutation("metrics/moments.py", "share = np.divide(n_b, n,", "share = np.divide(n_a, n,", _ADD),
    Mutation("metrics/moments.py", "np.divide(n_a * n_b, n, out", "np.divide(n_a * n_b, n + 1, out", _ADD),
    Mutation("metrics/moments.py", "np.divide(self.squares, self.n - 1,", "np.divide(self.squares, self.n,", _ADD),
    Mutation("metrics/moments.py", "np.divide(self.product, self.n - 1,", "np.divide(self.product, self.n,", _ADD),
    Mutation("metrics/moments.py", "self.squares * factor**2", "self.squares * factor", f"{_MOMENTS} -k another_unit"),
    Mutation("metrics/moments.py", "self.squares + self.n * _gaps(self, whole, group) ** 2", "self.squares", _GROUP),
    Mutation(
        "metrics/moments.py",
        "_gaps(self.x, x, group) * _gaps(self.y, y, group)",
        "_gaps(self.x, x, group) ** 2",
        _GROUP,
    ),
    Mutation("metrics/moments.py", "self.product + other.product + between", "self.product + other.product", _ADD),
    Mutation(
        "metrics/moments.py",
        "counts.successes * (1 - counts.share)",
        "counts.n * (1 - counts.share)",
        f"{_MOMENTS} -k by_hand",
    ),
    Mutation("metrics/moments.py", "floats(both) - x.successes * y.share", "floats(both)", f"{_MOMENTS} -k by_hand"),
    Mutation("metrics/moments.py", "x = x[~np.isnan(x)]", "x = np.nan_to_num(x)", f"{_MOMENTS} -k no_customer_with"),
    Mutation(
        "metrics/moments.py",
        "_sums(known.astype(np.float64), group, k)",
        "_sums(np.ones(len(x)), group, k)",
        f"{_MOMENTS} -k counts_by_group",
    ),
    Mutation("metrics/estimate.py", "np.where(self.low > against", "np.where(self.low >= against", _ESTIMATE),
    Mutation("metrics/estimate.py", "np.where(self.high < against", "np.where(self.high <= against", _ESTIMATE),
    Mutation("metrics/estimate.py", "rising = np.asarray(factor) >= 0", "rising = np.abs(factor) >= 0", _ESTIMATE),
    Mutation(
        "metrics/estimate.py",
        "standard_error=self.standard_error * np.abs(factor)",
        "standard_error=self.standard_error * factor",
        _ESTIMATE,
    ),
    Mutation("metrics/estimate.py", "high=high * factor + shift", "high=high * factor", _ESTIMATE),
    Mutation(
        "metrics/estimate.py",
        "reason = np.where(np.isnan(lower) | np.isnan(upper)",
        "reason = np.where(np.isnan(lower) & np.isnan(upper)",
        _ESTIMATE,
    ),
    Mutation("metrics/estimate.py", "columns[name][rows] = getattr(other, name)", "pass", _ESTIMATE),
    Mutation(
        "metrics/catalogue/satisfaction.py",
        'denominator="invited",\n        unit=Unit.SHARE,\n        direction=Direction.UP',
        'denominator="invited",\n        unit=Unit.SHARE,\n        direction=Direction.DOWN',
        _CATALOGUE,
    ),
    Mutation(
        "metrics/catalogue/comparison.py",
        'key="incremental_conversion",\n        name=_("Incremental conversion"),',
        'key="incremental_conversion",\n        name=_("Relative lift"),',
        _CATALOGUE,
    ),
    Mutation("metrics/finding.py", "UNLIKELY = 0.2", "UNLIKELY = 1 - 0.8", "tests/metrics/week/test_findings.py"),
    Mutation("metrics/finding.py", "LIKELY = 0.8", "LIKELY = 0.9", "tests/metrics/week/test_findings.py"),
]
