"""Faults of what is asked."""

from tests.mutations.mutation import Mutation

_SHOWN = "tests/pages/campaigns/test_all_shown.py"
_CHOICES = "tests/answers/test_choices.py"
_CHOICE = f"{_SHOWN} -k sql_finds[bank"
_CELLS = f"{_SHOWN} -k sql_counts[filter"
_BATCHES = "tests/answers/test_batches.py"
_TASKS = "tests/answers/test_tasks.py"
_DATA = "tests/story/data/test_data.py"
_TARGETS = "tests/answers/test_targets.py"
_WHERE = "tests/pages/test_when_and_where.py"
_EVIDENCE = "tests/pages/evidence/test_evidence_shown.py"
_EDGES = "tests/data_access/queries/test_boundaries_of_lists.py -k duckdb"
_LISTS = "tests/pages/evidence/test_customers_shown.py"
_PERIOD = "tests/answers/test_period.py"
_KEPT = "tests/answers/test_kept.py"
_PEOPLE = "tests/answers/people"

_TIERS = "tests/pages/tiers/test_shown.py"
_WHOLE = "tests/pages/campaigns/test_programme_shown.py"
_OVERLAP = "tests/data_access/queries/test_overlap.py -k duckdb"

MUTATIONS = [
    Mutation("answers/campaigns/overlap.py", ".duplicated()", ".isna()", f"{_WHOLE} -k '[bank and stand_once'"),
    Mutation(
        "answers/campaigns/overview.py",
        "waiting], [JUDGED, COUNTING]",
        "waiting], [COUNTING, JUDGED]",
        f"{_WHOLE} -k maturity",
    ),
    Mutation(
        "data_access/queries/campaigns/overlap.py",
        'first <= member.c["matures_on"]',
        'first < member.c["matures_on"]',
        "tests/data_access/queries/test_overlap.py -k last_day",
    ),
    Mutation(
        "data_access/queries/campaigns/overlap.py",
        "first >= assigned,",
        "first > assigned,",
        "tests/data_access/queries/test_overlap.py -k day_of_assignment",
    ),
    Mutation(
        "data_access/queries/campaigns/overlap.py",
        "sa.case((held_out, 0), else_",
        "sa.case((control, 0), else_",
        _OVERLAP,
    ),
    Mutation("data_access/queries/campaigns/overlap.py", '- value) * sides.c["stands_for"]', "- value)", _OVERLAP),
    Mutation(
        "answers/tiers/effects.py", 'ran["control_arms"] > 0', 'ran["control_arms"] > 9', f"{_TIERS} -k compared_over"
    ),
    Mutation(
        "answers/tiers/grace.py", "used == tier.grace_months - 1", "used == tier.grace_months", f"{_TIERS} -k clock"
    ),
    Mutation("answers/tiers/branches.py", "moves.departures[:, 1:]", "moves.departures[:, :]", f"{_TIERS} -k funnel"),
    Mutation(
        "answers/tiers/customers.py",
        "Span(last - choice.months, last)",
        "Span(last - 1, last)",
        f"{_TIERS} -k list_holds",
    ),
    Mutation("answers/tiers/trend.py", "int(group) + moves.months", "int(group)", f"{_TIERS} -k each_month_directly"),
    Mutation(
        "data_access/tier_pairs.py",
        "month > start,",
        "month >= start,",
        "tests/data_access/queries/test_tier_customers.py",
    ),
    Mutation(
        "data_access/reading/benchmark.py",
        'sort_values(["n", "fell"], ignore_index=True)',
        "reset_index(drop=True)",
        "tests/data_access/queries/test_tier_customers.py",
    ),
    Mutation("answers/campaigns/overview.py", '("theme", choice.theme)', '("theme", "")', _CHOICE),
    Mutation("answers/campaigns/overview.py", '("line", choice.line)', '("line", "")', _CHOICE),
    Mutation("answers/campaigns/overview.py", '("objective", choice.objective)', '("objective", "")', _CHOICE),
    Mutation("answers/campaigns/calendar.py", '(every["ends_on"] >= first) &', "", _CHOICE),
    Mutation("answers/campaigns/calendar.py", '& (every["starts_on"] <= last)', "", _CHOICES),
    Mutation("answers/campaigns/ages.py", "fillna(since)", "fillna(0)", _CHOICES),
    Mutation("answers/campaigns/calendar.py", '["starts_on"] <= last', '["starts_on"] < last', _CHOICES),
    Mutation("answers/campaigns/calendar.py", '["ends_on"] >= first', '["ends_on"] > first', _CHOICES),
    Mutation("answers/batches.py", "if part and rows + own > ROWS", "if part and own > ROWS", _CHOICES),
    Mutation(
        "answers/campaigns/overlap.py",
        'every[every["campaign_id"].isin(listed)].head',
        "every.head",
        _CHOICES,
    ),
    Mutation(
        "answers/campaigns/overlap.py", "overlap.pairs(reader, campaigns=listed, ", "overlap.pairs(reader, ", _CHOICES
    ),
    Mutation(
        "answers/campaigns/ages.py",
        "return in_batches(lambda part: _days(reader, part, branches), ids, most)",
        "return _days(reader, ids, branches)",
        _CHOICES,
    ),
    Mutation("answers/campaigns/overview.py", "scored(reader, choice.branch)", "scored(reader)", f"{_CELLS}"),
    Mutation(
        "answers/campaigns/overview.py",
        "looked_at.last, branches=branches, lines=",
        "looked_at.last, lines=",
        f"{_SHOWN} -k sql_finds[filter",
    ),
    Mutation("answers/campaigns/overview.py", ", lines=(choice.line,) if choice.line else ()", "", _CHOICE),
    Mutation("answers/data.py", "sorted(needed - known)", "sorted(needed)", f"{_DATA} -k missing"),
    Mutation("answers/data.py", "if want in found))", "if want not in found))", f"{_DATA} -k missing"),
    Mutation(
        "answers/campaigns/overview.py",
        "-returned.estimate, np.inf",
        "returned.estimate, np.inf",
        f"{_SHOWN} -k own_campaign[bank",
    ),
    Mutation(
        "answers/campaigns/campaign.py",
        "arms.outcomes(own)",
        "arms.outcomes(own[::-1])",
        "tests/pages/campaigns/test_one_shown.py -k arms_of_a_campaign_say_what_sql_counts[two",
    ),
    Mutation(
        "answers/campaigns/campaign.py",
        "unadjusted(about, own, scores.booked.actual)",
        "unadjusted(about, own, scores.booked.own)",
        "tests/pages/campaigns/test_one_shown.py -k that_of_sql[two",
    ),
    Mutation("answers/period.py", "number * 3 - 2)", "number * 3 - 1)", _PERIOD),
    Mutation("answers/period.py", "calendar.monthrange(year, number)[1]", "28", _PERIOD),
    Mutation("answers/period.py", "kind is not Kind.WEEK or", "True or", _PERIOD),
    Mutation("answers/period.py", "period.last >= earliest:", "period.last > earliest:", _PERIOD),
    Mutation("answers/period.py", "<= ALIKE", "<= ALIKE * 9", _PERIOD),
    Mutation("answers/period.py", "one.last < period.first", "one.first < period.first", _PERIOD),
    Mutation("answers/period.py", "min(other.last, other.first + passed * DAY)", "other.last", _PERIOD),
    Mutation("answers/period.py", "other.first + passed * DAY", "other.first + (passed + 1) * DAY", _PERIOD),
    Mutation("answers/period.py", "one.days >= period.days", "one.days > period.days", _PERIOD),
    Mutation("answers/period.py", "(period.days // 2)", "(period.days // 3)", _PERIOD),
    Mutation("answers/batches.py", "rows + own > ROWS", "rows > ROWS", _BATCHES),
    Mutation("answers/batches.py", "part, rows = [], 0", "part = []", _BATCHES),
    Mutation("answers/batches.py", "    if part:\n        yield tuple(part)\n", "", _BATCHES),
    Mutation("answers/kept.py", "who = reader.scope, reader.viewer.may_see_customers", 'who = ""', _KEPT),
    Mutation("answers/kept.py", "return reader.version, who,", "return who,", _KEPT, quick=True),
    Mutation("answers/kept.py", "question, args,", "question,", _KEPT),
    Mutation("answers/targets.py", "parts[-1:] if metric in LEVELS else parts", "parts", _TARGETS),
    Mutation("answers/targets.py", "parts[-1:] if", "parts[:1] if", _TARGETS),
    Mutation("answers/targets.py", "len(found) == len(wanted) > 0", "len(found) > 0", _TARGETS),
    Mutation("answers/targets.py", "is not Kind.SHARE)", "is Kind.SHARE)", _TARGETS),
    Mutation("answers/targets.py", "not branches or branch in branches", "True", _TARGETS),
    Mutation("answers/targets.py", "self.days / self.of if self.of", "1.0 if self.of", _TARGETS),
    Mutation("answers/targets.py", "looked_at.first + timedelta(days=3)", "looked_at.first", _TARGETS),
    Mutation("answers/working_days.py", "opened.get(day, bool(works))", "bool(works)", _TARGETS),
    Mutation("answers/places.py", "if place.startswith(REGION) and len(of_region)", "if len(of_region)", _WHERE),
    Mutation("answers/places.py", "else (place,)", "else ()", _WHERE),
    Mutation("answers/evidence.py", "dict(reversed(named))", "dict(named)", _EVIDENCE),
    Mutation("answers/evidence.py", "traced.campaigns is None and traced.period", "traced.period", _EVIDENCE),
    Mutation("answers/customers.py", "asked.page <= pages else 1", "asked.page else 1", _LISTS),
    Mutation("data_access/queries/customer_lists.py", "else [measures.treated(reader, member)]", "else []", _LISTS),
    Mutation("data_access/queries/customer_lists.py", "[measures.converted(member), ", "[", _EDGES),
    Mutation("data_access/queries/customer_lists.py", ".desc(), every", ", every", _LISTS),
    Mutation("data_access/queries/customer_lists.py", "came) <= 7", "came) <= 6", _LISTS),
    Mutation(
        "data_access/measures.py",
        '+ sa.extract("isodow", day) <= 7',
        "<= 7",
        "tests/data_access/queries/test_week_customers.py -k duckdb",
    ),
    Mutation("answers/targets.py", "if one.value is not None", "if one.value", _TARGETS),
    Mutation("metrics/week/attainment.py", "where=aimed > 0", "where=aimed != 0", _TARGETS),
    Mutation("answers/week/tasks.py", "and not step.waits(self.on)", "", _TASKS),
    Mutation("answers/week/tasks.py", "in (State.OPEN, State.PUT_OFF)", "in (State.OPEN,)", _TASKS),
    Mutation("answers/week/tasks.py", " or kept[row.key].row.branch_id != row.branch_id", "", _TASKS),
    Mutation(
        "answers/week/tasks.py", "tasks.keep(workspace, new, on)", "tasks.keep(workspace, listed, date.max)", _TASKS
    ),
    Mutation("answers/week/tasks.py", "    if new:  #", "    if True:  #", _TASKS),
    Mutation(
        "answers/week/tasks.py", "(State.DONE, State.DISMISSED, State", "(State.DISMISSED, State.DONE, State", _TASKS
    ),
    Mutation(
        "answers/people/results.py",
        'test=differences(counts_by_mix(frame, "converted", strata=STRATA))',
        "test=against_bank.test",
        f"{_PEOPLE}/test_results.py -k better_than_the_bank",
    ),
    Mutation(
        "answers/people/results.py",
        "reference=rates, minimum=minimum",
        "minimum=minimum",
        f"{_PEOPLE}/test_results.py -k count_neither_way",
    ),
    Mutation("answers/people/training.py", "FEWEST: Final = 3", "FEWEST: Final = 2", f"{_PEOPLE}/test_training.py"),
    Mutation(
        "answers/people/training.py",
        "int(quarter) + 1, int",
        "int(quarter), int",
        f"{_PEOPLE}/test_training.py",
    ),
    Mutation("answers/people/training.py", "_MISTAKEN / max(judged, 1)", "_MISTAKEN", f"{_PEOPLE}/test_training.py"),
    Mutation(
        "answers/people/score.py",
        "sum(percent.values()) == WHOLE else",
        "sum(percent.values()) > 0 else",
        f"{_PEOPLE}/test_score.py",
    ),
    Mutation(
        "answers/people/score.py",
        "return breadth.present * total / present",
        "return np.full_like(breadth.present, total / len(breadth.present))",
        f"{_PEOPLE}/test_score.py",
    ),
    Mutation(
        "answers/people/breadth.py",
        'postings[postings["branch_id"] == branch]',
        "postings",
        f"{_PEOPLE}/test_breadth.py",
    ),
    Mutation(
        "answers/people/team.py",
        "full_time = goal / float(np.nansum(here))",
        "full_time = goal / len(here)",
        "tests/pages/people/test_shown.py -k attainment",
    ),
    Mutation(
        "answers/people/skills.py",
        "holm([one.test.p_value[0] for _, _, one in found]).adjusted",
        "[one.test.p_value[0] for _, _, one in found]",
        "tests/answers/people/test_results.py -k allows_for_all",
    ),
    Mutation(
        "data_access/reading/reader.py",
        'key=attrgetter("version"), lock',
        'key=attrgetter("__class__"), lock',
        "tests/data_access/reading/test_reader.py -k each_version_says",
    ),
    Mutation(
        "answers/people/score.py",
        "@dataclass(frozen=True)\nclass Held",
        "@dataclass(frozen=True, eq=False)\nclass Held",
        "tests/answers/people/test_team.py -k kept_until",
    ),
    Mutation(
        "story/running/running.py",
        "in_part=bool(answer.branches)",
        "in_part=False",
        "tests/pages/running/test_pages.py -k one_branch_is_not",
    ),
]
