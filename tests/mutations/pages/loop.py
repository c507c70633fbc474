"""Faults of the loop: its sums, its record, who may decide, what stands on its page."""

from tests.mutations.mutation import Mutation

_WHY = "tests/metrics/planning/test_why.py"
_TRACK = "tests/metrics/planning/test_track.py"
_KEPT = "tests/data_access/workspace/loop/test_loop.py"
_SHOWN = "tests/pages/loop/test_shown.py"
_HISTORY = "tests/pages/loop/test_history.py"
_AUDIENCE = "tests/data_access/queries/test_audience.py"
_OWN = "tests/pages/loop/test_own_forecast.py"
_TAUGHT = "tests/pages/loop/test_taught.py"
_DEEDS = "tests/pages/loop/test_deeds.py"
_JUDGING = "tests/pages/loop/test_judging.py"

MUTATIONS = [
    Mutation("metrics/planning/why.py", 'parts["cost"] += forecast.cost - actual.cost', 'parts["cost"] += 0.0', _WHY),
    Mutation("metrics/planning/why.py", "rank < left", "rank > left", _WHY),
    Mutation(
        "metrics/planning/why.py",
        "np.where(amounts.own_rate > 0, amounts.own_amount, amounts.amount)",
        "amounts.own_amount",
        _WHY,
    ),
    Mutation(
        "metrics/planning/track.py",
        'inside = (known["low"] <= known["actual"])',
        'inside = (known["low"] < known["median"])',
        _TRACK,
    ),
    Mutation("metrics/planning/track.py", "off < 0", "off > 0", _TRACK),
    Mutation(
        "metrics/planning/roll_out.py",
        "roi.scaled(-each * others)",
        "roi.scaled(each * others)",
        "tests/metrics/planning/test_roll_out.py",
    ),
    Mutation(
        "metrics/planning/naive.py",
        "alike == alike.max()",
        "alike == alike.min()",
        "tests/metrics/planning/test_naive.py",
    ),
    Mutation(
        "metrics/planning/lessons.py",
        "predicted.standard_deviation**2 - of_one",
        "predicted.standard_deviation**2",
        "tests/metrics/planning/test_lessons.py -k vary",
    ),
    Mutation(
        "data_access/workspace/loop/decisions.py", "if viewer.email in _deciders(workspace, seen):", "if False:", _KEPT
    ),
    Mutation("data_access/workspace/loop/decisions.py", "if last == made.version - 1:", "if last >= 0:", _KEPT),
    Mutation(
        "data_access/workspace/loop/actions.py",
        'decision.c.state == "approved"',
        'decision.c.state != "returned"',
        _KEPT,
    ),
    Mutation(
        "data_access/workspace/loop/actions.py", "action.c.version == seen.version", "action.c.version > 0", _KEPT
    ),
    Mutation("data_access/workspace/loop/evaluations.py", "seen=seen.version,", "seen=seen.version - 1,", _KEPT),
    Mutation(
        "data_access/workspace/rights.py",
        "viewer.email == owner or (viewer.role in _PLANS and within)",
        "viewer.role in _PLANS and within or viewer.role in _APPROVES",
        _KEPT,
    ),
    Mutation(
        "answers/loop/forecasts.py",
        "if one.plan_id == said.plan_id], first)",
        "], first)",
        f"{_OWN} -k carries_out",
    ),
    Mutation(
        "answers/loop/board.py",
        "evaluation is None and decision is None",
        "decision is None",
        f"{_SHOWN} -k board_counts",
    ),
    Mutation(
        "answers/loop/evaluated.py",
        'left = float(alike["n"].sum()) - float(one["n"])',
        'left = float(alike["n"].sum())',
        f"{_SHOWN} -k roll_out",
    ),
    Mutation(
        "answers/loop/cited.py",
        "said[key].written_at <= head.frozen_at",
        "said[key].written_at > head.frozen_at",
        f"{_OWN} -k cites",
    ),
    Mutation("story/loop/words.py", "(place > 0) != (key in MORE_IS_WORSE)", "place > 0", f"{_SHOWN} -k more_cost"),
    Mutation("ui/loop/decide.py", "asked if asked in verdicts else before", "before", f"{_DEEDS} -k comparison"),
    Mutation("ui/loop/desk.py", "return self._differs(meanwhile)", 'return ""', f"{_DEEDS} -k differs"),
    Mutation("answers/loop/deeds.py", "if alarm.deed is not None", "if alarm.deed is None", f"{_HISTORY} -k stopped"),
    Mutation(
        "story/loop/history.py",
        "for _, claim in sorted(told, key=lambda one: one[0])",
        "for _, claim in told[::-1]",
        f"{_HISTORY} -k before",
    ),
    Mutation(
        "story/loop/record.py",
        "return record.campaigns < FEWEST",
        "return record.campaigns <= FEWEST",
        f"{_HISTORY} -k five",
    ),
    Mutation(
        "data_access/audience.py",
        'snapshot.c["month_no"] == last_month(reader), snapshot.c["life_stage"]',
        'snapshot.c["month_no"] > 0, snapshot.c["life_stage"]',
        f"{_AUDIENCE} -k tag_does",
    ),
    Mutation(
        "data_access/audience.py",
        'member.c["campaign_id"].in_(values), measures.treated(reader, member)',
        'member.c["campaign_id"].in_(values), sa.true()',
        f"{_AUDIENCE} -k tag_does",
    ),
    Mutation("story/loop/lessons.py", '"plan": one.plan_id', '"plan": one.name', f"{_SHOWN} -k cites"),
    Mutation(
        "story/loop/lessons.py",
        "estimates.alone(lessons.effect, row,",
        "estimates.value(lessons.effect, row,",
        f"{_SHOWN} -k near_nought",
    ),
    Mutation(
        "story/loop/lessons.py",
        'narrow_lines = "datum.label", narrow, lines',
        'narrow_lines = "datum.label", "false", lines',
        f"{_SHOWN} -k upright",
    ),
    Mutation("ui/loop/board.py", "**{plain(line.name)}**", "**{line.name}**", f"{_SHOWN} -k one_text"),
    Mutation(
        "answers/loop/board.py", "unseen = not who and isinstance", "unseen = isinstance", f"{_SHOWN} -k elsewhere"
    ),
    Mutation("ui/loop/judging.py", "or not answer.board.evaluated", "or True", f"{_JUDGING} -k before"),
    Mutation("ui/loop/judging.py", "    speak(filters.language())\n", "", f"{_JUDGING} -k between"),
    Mutation("ui/loop/board.py", "viewer.scope if line.planned else WHOLE_BANK", "viewer.scope", f"{_SHOWN} -k offers"),
    Mutation("story/loop/lessons.py", '"false", 2', '"false", lines', f"{_SHOWN} -k upright"),
    Mutation(
        "answers/loop/evaluated.py", "verdicts[verdict.RETURN].grade", "verdicts[verdict.CONVERSION].grade", _TAUGHT
    ),
    Mutation("answers/loop/past.py", 'Grade.RAISED: "paid"', 'Grade.HINT_RAISED: "paid"', _TAUGHT),
    Mutation("story/loop/evaluation.py", "loss = found.returned.sign < 0", "loss = found.returned.sign > 0", _TAUGHT),
    Mutation("story/loop/evaluation.py", "Grade.HINT_RAISED: _(", "Grade.NOT_JUDGED: _(", _TAUGHT),
    Mutation(
        "story/loop/evaluation.py",
        "limits=estimates.limits(what, 0, Unit.MONEY, found.currency, signed=not loss)",
        "limits=estimates.limits(found.lost, 0, Unit.MONEY, found.currency, signed=not loss)",
        _TAUGHT,
    ),
]
