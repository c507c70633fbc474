"""Faults of the executive's page and of what is printed: the year, the budget, the ways to evidence, the paper."""

from tests.mutations.mutation import Mutation

_YEAR = "tests/answers/test_year.py"
_TOLD = "tests/story/summary/test_year.py"
_PROGRAMME = "tests/metrics/campaigns/test_programme.py"
_SHOWN = "tests/pages/summary/test_summary_shown.py -k evidence"
_PRINTED = "tests/reports/test_commands.py -k targets_are_printed"
_PAPER = "tests/reports/test_paper.py"
_FILES = "tests/ui/take/test_export.py -k purpose"
_LISTS = "tests/pages/evidence/test_customers_shown.py -k holds_whom"

MUTATIONS = [
    Mutation("answers/summary/year.py", "first = last - last % _MONTHS", "first = last - 11", _YEAR),
    Mutation("answers/summary/year.py", "range(last - LEARNED_FROM + 1, last + 1)", "range(first, last + 1)", _YEAR),
    Mutation("answers/summary/year.py", "if so_far.isna().any():", "if so_far.isna().all():", _YEAR),
    Mutation("answers/summary/year.py", "(_MONTHS - self.months)", "(_MONTHS - self.months + 1)", _YEAR),
    Mutation("story/summary/year.py", "if card.key != METRIC or np.isnan(share):", "if np.isnan(share):", _TOLD),
    Mutation("story/summary/year.py", "None if aim is None else (aim, say(", "None if aim else (aim, say(", _TOLD),
    Mutation("metrics/campaigns/programme.py", "np.nansum(due[known])", "np.nansum(plan[known])", _PROGRAMME),
    Mutation(
        "metrics/campaigns/programme.py",
        "plan, actual, due = card.booked.plan,",
        "plan, actual, due = card.booked.planned,",
        _PROGRAMME,
    ),
    Mutation(
        "metrics/campaigns/programme.py", "if not (known & ~np.isnan(actual)).any():", "if not known.any():", _PROGRAMME
    ),
    Mutation(
        "story/summary/claims.py",
        'link(say("Lowest return"), known[-1])',
        'link(say("Lowest return"), known[1])',
        _SHOWN,
    ),
    Mutation("story/summary/claims.py", '{"view": "satisfaction"}', "{}", _SHOWN),
    Mutation(
        "reports/stories.py",
        "return _with_targets(summary_story.tell(",
        "return (lambda told, _: told)(summary_story.tell(",
        _PRINTED,
    ),
    Mutation("reports/page.typ", "here().page() == 1 and lines > 0", "lines > 0", f"{_PAPER} -k pen"),
    Mutation("reports/page.typ", "natural + wish - free", "natural + wish - 2 * free", f"{_PAPER} -k too_long"),
    Mutation("reports/table.py", '"ticks": table.ticks,', '"ticks": False,', f"{_PAPER} -k pen"),
    Mutation("ui/take/export.py", "elif stated or not private:", "else:", _FILES),
    Mutation(
        "ui/act/subscribe.py",
        "what is What.WEEK and viewer.may_see_customers",
        "False",
        "tests/pages/act/test_subscribe.py -k purpose",
    ),
    Mutation("data_access/queries/customer_lists.py", "in_time if kept else sa.not_(in_time)", "in_time", _LISTS),
    Mutation(
        "data_access/queries/customer_lists.py",
        "sa.func.coalesce(following <= due, sa.false())",
        "following <= due",
        _LISTS,
    ),
    Mutation(
        "data_access/queries/customer_lists.py",
        'sa.or_(flow.c["inflow"] != 0, flow.c["outflow"] != 0)',
        'flow.c["inflow"] != 0',
        _LISTS,
    ),
    Mutation("data_access/queries/customer_lists.py", 'snapshot.c["tier"].in_(chosen.tiers),', "", _LISTS),
    Mutation("answers/summary/held.py", "order[(len(order) + 1) // 2 :]", "order[len(order) // 2 + 1 :]", _LISTS),
    Mutation(
        "story/chart/over_time/noted.py",
        "(max(monday, first) for",
        "(monday for",
        "tests/story/chart/over_time/test_noted.py",
    ),
    Mutation(
        "answers/targets.py", "if goal.with_target or goal.metric", "if goal.metric", "tests/answers/test_targets.py"
    ),
    Mutation(
        "answers/targets.py",
        "one.first <= looked_at.first and looked_at.last <= one.last",
        "one.first <= looked_at.last",
        "tests/answers/test_targets.py",
    ),
    Mutation(
        "reports/slides/reading.py",
        'banded and (x["type"] == "temporal" or',
        "banded and (",
        "tests/reports/test_slides.py",
    ),
    Mutation("reports/slides/reading.py", "if len(texts) > 1:", "if len(texts) > 2:", "tests/reports/test_slides.py"),
    Mutation(
        "reports/slides/chart.py", "max(low, 0.0) + min(high, 0.0)", "max(low, 0.0)", "tests/reports/test_slides.py"
    ),
    Mutation(
        "story/chart/bridge.py",
        '["domainMax"] = {"expr": far}',
        '["zero"] = False',
        "tests/reports/test_picture.py -k bridge",
    ),
    Mutation(
        "story/chart/month.py",
        "max(scale('x', datum.{at}), datum.{room})",
        "scale('x', datum.{at})",
        "tests/reports/test_picture.py -k booked",
    ),
    Mutation(
        "reports/table.py",
        "([column.usual for column in rooms], [column.most for column in rooms])",
        "([column.most for column in rooms],)",
        "tests/reports/test_paper.py -k one_long_cell",
    ),
    Mutation(
        "story/parts.py",
        "self.command) if self.command else (self.sentence,)",
        "self.command)",
        "tests/reports/test_paper.py -k only_a_screen",
    ),
    Mutation("reports/page.typ", "breakable: not whole, ", "", "tests/reports/test_paper.py -k stays_on_its_page"),
    Mutation("reports/page.typ", "([0-9年月日至]+|", "(", "tests/reports/test_paper.py -k date_keeps"),
    Mutation(
        "reports/paper.py", "caption=block.caption)", 'caption="")', "tests/reports/test_paper.py -k several_tables"
    ),
    Mutation(
        "ui/page.py",
        "told if sheet is None else self._edition(self._with_notes(self._with_targets(sheet)))",
        "told",
        "tests/pages/week/test_notes.py -k printed",
    ),
    Mutation(
        "ui/page.py",
        "printed(tell.as_shown(story), self._found(story))",
        "tell.as_shown(story)",
        "tests/pages/week/test_notes.py -k printed",
    ),
    Mutation("story/week/week.py", "max(waiting.pages, 2)", "waiting.pages", "tests/story/week/test_to_do.py -k sheet"),
    Mutation(
        "data_access/measures.py",
        'asked.c["score"] >= 4',
        'asked.c["score"] > 4',
        "tests/data_access/queries/test_summary.py -k answers",
    ),
    Mutation(
        "story/week/cards.py",
        "elif np.ceil(low) <= np.floor(high):",
        "elif low <= high:",
        "tests/story/week/test_week.py -k whole_numbers",
    ),
    Mutation(
        "reports/slides/deck.py",
        "_length(head) / 2)",
        "_length(head))",
        "tests/reports/test_slides.py -k neither",
    ),
    Mutation(
        "reports/slides/deck.py",
        "return min(_WIDER * max(map(_length, _WORD.findall(text)), default=1.0), _LONGEST_WORD)",
        "return 1.0",
        "tests/reports/test_slides.py -k neither",
    ),
    Mutation(
        "reports/stories.py",
        "if chosen and not offered:",
        "if not chosen and not offered:",
        "tests/reports/test_commands.py -k nothing_could_be_chosen",
    ),
    Mutation(
        "story/week/week.py",
        "replace(step, changed_at=None) if step.state is State.OPEN else step",
        "step",
        "tests/story/week/test_to_do.py -k sheet",
    ),
    Mutation("reports/picture.py", "if beyond <= 0:", "if True:", "tests/reports/test_picture.py -k interval_is_cut"),
]
