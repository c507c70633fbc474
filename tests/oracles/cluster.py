"""Cluster-robust errors from customers' rows and full matrices, as published; slow, and independent of the library."""

from __future__ import annotations

import numpy as np
from scipy.integrate import quad


def scores(sizes, treated, between, within):
    """Rows of customers' weights whose squares add up to the CR2 variance, the working covariance, and the contrast."""
    group = np.repeat(np.arange(len(sizes)), sizes)
    x = np.column_stack([np.ones(len(group)), treated[group]]).astype(float)
    bread = np.linalg.inv(x.T @ x)
    left = np.eye(len(group)) - x @ bread @ x.T
    working = within * np.eye(len(group)) + between * (group[:, None] == group)
    of_residuals, rows = left @ working @ left.T, []
    for g in range(len(sizes)):
        mine = group == g
        root = np.linalg.cholesky(working[np.ix_(mine, mine)]).T
        values, vectors = np.linalg.eigh(root @ of_residuals[np.ix_(mine, mine)] @ root.T)
        kept = values > 1e-9 * values.max()
        adjust = root.T @ ((vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T) @ root
        rows.append(bread[1] @ x[mine].T @ adjust @ left[mine])
    return np.array(rows), working, bread[1] @ x.T


def dense_cr2(sizes, treated, means, between, within):
    """Standard error and degrees of freedom from customers' rows and full matrices, after Pustejovsky and Tipton."""
    rows, working, _ = scores(sizes, treated, between, within)
    y = np.repeat(means, sizes)  # the spread within branches does not enter the residual totals
    p = rows @ working @ rows.T
    return np.sqrt(np.sum((rows @ y) ** 2)), np.trace(p) ** 2 / np.sum(p**2)


def dense_chance(sizes, treated, between, within):
    """Gives the chance that estimate / error goes beyond a number either way: Imhof's integral over eigenvalues."""
    rows, working, contrast = scores(sizes, treated, between, within)
    parts = np.vstack([contrast, rows])
    spread = parts @ working @ parts.T

    def beyond(statistic):
        signs = np.array([1.0, *[-(statistic**2)] * len(rows)])
        values = np.linalg.eigvals(signs[:, None] * spread).real
        values = values[np.abs(values) > 1e-10 * np.abs(values).max()] / np.abs(values).max()

        def wave(u):
            return np.sin(np.sum(np.arctan(values * u)) / 2) / (u * np.prod((1 + values**2 * u**2) ** 0.25))

        return 0.5 + (quad(wave, 0, 5, limit=200)[0] + quad(wave, 5, np.inf, limit=400)[0]) / np.pi

    return beyond
