"""Faults of the page Plan."""

from tests.mutations.mutation import Mutation

_CHECKS = "tests/story/plan/test_checks.py"
_PLACES = "tests/metrics/planning/test_places.py"
_CURVES = "tests/answers/test_split.py"
_SPLIT = "tests/story/plan/test_split.py"
_POSSIBLE = "tests/answers/test_plan.py -k impossible_whatever"
_KINDS = "tests/answers/test_plan.py -k kinds_of_cost"
_READ = "tests/answers/test_plan.py -k 'cannot_be_read or its_text'"


def _of(file: str, old: str, new: str, killed_by: str) -> Mutation:
    return Mutation(f"{file}.py", old, new, killed_by)


_LISTED = "tests/pages/plan/test_plans_listed.py"

MUTATIONS = [
    Mutation(
        "ui/plan/inputs.py",
        "cents = len(str(unit)) - 1 if held % unit else 0",
        "cents = 0",
        "tests/ui/test_plan_inputs.py",
    ),
    _of("story/plan/checks", "elif could.power >= POWER:", "elif could.power > POWER:", f"{_CHECKS} -k control_shows"),
    _of(
        "story/plan/checks",
        "could.power >= POWER:\n        return",
        "could.power > POWER:\n        return",
        f"{_CHECKS} -k control_shows",
    ),
    _of("story/plan/checks", "could.customers and math.isnan", "math.isnan", f"{_CHECKS} -k control_shows"),
    _of("story/plan/checks", "if could.forgone > 0.5:", "if could.forgone >= 0.5:", f"{_CHECKS} -k control_shows"),
    _of("story/plan/checks", "if not could.customers:", "if could.customers is None:", f"{_CHECKS} -k control_shows"),
    _of("story/plan/checks", "hours.needed <= hours.free", "hours.needed < hours.free", f"{_CHECKS} -k hours"),
    _of(
        "story/plan/checks",
        'verdict in (say("too much"), say("too late"))]',
        'verdict != say("fits")]',
        f"{_CHECKS} -k hours",
    ),
    _of("story/plan/checks", '"not_rated", "risk")', '"risk", "overlap")', f"{_CHECKS} -k own_rules"),
    _of("story/plan/checks", 'left_out.get("pressure", 0)', 'left_out.get("overlap", 0)', f"{_CHECKS} -k own_rules"),
    _of("story/plan/checks", "if set(kinds) & set(answer", "if set(kinds) <= set(answer", f"{_CHECKS} -k cannot_tell"),
    _of("story/plan/checks", "chance_budget >= half", "chance_budget > half", f"{_CHECKS} -k budget"),
    _of("story/plan/checks", "zip(sizes.items(), could.by_arm,", "zip(sizes.items(), could.by_arm[::-1],", _CHECKS),
    _of("story/figures", "if share > 1 - LEAST_CHANCE", "if share >= 1", "tests/story/test_figures.py"),
    _of("story/plan/split", "min(moved[to], -moved[away])", "moved[to]", f"{_SPLIT} -k heading_names"),
    _of("story/plan/split", "moved[to] > SMALL * split.budget", "moved[to] > 0", f"{_SPLIT} -k fiftieth"),
    _of(
        "story/plan/split", "elif split.gain.low.item() <= 0:", "elif split.gain.low.item() < 0:", f"{_SPLIT} -k surely"
    ),
    _of("story/plan/split", "(-split.own, -split.best)", "(-split.best, -split.own)", f"{_SPLIT} -k every_cell"),
    _of("story/plan/split", "(-split.own, -moved)", "(-moved, -split.own)", f"{_SPLIT} -k many_cells"),
    _of("story/plan/split", "if split.short and split.gain", "if split.gain", f"{_SPLIT} -k hours"),
    _of("story/plan/split", 'say("not known") if spend > 0 else DASH', "DASH", f"{_SPLIT} -k last_unit"),
    _of("metrics/planning/places", "own * others.mean + (1 - own) * value", "value", f"{_PLACES} -k few"),
    _of("metrics/planning/places", "n * brought.groupby(together)", "brought.groupby(together)", f"{_PLACES} -k many"),
    _of("metrics/planning/places", "floats(told[name]) + typical / 2", "floats(told[name])", f"{_PLACES} -k nothing"),
    _of("answers/plan/curves", "part ** (1 - pool.elasticity.estimate.item())", "1.0", f"{_CURVES} -k adds_up"),
    _of("answers/plan/curves", "* ratio,", "* 1.0,", f"{_CURVES} -k level"),
    _of("answers/plan/split", "if of == part]", "]", f"{_CURVES} -k limits"),
    _of("answers/plan/split", "hours=hours,", "hours=float('inf'),", f"{_CURVES} -k limits"),
    _of("answers/plan/scenario", "if getattr(scenario, name) == 0", "if not getattr(scenario, name)", _POSSIBLE),
    _of("answers/plan/scenario", "scenario.size == 1", "scenario.size < 2", _POSSIBLE),
    _of("answers/plan/plan", "> scenarios.FURTHEST", ">= scenarios.FURTHEST", "tests/answers/test_plan.py -k so_far"),
    _of("story/plan/split", "and np.isfinite(split.test.customers)", "", f"{_SPLIT} -k experiment"),
    _of("story/plan/split", "split.best[order] / style.divisor,", "split.best[order],", f"{_SPLIT} -k dots"),
    _of(
        "answers/plan/scenario",
        "scenario.ends_on < scenario.starts_on",
        "scenario.ends_on <= scenario.starts_on",
        _POSSIBLE,
    ),
    _of("answers/plan/scenario", ">= timedelta(days=LONGEST)", "> timedelta(days=LONGEST)", _POSSIBLE),
    _of("answers/plan/scenario", "scenario.control > MOST_CONTROL", "scenario.control >= MOST_CONTROL", _POSSIBLE),
    _of("answers/plan/scenario", "MOST_DAYS: Final = 366", "MOST_DAYS: Final = 365", _POSSIBLE),
    _of("answers/plan/scenario", "len(scenario.arms) > MOST_ARMS", "len(scenario.arms) >= MOST_ARMS", _POSSIBLE),
    _of("answers/plan/scenario", 'or "" in shares', "", _POSSIBLE),
    _of("answers/plan/scenario", " and min(shares.values()) > 0", "", _POSSIBLE),
    _of("answers/plan/scenario", "name.strip(): int(share)", "name: int(share)", _POSSIBLE),
    _of("answers/plan/scenario", '"fixed", *kinds, "target"', '"fixed", "target"', _POSSIBLE),
    _of(
        "answers/plan/scenario",
        "amount * customers if kind in A_CUSTOMER",
        "amount * customers if kind in IN_ALL",
        _KINDS,
    ),
    _of("answers/plan/scenario", "return int(text) if text else None", "return int(text) if text else 0", _READ),
    _of("answers/plan/scenario", 'if field.type == "date" else', 'if field.type == "int" else', _READ),
    _of(
        "story/plan/scenarios",
        "figures.chance(answer.chance_pays) == chance",
        "True",
        "tests/story/plan/test_scenarios.py",
    ),
    Mutation(
        "ui/plan/show.py",
        "names([one.draft.name for one in found[:SHOWN_PLANS]])",
        "[one.draft.name for one in found[:SHOWN_PLANS]]",
        _LISTED,
    ),
    Mutation("ui/plan/show.py", "names([desk.seen.draft.name])[0] if", "desk.seen.draft.name if", _LISTED),
]
