"""Faults of what is told where groups are not of their planned sizes."""

from tests.mutations.mutation import Mutation

_ALL = "tests/pages/test_wrong_sizes.py"


def _of(file: str, old: str, new: str, tests: str) -> Mutation:
    return Mutation(file, old, new, f"{_ALL} -k {tests}")


MUTATIONS = [
    _of(
        "answers/campaigns/scored.py",
        "card.off_plan, strict=True) if off",
        "card.off_plan, strict=True) if not off",
        "were_torn",
    ),
    _of(
        "answers/plan/learned.py",
        "isin(off_plan(reader))) for name in did",
        "isin([])) for name in did",
        "learn_nothing",
    ),
    _of(
        "answers/plan/learned.py",
        'difference(["campaign_id", "control_n"])',
        'difference(["campaign_id"])',
        "learn_nothing",
    ),
    _of(
        "answers/loop/evaluated.py",
        '    counted = counted[~counted["campaign_id"].isin(off_plan(reader))]\n',
        "",
        "lessons",
    ),
    _of("story/loop/evaluation.py", "if found.scores.off_plan[0]:", "if found.well_run:", "the_loop"),
    _of(
        "answers/running/standing.py",
        'row["campaign_id"] in off_plan(reader)',
        'row["name"] in off_plan(reader)',
        "what_runs",
    ),
    _of("story/running/words.py", "== Reason.SAMPLE_RATIO.value", "== Reason.TOO_FEW.value", "what_runs"),
    _of(
        "answers/tiers/effects.py",
        "withheld(off, Reason.SAMPLE_RATIO)",
        "withheld(off & False, Reason.SAMPLE_RATIO)",
        "upgrades",
    ),
    _of("answers/tiers/effects.py", "& ~by_branch & ~off", "& ~by_branch", "upgrades"),
    _of(
        "story/tiers/compared.py",
        "n=int((~found.difference.known).sum())",
        "n=int(found.difference.known.sum())",
        "upgrades",
    ),
    _of("story/campaigns/harm.py", "if broken and not off:", "if broken:", "more_harm"),
    _of("story/campaigns/harm.py", "        return Reason.SAMPLE_RATIO\n", "        return None\n", "harm"),
    _of(
        "story/compare/compare.py",
        'say("off plan") if seen.off_plan',
        'say("as planned") if seen.off_plan',
        "comparison_withhold",
    ),
    _of("story/compare/rests.py", "([] if seen.off_plan else forest", "([] if not seen else forest", "minutes"),
    _of(
        "story/compare/compare.py",
        'why = figures.why(Reason.SAMPLE_RATIO) if seen.off_plan else say("no line to exceed")',
        'why = say("no line to exceed")',
        "comparison_withhold",
    ),
]
