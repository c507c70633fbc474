"""Faults of the comparison: its statistics, its sides, its words."""

from tests.mutations.mutation import Mutation

_ROOM = "metrics/inference/study"
_TESTS = f"tests/{_ROOM}"
_STUDY = f"{_TESTS}/test_study.py"
_COURSE = f"{_TESTS}/test_course.py"
_SEGMENTS = f"{_TESTS}/test_segments.py"
_ALIKE = f"{_TESTS}/test_alike.py"
_HARM = f"{_TESTS}/test_harm.py"
_HIDDEN = "tests/metrics/inference/test_confounding.py"
_SCEPTIC = "tests/metrics/inference/test_sceptical.py"
_SIDES = "tests/data_access/queries/test_comparison.py -k duckdb"
_SEVERAL = "tests/story/compare/test_several.py -k year"
_SHOWN = "tests/pages/compare/test_compare_shown.py"

MUTATIONS = [
    Mutation(
        "metrics/inference/study/study.py",
        "decides.branches is not None and bool(decides.branches.few[0])",
        "False",
        "tests/metrics/inference/study/test_study.py -k evidence_where_branches",
    ),
    Mutation(f"{_ROOM}/levels.py", "1 - (1 - level) / metrics", "level", _STUDY),
    Mutation(f"{_ROOM}/levels.py", "if seen < planned:", "if seen < 0:", _STUDY),
    Mutation(f"{_ROOM}/standing.py", "if low > line else", "if high > line else", f"{_ROOM}/standing.py"),
    Mutation(f"{_ROOM}/segments.py", "p_value * rows, 1.0", "p_value, 1.0", _SEGMENTS),
    Mutation(f"{_ROOM}/segments.py", "known.sum() - 1)", "known.sum())", _SEGMENTS),
    Mutation(f"{_ROOM}/course.py", "share * planned * (1 - 1e-9)", "share * seen[-1] * (1 - 1e-9)", _COURSE),
    Mutation(f"{_ROOM}/course.py", "int(below[-1]) + 1", "int(below[0]) + 1", _COURSE),
    Mutation(f"{_ROOM}/alike.py", '(side["n"] - 1).where', 'side["n"].where', _ALIKE),
    Mutation(f"{_ROOM}/harm.py", "COMPLAINTS: False}", "COMPLAINTS: True}", _HARM),
    Mutation(
        f"{_ROOM}/differences.py",
        "weight = np.nan_to_num(sides.a.matured)",
        "weight = np.nan_to_num(sides.b.matured)",
        _STUDY,
    ),
    Mutation(f"{_ROOM}/differences.py", "holm(dealt.p_value).adjusted < MISMATCH_BELOW", "dealt.p_value < 0", _STUDY),
    Mutation(
        f"{_ROOM}/study.py",
        "line = line / gap if gap > 0 else np.nan",
        "line = line * gap if gap > 0 else np.nan",
        _STUDY,
    ),
    Mutation(f"{_ROOM}/result.py", "line=-self.line)", "line=self.line)", f"{_SHOWN} -k swap_mirrors_every_mark"),
    Mutation(f"{_ROOM}/result.py", "customers=self.customers[::-1]", "customers=self.customers", _STUDY),
    Mutation("metrics/inference/confounding.py", "bounded * (bounded - 1)", "bounded * (bounded + 1)", _HIDDEN),
    Mutation("metrics/inference/sceptical.py", "stats.norm.isf(0.05)", "stats.norm.isf(0.025)", _SCEPTIC),
    Mutation("data_access/queries/comparison.py", ".between(1, BEFORE)", ".between(0, BEFORE)", _SIDES),
    Mutation(
        "data_access/queries/comparison.py",
        '("least", 0.01), ("most", 0.99)',
        '("least", 0.05), ("most", 0.95)',
        _SIDES,
    ),
    Mutation(
        "data_access/queries/comparison.py",
        'sa.extract("month", assigned) - 2',
        'sa.extract("month", assigned) - 1',
        _SIDES,
    ),
    Mutation(
        "answers/compare/pair.py",
        "if two.a.days != two.b.days:",
        "if two.a.days < two.b.days:",
        f"{_SHOWN} -k bad_pair",
    ),
    Mutation(
        "story/compare/evidence.py",
        'return say("The band has held no difference on every day so far")',
        'return say("The band has held no effect on every day so far")',
        f"{_SHOWN} -k bad_pair",
    ),
    Mutation("story/compare/verdict.py", "[in_its_year(answer, seen), ", "[", f"{_SHOWN} -k alone"),
    Mutation("story/compare/verdict.py", 'answer.choice.who != "all" or ', "", f"{_SHOWN} -k alone"),
    Mutation("story/compare/verdict.py", "grade is says[seen.verdict] or", "", f"{_SHOWN} -k judged_otherwise"),
    Mutation(
        "answers/compare/compare.py", "choice, verdicts.RETURN)", "choice, verdicts.CONVERSION)", f"{_SHOWN} -k list"
    ),
    Mutation("story/compare/several.py", "if answer.found.rest is not None:", "if False:", _SEVERAL),
    Mutation("story/compare/several.py", "not grade.shown and grade is not", "grade is not", _SEVERAL),
    Mutation(
        "answers/compare/several.py",
        "if one.arm == EVERY else none for",
        "for",
        "tests/pages/compare/test_several_shown.py -k its_year",
    ),
    Mutation("story/compare/compare.py", "if verdict.in_its_year(answer, seen):", "if False:", f"{_SHOWN} -k alone"),
]
