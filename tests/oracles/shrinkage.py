"""Published examples of shrinkage."""

from __future__ import annotations

# Efron and Morris (1975), Journal of the American Statistical Association 70, 311-319, table 1; (1977), Scientific
# American 236, 119-127: hits of 18 players in their first 45 times at bat of 1970, and the average over the rest of
# the season, which stands for the truth. They shrink to 21.2 % of the distance from the mean, .265.
TIMES_AT_BAT = 45
HITS = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7]
REST_OF_SEASON = [
    0.346, 0.298, 0.276, 0.222, 0.273, 0.270, 0.263, 0.210, 0.269,
    0.230, 0.264, 0.256, 0.303, 0.264, 0.226, 0.285, 0.316, 0.200,
]  # fmt: skip
EFRON_MORRIS_KEPT = 0.212

# Tarone (1982), Biometrics 38, 215-220: rats with tumours of rats in 71 control groups; the last is the current
# experiment of Gelman et al., Bayesian Data Analysis, section 5.1 and 5.3, where the posterior mean of alpha is 2.4
# and of beta 14.3 under the prior (alpha + beta)^(-5/2).
RATS = [
    20, 20, 20, 20, 20, 20, 20, 19, 19, 19, 19, 18, 18, 17, 20, 20, 20, 20, 19, 19, 18, 18, 25, 24,
    23, 20, 20, 20, 20, 20, 20, 10, 49, 19, 46, 27, 17, 49, 47, 20, 20, 13, 48, 50, 20, 20, 20, 20,
    20, 20, 20, 48, 19, 19, 19, 22, 46, 49, 20, 20, 23, 19, 22, 20, 20, 20, 52, 46, 47, 24, 14,
]  # fmt: skip
TUMOURS = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2,
    2, 2, 2, 2, 2, 2, 2, 1, 5, 2, 5, 3, 2, 7, 7, 3, 3, 2, 9, 10, 4, 4, 4, 4,
    4, 4, 4, 10, 4, 4, 4, 5, 11, 12, 5, 5, 6, 5, 6, 6, 6, 6, 16, 15, 15, 9, 4,
]  # fmt: skip
RATS_ALPHA, RATS_BETA = 2.4, 14.3
