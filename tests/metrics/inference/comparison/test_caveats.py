import numpy as np

from metrics.finding import FindingCode
from metrics.inference.cluster import difference_by_cluster
from metrics.inference.comparison.caveats import few_branches
from metrics.moments import Moments


def test_ten_branches_are_few_and_forty_are_not():
    rng = np.random.default_rng(1)
    comparison = np.repeat([0, 1], [10, 40])
    branches = Moments(np.full(50, 30.0), rng.normal(0, 1, 50), np.full(50, 90.0))
    found = few_branches(difference_by_cluster(comparison, np.arange(50) % 2 == 0, branches))
    assert [(f.code, f.values["comparison"], f.values["clusters"]) for f in found] == [
        (FindingCode.FEW_BRANCHES, 0, 10)
    ]
