"""What a warehouse says about itself, and to whom."""

from __future__ import annotations

from data_access.queries import data


def test_a_branch_head_is_told_no_count_of_what_other_branches_hold(reader, reader_of, bank):
    every, head = (data.tables(one).set_index("table_name") for one in (reader, reader_of("B1")))
    counts = ["rows", "rejected", "flagged"]
    assert every.loc["sale", "rows"] == len(bank["sale"]) > 0
    assert head.loc[["sale", "customer", "staff", "campaign_cost", "consent"], counts].isna().all(axis=None)
    public = ["branch", "product", "campaign", "campaign_arm", "season"]
    assert head.loc[public, "rows"].tolist() == every.loc[public, "rows"].tolist()
    assert head["as_of"].equals(every["as_of"])
    assert set(head.index) == set(every.index)


def test_a_branch_head_is_told_of_files_and_refused_rows_of_public_tables_alone(reader, reader_of):
    for query in (data.files, data.rejections):
        assert set(query(reader)["table_name"]) == {"sale", "product"}
        assert set(query(reader_of("B1", "B2", "B3", "B4", "B5", "B6"))["table_name"]) == {"product"}


def test_what_is_recorded_is_told_to_all(reader_of):
    head = reader_of("B1")
    assert head.has("sale", "amount")
    assert not head.has("customer_tag", "as_of")
