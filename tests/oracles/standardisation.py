"""Published numbers for observed / expected ratios and their limits."""

from __future__ import annotations

# Selvin (2004), Statistical Analysis of Epidemiologic Data, as documented for epitools::ageadjust.indirect: deaths
# and population of the United States by age in 1940 and 1960 (<1, 1-4, 5-14, 15-24 ... 75-84, 85+).
DEATHS_1960 = [141, 926, 1253, 1080, 1869, 4891, 14956, 30888, 41725, 26501, 5928]
PEOPLE_1960 = [1784033, 7065148, 15658730, 10482916, 9939972, 10563872, 9114202, 6850263, 4702482, 1874619, 330915]
DEATHS_1940 = [45, 201, 320, 670, 1126, 3160, 9723, 17935, 22179, 13461, 2238]
PEOPLE_1940 = [906897, 3794573, 10003544, 10629526, 9465330, 8249558, 7294330, 5022499, 2920220, 1019504, 142532]

# Exact 95 % limits of a Poisson count: Garwood (1936); the table of Daly (1992), Computers in Biology and
# Medicine 22, 351-361. (count, low, high)
POISSON_95 = [
    (0, 0.0, 3.689),
    (1, 0.025, 5.572),
    (2, 0.242, 7.225),
    (5, 1.623, 11.668),
    (10, 4.795, 18.390),
    (20, 12.217, 30.888),
    (50, 37.111, 65.918),
    (100, 81.364, 121.627),
]

# Three populations with exact limits: Facius, sci.stat.consult, July 2006. (observed, expected, ratio, low, high)
MORTALITY_RATIOS = [
    (55, 75.34, 0.7300, 0.5500, 0.9502),
    (44, 81.73, 0.5384, 0.3912, 0.7227),
    (33, 61.28, 0.5385, 0.3707, 0.7563),
]

# Byar's approximation lies within 0.2 % of the exact 95 % limits for counts of ten or more: Public Health England
# (2018), Technical Guide: Confidence Intervals, page 2.
BYAR_WITHIN = 0.002

# Admissions to the six largest graduate departments at Berkeley, 1973: Bickel, Hammel and O'Connell (1975), Science
# 187, 398-404, as in R's UCBAdmissions. (department, sex, admitted, rejected)
BERKELEY = [
    ("A", "male", 512, 313),
    ("A", "female", 89, 19),
    ("B", "male", 353, 207),
    ("B", "female", 17, 8),
    ("C", "male", 120, 205),
    ("C", "female", 202, 391),
    ("D", "male", 138, 279),
    ("D", "female", 131, 244),
    ("E", "male", 53, 138),
    ("E", "female", 94, 299),
    ("F", "male", 22, 351),
    ("F", "female", 24, 317),
]
# R's mantelhaen.test(UCBAdmissions): with continuity correction X-squared = 1.4269, p = 0.2323; without it 1.5246.
BERKELEY_MANTEL_HAENSZEL = 1.5246
