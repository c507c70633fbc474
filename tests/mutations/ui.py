"""Faults of the pages and of what draws them."""

from tests.mutations.mutation import Mutation

_OPENING = "tests/ui/test_opening.py"
_TELL = "tests/ui/test_tell.py"
_TABLE = "tests/ui/test_table.py"
_FIRST = "tests/ui/test_first.py"
_MARKDOWN = "tests/ui/test_markdown.py"
_PAGES = "tests/pages/test_pages.py"
_DOCUMENT = "tests/ui/door/test_document.py"
_WHERE = "tests/pages/test_when_and_where.py"
_SET = "tests/pages/act/test_targets.py"
_SIGN_IN = "tests/pages/test_sign_in.py"
_BEGINS = "tests/pages/week/test_begins.py"
_LAST_SEEN = "tests/answers/test_last_seen.py"
_SPARK = "tests/story/chart/over_time/test_spark.py"
_ERRORS = "tests/ui/test_errors.py"
_ASKED = f"{_PAGES} -k filter_in_the_url"
_ONE = "tests/pages/test_drawn.py -k page_of_one_campaign"
_ALL = "tests/pages/test_drawn.py -k page_of_campaigns"
_WAY_BACK = "tests/ui/door/test_way_back.py"
_ROWS = "tests/ui/test_rows_in_place.py"
_DEEDS = "tests/pages/loop/test_deeds.py"
_WARM = "tests/pages/test_warm.py -k who_proves"

MUTATIONS = [
    Mutation("ui/opens.py", "opens.values[rows[0]]", "opens.values[rows[0] - 1]", _OPENING, quick=True),
    Mutation("ui/tell.py", 'int(mark["place"]) for mark', "index for index, mark", _OPENING),
    Mutation("ui/warm.py", "plan_the_past(planners, page", "plan_the_past(readers, page", _WARM),
    Mutation("ui/warm.py", "judge_the_past(planners, page", "judge_the_past(readers, page", _WARM),
    Mutation("ui/opens.py", "if opens and rows:", "if opens:", _OPENING),
    Mutation(
        "ui/table.py",
        "ticked: list[int] = event.selection.rows if shown.opens else []",
        "ticked: list[int] = []",
        _OPENING,
    ),
    Mutation("ui/tell.py", 'event.selection.get("opened")', 'event.selection.get("clicked")', _OPENING),
    Mutation("ui/table.py", "return self.texts", "return self.texts[::-1]", _TABLE),
    Mutation("ui/table.py", "enumerate(texts)}", "enumerate(texts[::-1])}", _TABLE),
    Mutation("ui/table.py", "np.where(np.isnan(numbers), -np.inf, numbers)", "numbers", _TABLE),
    Mutation("ui/table.py", "max(_NUMBER, letters + 24)", "_NUMBER", _TABLE),
    Mutation("ui/tell.py", "st.metric(plain(card.name), card.value,", 'st.metric(plain(card.name), "0",', _ONE),
    Mutation(
        "ui/tell.py",
        ":{card.badge[1]}-badge[",
        ":gray-badge[",
        _TELL,
    ),
    Mutation("ui/tell.py", "for text in (card.rests_on, card.target)", "for text in (card.name, card.target)", _ONE),
    Mutation(
        "ui/tell.py",
        "        table.draw(shown.tables[_view(shown)], currency)",
        "        table.draw(next(iter(shown.tables.values())), currency)",
        _ALL,
    ),
    Mutation(
        "ui/tell.py", "st.title(plain(story.headline), anchor=False)", "st.title(story.headline, anchor=False)", _TELL
    ),
    Mutation("ui/tell.py", "![{plain(said)}]", "![{said}]", _TELL),
    Mutation("ui/page.py", "self._places[name].fill(known[name],", "self._places[name].fill(row[0],", _ALL),
    Mutation("ui/page.py", "body.rest()", "pass", _BEGINS),
    Mutation("ui/act/views.py", "if undone and of_page == page:", "if undone:", f"{_PAGES} -k view_is_saved"),
    Mutation("ui/filters.py", "    return arrived\n", "    return True\n", f"{_BEGINS} -k arrival"),
    Mutation("ui/first.py", "if top >= SCREEN", "if top > SCREEN", _FIRST),
    Mutation("ui/first.py", "max(place, 1)", "place", _FIRST),
    Mutation("ui/tell.py", "if alone and self._rest:", "if self._rest:", _FIRST),
    Mutation(
        "ui/filters.py",
        "chosen(choice) != choice.options[0] for",
        "chosen(choice) == choice.options[0] for",
        "tests/ui/test_more_filters.py",
    ),
    Mutation(
        "story/chart/forest.py",
        "for align, below in named)",
        "for align, below in named[:1])",
        "tests/story/chart/test_forest.py",
    ),
    Mutation(
        "data_access/workspace/notes.py",
        "for pin in wanted if pin.to is to",
        "for pin in wanted",
        "tests/data_access/workspace/test_notes.py",
    ),
    Mutation("ui/tell.py", "if alone and self._rest:", "if alone:", _FIRST),
    Mutation("story/once.py", "asked = language(), args,", "asked = language(), (),", "tests/story/test_once.py"),
    Mutation("pages/week.py", "    seen=here.seen,\n", "", _BEGINS),
    Mutation("ui/door/sign_in.py", "    st.session_state.pop(SEEN, None)\n", "", _BEGINS),
    Mutation("answers/last_seen.py", "(reader.version, reader.viewer, asked)", "(reader.viewer, asked)", _LAST_SEEN),
    Mutation("answers/last_seen.py", "(reader.version, reader.viewer, asked)", "(reader.version, asked)", _LAST_SEEN),
    Mutation("story/chart/over_time/spark.py", "HEIGHT - _EDGE - height", "_EDGE + height", _SPARK),
    Mutation("story/chart/over_time/spark.py", "path, drawn = _ended(path, drawn), 0", "drawn = 0", _SPARK),
    Mutation("ui/markdown.py", "[\\\\`*_~\\[\\]$<>&#|!]", "[\\\\`*_~\\[\\]<>&#|!]", _MARKDOWN, quick=True),
    Mutation("ui/markdown.py", "@(?=\\w)|", "", _MARKDOWN),
    Mutation(
        "ui/filters.py",
        'return _found(choice, asked) or (choice.nearest(asked) if asked else "") or choice.options[0]',
        "return choice.options[0]",
        _ASKED,
    ),
    Mutation("ui/filters.py", "if option.casefold() == asked.casefold()", "if option == asked", _ASKED),
    Mutation(
        "ui/filters.py", "        st.query_params[key] = value\n", "        pass\n", f"{_PAGES} -k changing_a_filter"
    ),
    Mutation("ui/choose.py", "145, drawn=len(called) > 1", "145, drawn=True", f"{_PAGES} -k no_other_branch"),
    Mutation("ui/filters.py", "if key not in SHARED}", "}", "tests/ui/test_recalled.py"),
    Mutation("ui/filters.py", "kept.get(before, {}).items() if key in SHARED", "{}.items()", _WHERE),
    Mutation("ui/choose.py", "held.first <= named(key).last <= held.last", "held.first <= named(key).last", _WHERE),
    Mutation("ui/act/views.py", "sent != _mark(scope)", 'sent == "bank"', _WHERE),
    Mutation(
        "ui/evidence.py", "card.traced or story.traced", "story.traced", "tests/pages/evidence/test_evidence_shown.py"
    ),
    Mutation(
        "story/target.py",
        "and traced.campaigns is None]",
        "]",
        "tests/pages/act/test_targets.py -k campaign_s",
    ),
    Mutation("ui/act/targets.py", "before = versions[1].value if len(versions) > 1 else None", "before = None", _SET),
    Mutation("ui/act/targets.py", "Kind.SHARE: 0.01", "Kind.SHARE: 1.0", _SET),
    Mutation("ui/take/export.py", "if stated or not table.customers", "", "tests/ui/take/test_export.py"),
    Mutation(
        "ui/take/purpose.py",
        "len(purpose) >= SHORTEST",
        "purpose",
        "tests/pages/evidence/test_customers_shown.py -k taken",
    ),
    Mutation(
        "ui/choose.py",
        '"" if value == EVERY and key != "period" else value',
        '"" if key != "period" else value',
        _ALL,
    ),
    Mutation("pages/campaign.py", 'filters.parameter("campaign"), branch', 'filters.parameter("campaign")', _ONE),
    Mutation("ui/door/document.py", "code if code in LANGUAGES else preferred", "code or preferred", _DOCUMENT),
    Mutation("ui/door/document.py", "if asked not in _PAGES and", "if", _DOCUMENT),
    Mutation(
        "ui/door/document.py", "[*request.query_params.multi_items(), (ASKED, asked)]", "[(ASKED, asked)]", _DOCUMENT
    ),
    Mutation("ui/errors.py", "if not person:", "if person:", _ERRORS),
    Mutation("ui/door/document.py", "str(len(body))", "str(len(body) - 1)", _DOCUMENT),
    Mutation("ui/door/document.py", "and not sign_in.provider_is_set()", "", _DOCUMENT),
    Mutation("ui/door/document.py", "HttpOnly; ", "", _DOCUMENT),
    Mutation("ui/door/document.py", "if name not in _WHOLE", "", _DOCUMENT),
    Mutation(
        "ui/door/sign_in.py",
        'email=plain(email),\n        ),\n        "no_email"',
        'email=email,\n        ),\n        "no_email"',
        f"{_SIGN_IN} -k address",
    ),
    Mutation("ui/door/sign_in.py", "    _LAST.pop(_browser(), None)\n", "", f"{_SIGN_IN} -k reload"),
    Mutation(
        "ui/door/sign_in.py",
        "if browser := _browser():",
        "if (browser := _browser()) is not None:",
        f"{_SIGN_IN} -k another",
    ),
    Mutation("ui/door/sign_in.py", "list(_LAST)[:-_REMEMBERED]", "list(_LAST)[:0]", f"{_SIGN_IN} -k choices"),
    Mutation(
        "ui/navigation.py", "uses_pages_directory = False", "uses_pages_directory = True", "tests/ui/test_navigation.py"
    ),
    Mutation(
        "ui/act/notes.py",
        "viewer.scope.whole_bank and pin.to not in (PinnedTo.STAFF, PinnedTo.BRANCH)",
        "viewer.scope.whole_bank",
        "tests/pages/people/test_pages.py -k goal",
    ),
    Mutation(
        "ui/people.py",
        "if total != weights.WHOLE:",
        "if False:",
        "tests/pages/people/test_pages.py -k do_not_add_up",
    ),
    Mutation("ui/door/way_back.py", "if not asked and (way :=", "if (way :=", f"{_WAY_BACK} -k gets_that_page"),
    Mutation("ui/door/way_back.py", "not parts.scheme and not parts.netloc and parts.path in _PAGES", "way", _WAY_BACK),
    Mutation("ui/door/way_back.py", "or not sign_in.provider_is_set():", "or False:", f"{_WAY_BACK} -k provider"),
    Mutation("ui/door/way_back.py", "back.delete_cookie(", "back.headers.get(", f"{_WAY_BACK} -k kept_until"),
    Mutation("ui/warm.py", "while _UNDER_WAY and", "while True and", "tests/pages/test_warm.py -k waits_for_a_run"),
    Mutation(
        "ui/warm.py",
        "_UNDER_WAY.discard(mark)",
        "_UNDER_WAY.clear()",
        "tests/pages/test_warm.py -k waits_for_a_run",
    ),
    Mutation(
        "ui/plan/desk.py",
        '_tried(desk, deed, _("Saved."))',
        '_tried(desk, deed, say("Saved."))',
        "tests/ui/test_callbacks.py -k desk",
    ),
    Mutation("ui/plan/desk.py", "SAID] = say(said)", "SAID] = said", "tests/pages/plan/test_plan_shown.py -k language"),
    Mutation(
        "ui/act/loading.py",
        "    speak(filters.language())  # a callback runs before the page has set it\n    confirm()",
        "    confirm()",
        "tests/pages/act/test_loading.py -k no_longer_there",
    ),
    Mutation("pages/data.py", ", story.DICTIONARY)", ")", "tests/pages/test_choices_drawn.py -k link[data]"),
    Mutation(
        "ui/act/notes.py",
        "why_not(desk.confirm,",
        "why_not(lambda: None,",
        "tests/pages/act/test_notes.py -k taken_meanwhile",
    ),
    Mutation(
        "ui/people.py",
        "why_not(desk.confirm,",
        "why_not(lambda: None,",
        "tests/pages/people/test_pages.py -k taken_meanwhile",
    ),
    Mutation("ui/desk.py", "        confirm()\n", "", "tests/pages/act/test_notes.py -k taken_meanwhile"),
    Mutation("ui/desk.py", "        return differs(meanwhile)\n", '        return ""\n', f"{_DEEDS} -k differs"),
    Mutation("ui/tell.py", 'layer.get("data", shared)["name"]', '(shared or layer["data"])["name"]', _ROWS),
    Mutation("ui/tell.py", ', "format": {"type": "json"}', "", _ROWS),
    Mutation("ui/tell.py", "@once\ndef _with_rows_in_place", "def _with_rows_in_place", _ROWS),
    Mutation("story/figures.py", "abs(counted) < 0.1", "counted < 0.1", "tests/story/test_figures.py"),
    Mutation(
        "story/plan/checks.py", "share=figures.share(", "share=figures.percent(", "tests/story/plan/test_checks.py"
    ),
    Mutation("ui/page.py", "            first.alone(first.FINDING)\n", "            pass\n", f"{_BEGINS} -k arrival"),
    Mutation("ui/page.py", "        if self._arrived:\n", "        if True:\n", f"{_BEGINS} -k arrival"),
]
