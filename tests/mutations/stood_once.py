"""Faults that stood in the code once and were found by reading, with the tests that notice them since."""

from tests.mutations.mutation import Mutation

_PROGRAMME = "tests/metrics/campaigns/test_programme.py"
_STUDY = "tests/metrics/inference/study"
_LOOP = "tests/data_access/workspace/loop/test_loop.py"
_TO_DO = "tests/data_access/queries/test_to_do.py"
_HEADINGS = "tests/story/campaigns/test_headings.py"
_RUNNING = "tests/pages/running/test_pages.py"
_ALIKE = "metrics/inference/study/alike.py"
_SETTINGS = "tests/data_access/test_settings.py -k wrong_setting"
_COMPARE = "tests/pages/compare/test_compare_shown.py"

MUTATIONS = [
    Mutation(
        "story/spreadsheet.py", "if money and len(set(units)) > 1:", "if False:", "tests/story/test_spreadsheet.py"
    ),
    Mutation(
        "metrics/inference/study/study.py",
        'method="Wald", standard_error=error',
        'method="Wald", standard_error=margin',
        f"{_STUDY}/test_study.py",
    ),
    Mutation(
        "data_access/queries/to_do/history.py",
        "sa.and_(accepted.is_not(None), waited(accepted, closed))",
        "sa.false()",
        _TO_DO,
    ),
    Mutation("data_access/queries/to_do/history.py", "waited(made, accepted), waited", "waited", _TO_DO),
    Mutation("data_access/queries/to_do/history.py", "sa.or_(visited, again)", "visited", _TO_DO),
    Mutation(
        "data_access/queries/to_do/listed.py",
        'sa.func.coalesce(consent.c["withdrawn_at"], consent.c["given_at"])',
        'consent.c["given_at"]',
        _TO_DO,
    ),
    Mutation(
        "metrics/campaigns/programme.py",
        'float((card["members"].estimate - card["open_members"].estimate)[known].sum())',
        "float(returned.n[known].sum())",
        _PROGRAMME,
    ),
    Mutation(
        "answers/people/team.py", "if recorded and months", "if months", "tests/answers/people/test_team.py -k reached"
    ),
    Mutation(
        "data_access/workspace/loop/actions.py",
        "version=seen.version + 1, closed_by",
        "version=seen.version, closed_by",
        _LOOP,
    ),
    Mutation(
        "ui/act/notes.py",
        "    if _tried(desk, lambda: notes.restore(desk.workspace, desk.viewer, deleted)):\n        del",
        "    _tried(desk, lambda: notes.restore(desk.workspace, desk.viewer, deleted))\n    if True:\n        del",
        "tests/pages/act/test_notes.py -k deletion",
    ),
    Mutation(
        "ui/take/moved.py",
        "isinstance(answer, TooShort) or not story.spelled(answer.of):",
        "isinstance(answer, TooShort):",
        "tests/pages/tiers/test_pages.py -k no_list",
    ),
    Mutation(
        "story/compare/evidence.py",
        "(since := found.swapped().left_behind(0.0)) is not None",
        "(since := found.left_behind(0.0)) is not None",
        "tests/story/compare/test_course.py",
    ),
    Mutation(
        "story/chart/bridge.py",
        "order = [str(place) for place in range(len(names))]",
        "order = list(names)",
        "tests/story/chart/test_bridge.py",
    ),
    Mutation(
        "story/chart/forest.py",
        'sentences([alt_text, *(f"{row.name} {row.hover}" for row in rows)])',
        "sentences([alt_text])",
        "tests/story/chart/test_forest.py",
    ),
    Mutation("ui/running/desk.py", "if ended is not None and not since", "if ended is not None", _RUNNING),
    Mutation("ui/running/desk.py", "            if brought_back is not None:\n", "            if False:\n", _RUNNING),
    Mutation(
        "ui/act/subscribe.py",
        '        logs.record("unsubscribed", viewer.email, what=mine.what.value)\n',
        "",
        "tests/pages/act/test_subscribe.py",
    ),
    Mutation("story/campaigns/campaign.py", "satisfied.reason[0] == Reason.NOT_NESTED.value", "False", _HEADINGS),
    Mutation("story/campaigns/charts.py", "if every[step].any()]", "]", _HEADINGS),
    Mutation(
        "data_access/workspace/loop/decisions.py",
        '    rights.require(still, viewer, marked("decide on this campaign"))\n',
        "",
        f"{_LOOP} -k role_no_longer",
    ),
    Mutation(
        "data_access/workspace/loop/decisions.py",
        "rights.may_approve(viewer) and rights.sees_all(viewer, scope))",
        "rights.may_approve(viewer))",
        f"{_LOOP} -k role_no_longer",
    ),
    Mutation(
        "metrics/campaigns/sight.py",
        'f"{amount}_per_customer"',
        "amount",
        "tests/metrics/campaigns/test_sight.py",
    ),
    Mutation(_ALIKE, "difference = (gap / spread)", "difference = (gap / spread.where(spread > 0))", _STUDY),
    Mutation(
        "metrics/inference/comparison/effects.py",
        "(randomised & (sample_ratio.p_value < MISMATCH_BELOW), Reason.SAMPLE_RATIO),",
        "(randomised & (sample_ratio.p_value < MISMATCH_BELOW) & ~treated.waiting, Reason.SAMPLE_RATIO),",
        "tests/metrics/campaigns/test_sample_ratio.py",
    ),
    Mutation(
        "story/campaigns/promised.py",
        "all(math.isnan(row.ring) for row in rows)",
        "False",
        "tests/answers/test_promised.py -k ring",
    ),
    Mutation(
        "story/compare/evidence.py",
        'found[found["difference"].notna()]',
        'found[np.isfinite(found["difference"])]',
        f"{_COMPARE} -k trait",
    ),
    Mutation("story/compare/evidence.py", "np.clip(told, -reach, reach)", "told", f"{_COMPARE} -k trait"),
    Mutation("data_access/settings.py", "sorted(set(values)) != values", "sorted(values) != values", _SETTINGS),
    Mutation(
        "data_access/settings.py",
        '        _rising("thresholds", [tier.threshold for tier in self.tiers])\n',
        "",
        _SETTINGS,
    ),
    Mutation("data_access/settings.py", "[rule.valid_from for rule in self.tier_rules]", "[]", _SETTINGS),
    Mutation(
        "story/campaigns/overview.py",
        "if np.nansum(waiting.estimate) > 0:",
        "if False:",
        "tests/story/campaigns/test_headings.py -k closed",
    ),
]
