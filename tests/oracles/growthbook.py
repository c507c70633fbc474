"""What GrowthBook's statistics package answers (gbstats 0.8.0, difference_type "absolute", flat prior).

Recorded from an environment of its own, because gbstats does not resolve beside pandas 3. Two arms of 3,000 and 2,900
customers, as raw sums of the outcome x and of a second measure y (denominator or covariate).
"""

from metrics.moments import Floats, JointMoments, Moments, floats

CONTROL = {"n": 3000.0, "x": 300000.0, "xx": 52000000.0, "y": 240000.0, "yy": 33000000.0, "xy": 36000000.0}
TREATED = {"n": 2900.0, "x": 301600.0, "xx": 55000000.0, "y": 231000.0, "yy": 31500000.0, "xy": 35500000.0}

# Estimate, lower and upper limit at 95 %, p value.
MEAN = (4.0, -0.4945104559792384, 8.494510455979238, 0.0810932683470158)
RATIO = (0.05562770562770569, 0.010265629137067071, 0.1009897821183443, 0.016247350914672998)
CUPED = (4.300911601171606, 0.9620630517295266, 7.639760150613686, 0.01158838764004444)
SEQUENTIAL = (4.0, -2.9613752820182295, 10.96137528201823)  # sequential_tuning_parameter = 5000

# Chance to win, risk of staying with the control, risk of the treatment.
BAYES = (0.9594796038095064, 4.03757294800642, 0.03757294800641976)


def joint(arm: dict[str, float]) -> JointMoments:
    """An arm's sums as joint moments: centred."""
    n = arm["n"]

    def about(first: str, second: str) -> Floats:
        return floats(arm[first + second] - arm[first] * arm[second] / n)

    x, y = (Moments(floats(n), floats(arm[name] / n), about(name, name)) for name in ("x", "y"))
    return JointMoments(x, y, about("x", "y"))
