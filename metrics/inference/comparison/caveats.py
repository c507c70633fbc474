"""What has to be said beside a verdict on branches: that they are few."""

from __future__ import annotations

import numpy as np

from metrics.finding import Finding, FindingCode
from metrics.inference.cluster import ClusterComparison


def few_branches(branches: ClusterComparison) -> tuple[Finding, ...]:
    """Comparisons whose limits lean on few branches, with the design effect that customers alone would hide.

    Sixty branches of which one holds most customers tell as much as `effective` branches of one size.
    """
    return tuple(
        Finding(
            FindingCode.FEW_BRANCHES,
            {
                "comparison": int(row),
                "clusters": int(branches.clusters[row]),
                "effective": int(branches.effective_clusters[row]),
                "design_effect": float(branches.design_effect[row]),
            },
        )
        for row in np.flatnonzero(branches.few & branches.effect.known)
    )
