"""The clock of the data: the last day of what happened, which a slip of a year does not move."""

from datetime import date, timedelta

import pytest

from data_access.errors import LoadError, MappingError
from data_access.loading.draft import load_day

MEMBERS = "campaign_id,customer_id,arm,branch_id,assigned_at,contacted_at,converted_at\n"


def days(feed):
    return dict(feed.rows("SELECT table_name, as_of FROM version_table WHERE as_of IS NOT NULL"))


def test_each_table_has_its_own_last_day(any_feed):
    any_feed.right().write(
        "contact", "contact_id,customer_id,branch_id,channel,contacted_at\n1,01,001,phone,2024-03-09\n"
    )
    any_feed.write("tier_snapshot", "customer_id,month_no,branch_id,tier\n01,2024-01,001,a\n01,2024-02,001,a\n")
    any_feed.load()
    assert days(any_feed) == {
        "campaign_member": date(2024, 1, 5),
        "contact": date(2024, 3, 9),
        "tier_snapshot": date(2024, 2, 29),
    }
    assert any_feed.rows("SELECT as_of FROM warehouse_version") == [(date(2024, 3, 9),)]


def test_a_date_after_the_day_of_loading_is_flagged_and_moves_no_clock(feed):
    tomorrow = load_day() + timedelta(days=1)
    rows = f"c1,01,a,001,2024-01-03,2124-01-05,\nc1,02,a,001,2024-01-03,,{tomorrow}\n"
    report = feed.right().write("campaign_member", MEMBERS + rows) and feed.load()
    assert days(feed) == {"campaign_member": date(2024, 1, 3)}
    assert feed.rows("SELECT flagged FROM version_table WHERE table_name = 'campaign_member'") == [(2,)]
    assert "campaign_member.csv: 1 have a contacted_at after the day of loading (kept)." in report.notes
    assert "campaign_member.csv: 1 have a converted_at after the day of loading (kept)." in report.notes


def test_the_day_of_loading_itself_belongs_to_the_data(feed):
    feed.right().write("campaign_member", f"{MEMBERS}c1,01,a,001,2024-01-03,{load_day()} 23:59:59,\n")
    feed.load()
    assert days(feed) == {"campaign_member": load_day()}
    assert feed.rows("SELECT flagged FROM version_table WHERE table_name = 'campaign_member'") == [
        (1,)
    ]  # after its end


def test_a_plan_may_lie_ahead(feed):
    feed.right().write("season", "season_id,name,starts_on,ends_on\ns,Spring,2150-01-01,2150-03-01\n")
    feed.load()
    assert feed.rows("SELECT flagged FROM version_table WHERE table_name = 'season'") == [(0,)]


def test_a_month_counts_once_it_is_over(feed):
    now = load_day()
    feed.right().write(
        "tier_snapshot",
        f"customer_id,month_no,branch_id,tier\n01,2024-02,001,a\n01,{now:%Y-%m},001,a\n01,2150-01,001,a\n",
    )
    report = feed.load()
    over = (now + timedelta(days=1)).month != now.month
    assert days(feed)["tier_snapshot"] == (now if over else date(2024, 2, 29))
    assert "tier_snapshot.csv: 1 have a month_no after the day of loading (kept)." in report.notes


def test_a_feed_whose_dates_all_lie_ahead_has_no_clock(feed):
    feed.right().write("campaign_member", f"{MEMBERS}c1,01,a,001,2124-01-03,,\n")
    with pytest.raises(LoadError, match="no dated row up to"):
        feed.load()


def test_a_declared_last_day_is_the_clock(feed):
    (feed.folder / "mapping.toml").write_text("as_of = 2024-01-04\n", "utf-8")
    feed.right().load()
    assert feed.rows("SELECT as_of FROM warehouse_version") == [(date(2024, 1, 4),)]
    assert days(feed) == {"campaign_member": date(2024, 1, 4)}
    (feed.folder / "mapping.toml").write_text("as_of = 2124-01-04\n", "utf-8")
    with pytest.raises(MappingError, match="lies ahead"):
        feed.load()
