"""Faults of how staff are compared and scored."""

from tests.mutations.mutation import Mutation

_IN = "tests/metrics/staff"
_PERFORMANCE = f"{_IN}/test_performance.py -m 'not slow'"
_SCORECARD = f"{_IN}/test_scorecard.py"
_SHEET = f"{_IN}/test_sheet.py"
_MENTORING = f"{_IN}/test_mentoring.py"
_TRAINING = f"{_IN}/test_training_effect.py"
_PRESENCE = f"{_IN}/test_presence.py"


def _of(module: str, old: str, new: str, killed_by: str) -> Mutation:
    return Mutation(f"metrics/staff/{module}.py", old, new, killed_by)


MUTATIONS = [
    _of("performance", "self.test.p_value[0] < SIGNIFICANCE", "self.test.p_value[0] < 1", _PERFORMANCE),
    _of("performance", "verdict(against=1.0)", "verdict(against=0.0)", _PERFORMANCE),
    _of("performance", "result.n >= minimum", "result.n > minimum", _PERFORMANCE),
    _of("performance", "self.differences_shown and self.ranks.order_shown", "self.ranks.order_shown", _PERFORMANCE),
    _of(
        "performance",
        "result.observed / scale, result.expected / scale",
        "result.observed, result.expected",
        _PERFORMANCE,
    ),
    _of("performance", 'sort_values("shrunken", ascending=False)', 'sort_values("shrunken")', _PERFORMANCE),
    _of(
        "performance",
        'table["comparable"] < COMPARABLE_ENOUGH',
        'table["comparable"] > COMPARABLE_ENOUGH',
        _PERFORMANCE,
    ),
    _of("performance", "frame[name].where(known, 0)", "frame[name].fillna(0)", _PERFORMANCE),
    _of("scorecard", "np.where(item.exposure >= minimum", "np.where(item.exposure > minimum", _SCORECARD),
    _of("scorecard", "np.where(self.gated, 0.0, self.score.estimate)", "self.score.estimate", _SCORECARD),
    _of("scorecard", "known.std(ddof=1)", "known.std()", _SCORECARD),
    _of("scorecard", "1.0 if item.higher_is_better else -1.0", "1.0", _SCORECARD),
    _of("scorecard", "told = covered >= enough", "told = covered > enough", _SCORECARD),
    _of("scorecard", "50 * (below + above) / len(known)", "100 * below / len(known)", _SCORECARD),
    _of("scorecard", "due = goal * days", "due = goal", _SCORECARD),
    _of(
        "scorecard",
        "(intervals.high - intervals.low) / (2 * half)",
        "(intervals.high - intervals.low) / half",
        _SCORECARD,
    ),
    _of("scorecard", "np.clip(z, -CAP, CAP) / CAP", "z / CAP", _SCORECARD),
    _of("scorecard", "np.divide(sum_, covered,", "np.divide(sum_, np.ones_like(covered),", _SCORECARD),
    _of("sheet", ">0,0,{score}{row})", ">1,0,{score}{row})", _SHEET),
    _of("sheet", "STDEV({peers})", "STDEVP({peers})", _SHEET),
    _of("sheet", "item.exposure[number] >= minimum", "item.exposure[number] > minimum", _SHEET),
    _of("sheet", "_letter(first - 1) if first", "_letter(first) if first", _SHEET),
    _of("mentoring", "better >= certainty", "better > 0", _MENTORING),
    _of("mentoring", "gap * handled[:, :, None]", "gap * handled[:, None, :]", _MENTORING),
    _of("mentoring", "np.tile(worth, mentees_each)", "np.tile(worth, 2 * mentees_each)", _MENTORING),
    _of(
        "mentoring",
        "return estimate[None, :] - estimate[:, None]",
        "return estimate[:, None] - estimate[None, :]",
        _MENTORING,
    ),
    _of("mentoring", "key=lambda pair: -pair.gain", "key=lambda pair: pair.gain", _MENTORING),
    _of(
        "training_effect",
        "change, with_course, without = end - start,",
        "change, with_course, without = end,",
        _TRAINING,
    ),
    _of(
        "training_effect",
        "difference=difference_in_means(moments(change, without), moments(change, with_course), level)",
        "difference=difference_in_means(moments(change, with_course), moments(change, without), level)",
        _TRAINING,
    ),
    _of("training_effect", "known & took, known & ~took", "known & took, ~took", _TRAINING),
    _of("presence", "(days <= ended[:, None])", "(days < ended[:, None])", _PRESENCE),
    _of("presence", "np.minimum(present, 1.0)", "present", _PRESENCE),
    _of("presence", "nan=1.0)", "nan=0.0)", _PRESENCE),
    _of("mentoring", "& (handled[:, None, :] > 0)", "", _MENTORING),
    _of("performance", "n=n, reference=reference)", "n=n)", _PERFORMANCE),
]
