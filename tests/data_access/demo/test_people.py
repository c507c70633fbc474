"""The demo people exist at the demo bank."""

from __future__ import annotations

from data_access.demo.people import PEOPLE


def test_there_is_one_of_each_role_and_two_branch_heads():
    assert sorted(person.role for person in PEOPLE) == [
        "administrator", "branch_head", "branch_head", "executive", "planner",
    ]  # fmt: skip


def test_heads_have_a_branch_of_the_bank_and_the_others_none(tables):
    known = set(tables["branch"]["branch_id"].to_pylist())
    for person in PEOPLE:
        assert set(person.branches) <= known
        assert bool(person.branches) == (person.role == "branch_head")
