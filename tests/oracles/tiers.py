"""Published numbers on transition matrices, with their sources."""

import numpy as np

# Prais (1955), "Measuring social mobility", Journal of the Royal Statistical Society A 118, 56-66: status of fathers
# and sons in England, seven classes, and the equilibrium shares he prints (three decimals, from rounded rows).
PRAIS_MATRIX = np.array(
    [
        [0.388, 0.146, 0.202, 0.062, 0.140, 0.047, 0.015],
        [0.107, 0.267, 0.227, 0.120, 0.206, 0.053, 0.020],
        [0.035, 0.101, 0.188, 0.191, 0.357, 0.067, 0.061],
        [0.021, 0.039, 0.112, 0.212, 0.430, 0.124, 0.062],
        [0.009, 0.024, 0.075, 0.123, 0.473, 0.171, 0.125],
        [0.000, 0.013, 0.041, 0.088, 0.391, 0.312, 0.155],
        [0.000, 0.008, 0.036, 0.083, 0.364, 0.235, 0.274],
    ]
)
PRAIS_EQUILIBRIUM = np.array([0.023, 0.042, 0.088, 0.127, 0.409, 0.182, 0.129])

# Kemeny and Snell (1960), Finite Markov Chains, section 7.3: the same study in three classes.
KEMENY_SNELL_MATRIX = np.array([[0.448, 0.484, 0.068], [0.054, 0.699, 0.247], [0.011, 0.503, 0.486]])
KEMENY_SNELL_EQUILIBRIUM = np.array([0.067, 0.624, 0.309])

# giddy, documentation of markov.Markov and mobility.markov_mobility: quintiles of income per head of 48 US states,
# 1929 to 2009. The indices are printed to five decimals; the two of Bartholomew use the shares given.
GIDDY_TRANSITIONS = np.array(
    [[729, 71, 1, 0, 0], [72, 567, 80, 3, 0], [0, 81, 631, 86, 2], [0, 3, 86, 573, 56], [0, 0, 1, 57, 741]]
)
GIDDY_SHARES = np.array([0.1, 0.2, 0.2, 0.4, 0.1])
GIDDY_PRAIS_SHORROCKS = 0.19759
GIDDY_DETERMINANT = 0.60685
GIDDY_SECOND_EIGENVALUE = 0.03978
GIDDY_BARTHOLOMEW = 0.04637

# Kullback, Kupperman and Ku (1962), "Tests for contingency tables and Markov chains", Technometrics 4, 573-608,
# table 9.2, conditional homogeneity of two samples of six states; the statistic as giddy's tests print it.
KULLBACK_SAMPLES = np.array(
    [
        [
            [22, 11, 24, 2, 2, 7],
            [5, 23, 15, 3, 42, 6],
            [4, 21, 190, 25, 20, 34],
            [0, 2, 14, 56, 14, 28],
            [32, 15, 20, 10, 56, 14],
            [5, 22, 31, 18, 13, 134],
        ],
        [
            [3, 6, 9, 3, 0, 8],
            [1, 9, 3, 12, 27, 5],
            [2, 9, 208, 32, 5, 18],
            [0, 14, 32, 108, 40, 40],
            [22, 14, 9, 26, 224, 14],
            [1, 5, 13, 53, 13, 116],
        ],
    ]
)
KULLBACK_STATISTIC = 160.96060031170782
KULLBACK_FREEDOM = 30
