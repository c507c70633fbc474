"""Faults of the pages: a part of a link that is dropped, a panel that is missing."""

from tests.mutations.mutation import Mutation


def _link(name: str) -> str:
    return f"tests/pages/test_choices_drawn.py -k link[{name}]"


_FIRST = "tests/pages/test_finding_first.py -k "

MUTATIONS = [
    Mutation("pages/compare.py", "    here.lead(told)\n    if", "    if", f"{_FIRST} compare"),
    Mutation("pages/summary.py", "here.lead(told)\n", "", f"{_FIRST} summary"),
    Mutation("pages/week.py", "here.lead(known)\n", "", f"{_FIRST} week"),
    Mutation("ui/plan/show.py", "    here.lead(told)\n", "", f"{_FIRST} plan"),
    Mutation("ui/loop/show.py", "    here.lead(told)\n", "", f"{_FIRST} loop"),
    Mutation("ui/page.py", "        if not self._led:\n            self.lead(story)\n", "", f"{_FIRST} tiers"),
    Mutation("ui/page.py", "if not self._led:", "if True:", f"{_FIRST} plan"),
    Mutation(
        "ui/page.py",
        "        if self._arrived:\n            first",
        "        if True:\n            first",
        f"{_FIRST} stands",
    ),
    Mutation(
        "pages/campaigns.py",
        "overlap.ask(here.reader, choice), ages",
        "overlap.ask(here.reader, campaigns.Choice()), ages",
        "tests/pages/test_drawn.py -k 'of_campaigns and money'",
    ),
    Mutation(
        "pages/campaign.py",
        "    told = story.with_plan(",
        "    story.with_plan(",
        "tests/pages/test_drawn.py -k page_of_one_campaign",
    ),
    Mutation(
        "pages/campaign.py",
        '    here.notes("campaign", filters.parameter("campaign"))',
        "    pass",
        "tests/pages/act/test_notes.py",
    ),
    Mutation("pages/compare.py", ", swap=controls.swapped()", "", _link("compare")),
    Mutation("pages/compare.py", "if choice.also and", "if not choice.also and", _link("compare-several")),
    Mutation(
        "pages/compare.py",
        "            controls.reading(answer)",
        "            pass",
        "tests/pages/compare/test_compare_shown.py -k in_the_url",
    ),
    Mutation(
        "pages/customers.py",
        "    choose.page_of(answer.pages)",
        "    choose.page_of(1)",
        _link("customers"),
    ),
    Mutation(
        "pages/customers.py",
        ", taken=here.customers(answer)",
        "",
        "tests/pages/evidence/test_customers_shown.py -k taken_along",
    ),
    Mutation(
        "pages/data.py",
        "told = story.tell(answer, filters.chosen(table),",
        'told = story.tell(answer, "",',
        _link("data"),
    ),
    Mutation("pages/data.py", "worked.ask(here.reader)", "None", _link("data")),
    Mutation("pages/data.py", "here.loading()", "", "tests/pages/act/test_loading.py -k everybody_reads"),
    Mutation("pages/moved.py", ", choose.numbered(choose_tiers.PART))", ")", _link("moved")),
    Mutation("pages/moved.py", "moved.plan(here, answer)", "", "tests/pages/tiers/test_pages.py"),
    Mutation("pages/people.py", "answer, people.proposed())", "answer)", _link("people")),
    Mutation(
        "pages/people.py",
        ", here.score(answer, judged))",
        ")",
        "tests/pages/people/test_pages.py -k tried_on_last_year",
    ),
    Mutation("pages/person.py", "filters.parameter(PERSON))", '"")', _link("person")),
    Mutation(
        "pages/person.py",
        "    here.goals(answer.staff_id, choice.branch)",
        "    pass",
        "tests/pages/people/test_pages.py -k goal",
    ),
    Mutation(
        "pages/running.py", ", desk.drawn(here, answer))", ")", "tests/pages/running/test_pages.py -k stopping_needs"
    ),
    Mutation(
        "pages/summary.py",
        ", summary.reach(here.workspace, here.reader, answer)",
        "",
        "tests/pages/act/test_targets.py -k summary_s_year",
    ),
    Mutation("pages/tiers.py", "int(filters.chosen(rising))", "uplift.PERCENT[0]", _link("tiers")),
    Mutation("pages/tiers.py", "    choose_tiers.planned()", "", "tests/pages/tiers/test_pages.py"),
    Mutation(
        "pages/week.py", "story.tell(answer, None, choice.by, reaches)", "story.tell(answer, None)", _link("week")
    ),
    Mutation("pages/week.py", "    choice.kind,\n", '    "",\n', _link("week")),
    Mutation("pages/week.py", "    choice.page,\n", "    1,\n", _link("week")),
    Mutation("pages/week.py", 'here.notes("week", week.key(answer.monday))', "", "tests/pages/week/test_notes.py"),
]
