"""Published intervals of one proportion, one mean, one rate, one survival curve, one ratio of effects."""

from __future__ import annotations

import numpy as np

# Newcombe (1998), "Two-sided confidence intervals for the single proportion: comparison of seven methods", Statistics
# in Medicine 17, 857-872, table I, method 3 (score without continuity correction): successes, n, lower, upper at 95 %.
NEWCOMBE_SCORE = np.array(
    [
        [81, 263, 0.2553, 0.3662],
        [15, 148, 0.0624, 0.1605],
        [0, 20, 0.0000, 0.1611],
        [1, 29, 0.0061, 0.1718],
    ]
)

# R, help page of t.test, data set sleep (Cushny and Peebles 1905): hours gained with each of two drugs, and what
# t.test(x) prints for the second.
SLEEP_SECOND = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
SLEEP_SECOND_T = {"mean": 2.33, "low": 0.8976775, "high": 3.7623225}

# R, help page of poisson.test: poisson.test(137, 24.19893).
POISSON_TEST = {"events": 137, "exposure": 24.19893, "rate": 5.661407, "low": 4.753125, "high": 6.692709}

# Garwood (1936), Biometrika 28, 437-442, limits at 95 % of a Poisson mean: events, lower, upper.
GARWOOD = np.array([[0, 0.0, 3.689], [1, 0.0253, 5.572], [5, 1.623, 11.668], [10, 4.795, 18.390]])

# Miller (1981), Survival Analysis; R, survival::aml, maintained arm: weeks, and whether the remission ended.
# Survival and standard error as printed by summary(survfit(Surv(time, status) ~ x, data = aml)).
AML_WEEKS = np.array([9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161])
AML_ENDED = np.array([1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0])
AML_SURVIVAL = {9: 0.909, 13: 0.818, 18: 0.716, 23: 0.614, 31: 0.491, 34: 0.368, 48: 0.184}

# Sommer and Zeger (1991), Statistics in Medicine 10, 45-52: vitamin A in Sumatra, children assigned, children who
# received it, deaths of those assigned, deaths of those who received it. Imbens and Rubin (1997), Annals of
# Statistics 25, 305-327: effect of assignment -0.0026, of receipt -0.0032 with standard error 0.0012.
VITAMIN_A = {"assigned": 12094, "received": 9675, "deaths": 46, "deaths_received": 12}
VITAMIN_A_CONTROL = {"assigned": 11588, "deaths": 74}
VITAMIN_A_EFFECT = {"assignment": -0.0026, "receipt": -0.0032, "error": 0.0012}
