"""Cluster-robust errors from customers' rows and full matrices, as published; slow, and independent of the library."""

from __future__ import annotations

import numpy as np


def dense_cr2(sizes, treated, means, between, within):
    """Standard error and degrees of freedom from customers' rows and full matrices, after Pustejovsky and Tipton."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    y = np.repeat(means, sizes)  # the spread within branches does not enter the residual totals
    x = np.column_stack([np.ones(len(y)), treated[group]]).astype(float)
    bread = np.linalg.inv(x.T @ x)
    left = np.eye(len(y)) - x @ bread @ x.T
    working = within * np.eye(len(y)) + between * (group[:, None] == group)
    of_residuals = left @ working @ left.T
    residual, variance, rows = left @ y, 0.0, []
    for g in range(len(sizes)):
        mine = group == g
        root = np.linalg.cholesky(working[np.ix_(mine, mine)]).T
        values, vectors = np.linalg.eigh(root @ of_residuals[np.ix_(mine, mine)] @ root.T)
        kept = values > 1e-9 * values.max()
        adjust = root.T @ ((vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T) @ root
        score = bread[1] @ x[mine].T @ adjust
        variance += (score @ residual[mine]) ** 2
        rows.append(score @ left[mine])
    p = np.array(rows) @ working @ np.array(rows).T
    return np.sqrt(variance), np.trace(p) ** 2 / np.sum(p**2)
