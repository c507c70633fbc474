"""A feed becomes a version: merging, refusing, flagging, and what a version says of itself."""

import csv
from datetime import date, datetime

import pytest

from data_access.errors import LoadError, NoVersionError, RejectsError
from data_access.loading.load import Report


def rejected(report_or_error: Report | Exception, feed) -> list[dict[str, str]]:
    (path,) = sorted(feed.rejects.iterdir())[-1:]
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_right_feed_becomes_a_version_with_its_derived_columns(any_feed):
    report = any_feed.right().load()
    assert report.version is not None
    assert not report.rejects
    (member,) = any_feed.rows(
        "SELECT sales_amount, matures_on, assigned_week, contacted_week, converted_week, participated_week "
        "FROM campaign_member WHERE customer_id = '01'"
    )
    monday = date(2024, 1, 1)
    assert member == (123450, date(2024, 2, 2), monday, monday, monday, None)
    assert any_feed.rows("SELECT as_of, source, currency FROM warehouse_version") == [(date(2024, 1, 5), "feed", "CNY")]
    assert any_feed.rows("SELECT \"rows\" FROM version_table WHERE table_name = 'campaign_member'") == [(2,)]
    recorded = {
        c for (c,) in any_feed.rows("SELECT column_name FROM version_column WHERE table_name = 'campaign_member'")
    }
    assert "sales_amount" in recorded
    assert "participated_at" not in recorded
    assert any_feed.rows("SELECT count(*) FROM version_file") == [(4,)]


def test_the_same_feed_twice_changes_nothing_and_says_so(any_feed):
    first = any_feed.right().load().version
    report = any_feed.load()
    assert report.version is None
    assert len(report.unchanged) == 4
    assert any_feed.store.current() == first


def test_a_file_with_refused_rows_twice_changes_nothing_either(feed):
    feed.right().write("customer", "customer_id,branch_id\n01,001\n02,002\n03,009\n")
    first = feed.load("1").version
    assert feed.load("1").version is None
    assert feed.store.current() == first


def test_refused_rows_are_taken_once_what_they_refer_to_is_there(feed):
    feed.right().write("customer", "customer_id,branch_id\n01,001\n02,002\n03,009\n")
    feed.load("1")
    feed.write("branch", "branch_id,name\n009,New\n")
    assert feed.load().version is not None
    assert feed.rows("SELECT branch_id FROM customer WHERE customer_id = '03'") == [("009",)]


def test_a_later_feed_upserts_by_key(any_feed):
    any_feed.right().load()
    any_feed.empty()
    # no birth_year column: kept; an empty segment: cleared; 03 is new; 02 is not mentioned: stays
    any_feed.write(
        "customer", "customer_id,branch_id,opened_on,segment\n01,002,2020-02-13,\n03,001,2024-01-01,family\n"
    )
    any_feed.load()
    query = "SELECT customer_id, branch_id, birth_year, segment FROM customer ORDER BY 1"
    assert any_feed.rows(query) == [
        ("01", "002", 1980, None),
        ("02", "002", None, None),
        ("03", "001", None, "family"),
    ]


def test_a_file_that_was_loaded_before_another_is_the_last_word_when_it_comes_again(feed):
    feed.right()
    for segment in ("family", "student", "family"):
        feed.write("customer", f"customer_id,branch_id,opened_on,segment\n01,001,,{segment}\n02,002,,{segment}\n")
        feed.load()
        assert feed.rows("SELECT DISTINCT segment FROM customer") == [(segment,)]


def test_a_new_row_needs_what_a_known_row_may_leave_out(feed):
    feed.right().load()
    feed.empty().write("campaign", "campaign_id,ends_on\nc1,2024-03-01\nc9,2024-03-01\n")
    with pytest.raises(RejectsError, match="needed by a new row"):
        feed.load()
    feed.load("1")
    assert feed.rows("SELECT name, ends_on FROM campaign") == [("Spring", date(2024, 3, 1))]


def test_a_longer_window_moves_the_maturity_of_members_loaded_before(feed):
    feed.right().load()
    feed.empty().write("campaign", "campaign_id,attribution_days\nc1,60\n")
    feed.load()
    assert feed.rows("SELECT DISTINCT matures_on FROM campaign_member") == [(date(2024, 3, 3),)]


def test_a_header_alone_changes_nothing(feed):
    first = feed.right().load().version
    feed.empty().write("customer", "customer_id,branch_id,segment\n")
    assert feed.load().version is None
    assert feed.store.current() == first


def test_rollback_returns_to_the_version_before(any_feed):
    any_feed.right().load()
    any_feed.empty().write("branch", "branch_id,name\n001,Renamed\n")
    any_feed.load()
    assert any_feed.rows("SELECT name FROM branch WHERE branch_id = '001'") == [("Renamed",)]
    any_feed.store.rollback()
    assert any_feed.rows("SELECT name FROM branch WHERE branch_id = '001'") == [("Harbour",)]
    with pytest.raises(NoVersionError):
        any_feed.store.rollback()


def test_check_says_what_a_load_would_refuse_and_loads_nothing(feed):
    feed.right().write("branch", "branch_id,name,region\n001,Harbour,North\n002,Old Town,north\n")
    report = feed.check()
    assert report.version is None
    assert feed.store.current() is None
    assert report.words["branch.region"] == ["North", "north"]
    assert any("'North', 'north'" in note for note in report.notes)


@pytest.mark.parametrize(
    ("table", "text", "line", "column", "reason"),
    [
        ("customer", "customer_id,branch_id\n01,001\n02,\n", "3", "branch_id", "is empty"),
        ("customer", 'customer_id,branch_id,segment\n01,001,"two\nlines"\n02,009,\n', "4", "branch_id", "not in branch"),  # noqa: E501
        ("customer", "customer_id,branch_id\n\n01,001\n\n02,002,3\n", "5", "", "more cells"),
        ("customer", "customer_id,branch_id\n01,001\n02\n", "3", "", "fewer cells"),
        ("customer", "customer_id,branch_id,birth_year\n01,001,980\n02,002,1980\n", "2", "birth_year", "outside 1900"),
        ("customer", "customer_id,branch_id,birth_year\n01,001,1980.5\n02,002,\n", "2", "birth_year", "whole number"),
        ("customer", "customer_id,branch_id\n01,001\n02,002\n02,001\n", "3", "customer_id", "occurs 2 times"),
        ("customer", "customer_id,branch_id,opened_on\n01,001,2024-02-30\n02,002,2024-02-01\n", "2", "opened_on", "a date"),  # noqa: E501
        ("customer", "customer_id,branch_id,opened_on\n01,001,9999-12-31\n02,002,\n", "2", "opened_on", "the years"),
        ("campaign", RIGHT_CAMPAIGN := "campaign_id,name,objective,starts_on,ends_on,attribution_days,assignment\n"
         "c1,S,grow,2024-01-01,2024-02-01,30,randomized\n", "2", "assignment", "nearest is randomised"),
        ("campaign", RIGHT_CAMPAIGN.replace("randomized", "randomised").replace("2024-02-01", "2023-02-01"),
         "2", "ends_on", "before starts_on"),
    ],
)  # fmt: skip
def test_a_refused_row_is_listed_with_its_line_column_and_reason(feed, table, text, line, column, reason):
    feed.right("branch", "customer", "campaign", "campaign_member").write(table, text)
    with pytest.raises(RejectsError) as error:
        feed.load()
    rows = [row for row in rejected(error.value, feed) if row["table"] == table]
    assert (rows[0]["file"], rows[0]["line"], rows[0]["column"]) == (f"{table}.csv", line, column)
    assert reason in rows[0]["reason"]
    assert feed.store.current() is None


MEMBERS = "campaign_id,customer_id,arm,branch_id,assigned_at,contacted_at,participated_at,converted_at,sales_amount\n"


IMPOSSIBLE = [
    ("2024-01-03,,,2024-01-02,", "converted_at", "before assigned_at"),
    ("2024-01-03 10:00:00,,2024-01-03 09:59:59,,", "participated_at", "before assigned_at"),
    ("2024-01-03T10:00:00Z,,,,", "assigned_at", "time zone"),
    ("2024-01-03 10:00:00+08:00,,,,", "assigned_at", "time zone"),
    ("2024-01-03,,,,1.005", "sales_amount", "more than 2 decimals"),
    ("2024-01-03,,,,1e3", "sales_amount", "not an amount"),
    ('2024-01-03,,,,"1,23"', "sales_amount", "not an amount"),
    ("2024-01-03,,,,99999999999999999999", "sales_amount", "too large"),
    ("2024-01-03,,,,=1+1", "sales_amount", "not an amount"),
    ("2024-01-03,,,,NaN", "sales_amount", "not an amount"),
]


def with_members(feed, rows):
    """The feed with a member of each row of times and an amount, the first of customer 001, and one that is right."""
    customers = [f"{number:03d}" for number in range(len(rows) + 1)]
    feed.right().write("customer", "customer_id,branch_id\n" + "".join(f"{one},001\n" for one in customers))
    members = zip(customers, ["2024-01-03,,,,", *rows], strict=True)
    feed.write("campaign_member", MEMBERS + "".join(f"c1,{one},a,001,{cells}\n" for one, cells in members))


def test_a_member_that_cannot_be_is_refused(feed):
    with_members(feed, [cells for cells, _, _ in IMPOSSIBLE])
    with pytest.raises(RejectsError) as error:
        feed.load()
    found = {row["line"]: (row["column"], row["reason"]) for row in rejected(error.value, feed)}
    assert len(found) == len(rejected(error.value, feed))
    for line, (cells, column, reason) in enumerate(IMPOSSIBLE, 3):
        told = found.pop(str(line))
        assert told[0] == column, cells
        assert reason in told[1], cells
    assert not found


def test_an_amount_never_passes_through_a_float(feed):
    minor = {"0": 0, "-5.1": -510, "1,234,567.89": 123456789, "0.07": 7, "90071992547409.93": 9007199254740993}
    with_members(feed, [f'2024-01-03,,,,"{text}"' for text in minor])
    feed.load()
    found = feed.rows("SELECT sales_amount FROM campaign_member WHERE customer_id > '000' ORDER BY customer_id")
    assert [amount for (amount,) in found] == list(minor.values())


ARMS = "campaign_id,arm,is_control\nc1,treated,false\nc1,control,true\n"


def test_a_member_of_an_arm_that_its_campaign_lacks_is_refused(feed):
    feed.right().write("campaign_arm", ARMS)
    feed.load()
    feed.empty().write(
        "campaign_member", f"{MEMBERS}c1,01,treated,001,2024-01-03,,,,\nc1,02,Control,001,2024-01-03,,,,\n"
    )
    with pytest.raises(RejectsError, match="not an arm of its campaign in campaign_arm") as error:
        feed.load()
    (row,) = rejected(error.value, feed)
    assert (row["line"], row["column"], row["value"]) == ("3", "arm", "Control")


def test_an_arm_of_another_campaign_is_no_arm_of_this_one(feed):
    feed.right().write("campaign", f"{RIGHT_CAMPAIGN.replace('randomized', 'randomised')}c2,T,grow,,,30,targeted\n")
    feed.write("campaign_arm", ARMS.replace("c1,control", "c2,control"))
    with pytest.raises(RejectsError, match="arm is not an arm"):
        feed.load()


def test_the_quick_reading_of_a_time_admits_nothing_that_the_careful_one_refuses(feed):
    loaded = {
        "2024-01-03 10:00:00": datetime(2024, 1, 3, 10),
        " 2024-01-03 10:00:00 ": datetime(2024, 1, 3, 10),
        "2024-01-03T10:00": datetime(2024, 1, 3, 10),
        "2024-01-03 10:00:00.25": datetime(2024, 1, 3, 10, 0, 0, 250000),
        "2199-12-31 23:59:59": datetime(2199, 12, 31, 23, 59, 59),
        "19000-01-01 10:00:00": None,
        "2200-01-01 00:00:00": None,
        "1899-12-31 00:00:00": None,
        "2024-01-03 10:00:00Z": None,
    }
    with_members(feed, [f"{text},,,," for text in loaded])
    feed.load("4")
    found = dict(feed.rows("SELECT customer_id, assigned_at FROM campaign_member WHERE customer_id > '000'"))
    assert [found.get(f"{place:03d}") for place in range(1, len(loaded) + 1)] == list(loaded.values())


def test_odd_members_are_kept_flagged_and_counted(feed):
    rows = "c1,01,a,001,2024-01-03,2024-01-05,,2024-01-04,\nc1,02,a,001,2024-01-03,2024-03-05,,,\n"
    report = feed.right().write("campaign_member", MEMBERS + rows) and feed.load()
    assert feed.rows("SELECT flagged FROM version_table WHERE table_name = 'campaign_member'") == [(2,)]
    assert any("1 converted before they were contacted" in note for note in report.notes)
    assert any("1 were contacted after the campaign's end" in note for note in report.notes)


def test_a_sale_on_the_day_of_its_assignment_is_not_before_it(feed):
    feed.right().write("campaign_member", f"{MEMBERS}c1,01,a,001,2024-01-03 10:00:00,,,2024-01-03,\n")
    feed.load()
    assert feed.rows("SELECT converted_at FROM campaign_member") == [(datetime(2024, 1, 3),)]


def test_keys_are_trimmed_and_normalised_and_counted(feed):
    decomposed = "Ane\u0301"
    feed.right().write("branch", f"branch_id,name\n\u3000001 ,Harbour\n{decomposed},Town\n002,Old\n")
    report = feed.load()
    assert {row[0] for row in feed.rows("SELECT branch_id FROM branch")} == {"001", "An\u00e9", "002"}
    assert any("in 2 keys" in note for note in report.notes)


def test_a_share_of_refused_rows_can_be_accepted(feed):
    feed.right().write("customer", "customer_id,branch_id\n01,001\n02,002\n03,009\n")
    with pytest.raises(RejectsError, match="1 of 8 rows"):
        feed.load("12%")
    report = feed.load("13%")
    assert feed.rows("SELECT count(*) FROM customer") == [(2,)]
    assert feed.rows("SELECT * FROM rejection") == [
        (
            "customer",
            "branch_id",
            "is not in branch",
            1,
            "is not in {parent}",
            '{"parent": "branch"}',
            "customer.csv",
            4,
        )
    ]
    assert report.rejects.stat().st_mode & 0o077 == 0


def test_the_list_of_refused_rows_runs_no_formula(feed):
    feed.right().write("customer", "customer_id,branch_id\n01,001\n02,002\n03,=cmd()\n")
    report = feed.load("1")
    assert rejected(report, feed)[0]["value"] == "'=cmd()"


def test_a_feed_without_any_dated_row_is_refused(feed):
    with pytest.raises(LoadError, match="no dated row"):
        feed.right("branch", "customer").load()


def test_a_feed_does_not_mix_with_a_warehouse_of_another_currency(feed, monkeypatch):
    feed.right().load()
    from data_access.settings import settings

    monkeypatch.setenv("BRANCHLIGHT_CURRENCY", "EUR")
    settings.cache_clear()
    try:
        feed.write("branch", "branch_id,name\n001,Renamed\n")
        with pytest.raises(LoadError, match="CNY"):
            feed.load()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
