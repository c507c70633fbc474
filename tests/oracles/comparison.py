"""Published numbers on comparing two groups, with their sources."""

import numpy as np

# Newcombe (1998), "Interval estimation for the difference between independent proportions: comparison of eleven
# methods", Statistics in Medicine 17, 873-890, table II, method 10. First group minus second: successes, n, successes,
# n, lower, upper at 95 %.
NEWCOMBE_METHOD_10 = np.array(
    [
        [56, 70, 48, 80, 0.0524, 0.3339],
        [9, 10, 3, 10, 0.1705, 0.8090],
        [6, 7, 2, 7, 0.0582, 0.8062],
        [5, 56, 0, 29, -0.0381, 0.1926],
        [0, 10, 0, 20, -0.1611, 0.2775],
        [0, 10, 0, 10, -0.2775, 0.2775],
        [10, 10, 0, 20, 0.6791, 1.0000],
        [10, 10, 0, 10, 0.6075, 1.0000],
    ]
)

# R, help page of t.test: t.test(extra ~ group, data = sleep), after Cushny and Peebles (1905).
SLEEP_FIRST = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SLEEP_SECOND = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
SLEEP_WELCH = {"t": 1.8608, "p_value": 0.07939, "low": -0.2054832, "high": 3.3654832}  # second minus first

# R, help page of fisher.test: Fisher's tea drinker (1935). Successes and n of the first row, of the second, and the
# two-sided p value.
FISHER = (3, 4, 1, 4, 0.4857)

# R, help page of mantelhaen.test: mantelhaen.test(UCBAdmissions), after Bickel, Hammel and O'Connell (1975), Science
# 187, 398-403; departments A to F. Admitted and applied, men and women.
BERKELEY_MEN = np.array([[512, 825], [353, 560], [120, 325], [138, 417], [53, 191], [22, 373]])
BERKELEY_WOMEN = np.array([[89, 108], [17, 25], [202, 593], [131, 375], [94, 393], [24, 341]])
BERKELEY_ODDS_RATIO = {"estimate": 0.9046968, "low": 0.7719074, "high": 1.0603298}  # men over women
BERKELEY_ASSOCIATION = {"statistic": 1.5246, "p_value": 0.2169}  # correct = FALSE

# R, help page of poisson.test: two populations of Denmark, breast cancer; the first over the second.
POISSON_TEST = {"events": (11, 21), "exposure": (800, 3011), "ratio": 1.971488, "low": 0.8584264, "high": 4.2772659}

# R, help pages of power.prop.test and power.t.test.
POWER_PROP_TEST_POWER = 0.7401659  # n = 50, p1 = .50, p2 = .75
POWER_PROP_TEST_N = 76.7  # p1 = .50, p2 = .75, power = .90
POWER_PROP_TEST_P2 = 0.8026141  # n = 50, p1 = .5, power = .90
POWER_T_TEST_POWER = 0.8689528  # n = 20, delta = 1, sd = 1
POWER_T_TEST_N = 22.02110  # delta = 1, sd = 1, power = .90

# Reboussin, DeMets, Kim and Lan (2000), Controlled Clinical Trials 21, 190-207 (the programs ld98 and ldbounds), after
# Lan and DeMets (1983): five equally spaced looks, two-sided 5 %.
LAN_DEMETS_OBRIEN_FLEMING = np.array([4.8769, 3.3569, 2.6803, 2.2898, 2.0310])
LAN_DEMETS_POCOCK = np.array([2.4380, 2.4268, 2.4101, 2.3966, 2.3859])

# Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57, 289-300, section 4.1: fifteen
# comparisons of two treatments of myocardial infarction; four are called real at 5 %, by Bonferroni and Holm three.
BENJAMINI_HOCHBERG_P = np.array(
    [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
)
