"""A flat public experiment loads with one mapping file and no program: one file, three arms, flags for times."""

import csv
import random
from datetime import date, datetime
from pathlib import Path

import pytest

from data_access.errors import FeedError, MappingError, RejectsError

MAPPING = """
as_of = 2008-05-31
currency = "USD"

[tables.branch]
file = "mails.csv"
distinct = true
columns = { zip_code = ["branch_id", "name"] }

[tables.customer]
file = "mails.csv"
numbered = "customer_id"
columns = { zip_code = "branch_id", channel = "acquired_channel", history_segment = "segment" }
ignore = ["recency", "newbie"]

[[tables.campaign.rows]]
campaign_id = "mail"
name = "E-mail of spring"
objective = "activate"
starts_on = 2008-03-20
ends_on = 2008-03-20
attribution_days = 14
assignment = "randomised"
cluster = "customer"

[tables.campaign_arm]
file = "mails.csv"
distinct = true
constants = { campaign_id = "mail" }
columns = { segment = ["arm", "is_control"] }
values.is_control = { "No E-Mail" = "true", "Mens E-Mail" = "false", "Womens E-Mail" = "false" }

[tables.campaign_member]
file = "mails.csv"
numbered = "customer_id"
constants = { campaign_id = "mail", assigned_at = 2008-03-20 }
columns.segment = "arm"
columns.zip_code = "branch_id"
columns.visit = "participated_at"
columns.conversion = "converted_at"
columns.spend = "sales_amount"
columns.history = "baseline_amount"
values.participated_at = { 1 = "2008-04-03", 0 = "" }
values.converted_at = { 1 = "2008-04-03", 0 = "" }
"""

HEADER = [
    "recency", "history_segment", "history", "zip_code", "newbie", "channel", "segment", "visit", "conversion", "spend",
]  # fmt: skip
ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")


def experiment(rows, seed=7):
    """Rows of an experiment like the public one: three arms, visits and purchases as 0 or 1, money spent."""
    draw = random.Random(seed)
    made = []
    for _ in range(rows):
        arm = draw.choice(ARMS)
        visit = int(draw.random() < {"No E-Mail": 0.11, "Mens E-Mail": 0.18, "Womens E-Mail": 0.15}[arm])
        bought = int(visit and draw.random() < 0.08)
        history = f"{draw.uniform(30, 3000):.2f}"
        place, channel = draw.choice(("Urban", "Surburban", "Rural")), draw.choice(("Web", "Phone", "Multichannel"))
        segment = f"{1 + int(float(history) > 500)}) of two"
        spend = f"{draw.uniform(20, 499):.2f}" if bought else "0"
        made.append(
            [draw.randint(1, 12), segment, history, place, draw.randint(0, 1), channel, arm, visit, bought, spend]
        )
    return made


def write(feed, rows, mapping=MAPPING):
    with (feed.folder / "mails.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADER, *rows])
    (feed.folder / "mapping.toml").write_text(mapping, "utf-8")
    return feed


def test_a_flat_experiment_becomes_a_campaign_whose_arms_can_be_compared(feed):
    rows = experiment(6_400)
    write(feed, rows).load()
    found = feed.rows(
        "SELECT arm, is_control, count(*), count(participated_at), count(converted_at), sum(sales_amount), "
        "sum(baseline_amount), sum(sales_amount * sales_amount::HUGEINT) FROM campaign_member "
        "JOIN campaign_arm USING (campaign_id, arm) GROUP BY ALL ORDER BY arm"
    )
    for arm, is_control, n, visits, bought, sales, baseline, squares in found:
        mine = [row for row in rows if row[6] == arm]
        spent = [round(float(row[9]) * 100) for row in mine]
        assert (n, visits, bought) == (len(mine), sum(row[7] for row in mine), sum(row[8] for row in mine))
        assert (sales, squares) == (sum(spent), sum(x * x for x in spent))
        assert baseline == sum(round(float(row[2]) * 100) for row in mine)
        assert is_control == (arm == "No E-Mail")
    assert [row[0] for row in found] == sorted(ARMS)
    assert feed.rows("SELECT as_of, currency FROM warehouse_version") == [(date(2008, 5, 31), "USD")]
    assert feed.rows("SELECT branch_id FROM branch ORDER BY 1") == [("Rural",), ("Surburban",), ("Urban",)]
    assert feed.rows("SELECT DISTINCT assigned_at, matures_on FROM campaign_member") == [
        (datetime(2008, 3, 20), date(2008, 4, 3))
    ]
    assert feed.rows("SELECT count(*), count(DISTINCT segment) FROM customer") == [(6_400, 2)]
    assert feed.load().version is None


def test_the_mapping_of_the_guide_loads(feed):
    guide = (Path(__file__).parents[3] / "docs/feeds.md").read_text("utf-8")
    (mapping,) = (block for block in guide.split("```") if block.startswith("toml\nas_of"))
    write(feed, experiment(60), mapping.removeprefix("toml")).load()
    assert feed.rows("SELECT count(DISTINCT arm), count(*) FROM campaign_member") == [(3, 60)]


def test_small_arms_by_hand(feed):
    rows = [
        [1, "a", "100.00", "Urban", 0, "Web", "No E-Mail", 0, 0, "0"],
        [1, "a", "50.00", "Urban", 0, "Web", "No E-Mail", 1, 1, "10.50"],
        [1, "b", "0.01", "Rural", 1, "Web", "Mens E-Mail", 1, 0, "0"],
    ]
    write(feed, rows).load()
    at = datetime(2008, 4, 3)
    assert feed.rows(
        "SELECT customer_id, arm, participated_at, converted_at, sales_amount, baseline_amount, channel "
        "FROM campaign_member ORDER BY 1"
    ) == [
        ("1", "No E-Mail", None, None, 0, 10_000, None),
        ("2", "No E-Mail", at, at, 1_050, 5_000, None),
        ("3", "Mens E-Mail", at, None, 0, 1, None),
    ]


def test_a_flag_that_is_neither_is_refused(feed):
    rows = [*experiment(50), [1, "a", "1", "Urban", 0, "Web", "No E-Mail", 2, 0, "0"]]
    with pytest.raises(RejectsError, match="participated_at is not a time"):
        write(feed, rows).load()


def test_rows_that_differ_are_not_alike(feed):
    mapping = MAPPING.replace('"Mens E-Mail" = "false", ', '"Mens E-Mail" = "maybe", ')
    with pytest.raises(RejectsError, match="is_control is not true or false"):
        write(feed, experiment(50), mapping).load()


def test_a_column_that_no_table_takes_is_told(feed):
    mapping = MAPPING.replace('ignore = ["recency", "newbie"]\n', "")
    with pytest.raises(FeedError, match="does not: 'recency', 'newbie'"):
        write(feed, experiment(5), mapping).load()


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('currency = "USD"', 'currency = "dollars"', "currency"),
        ('campaign_id = "mail", assigned_at', 'campaign = "mail", assigned_at', "no column 'campaign'"),
        ('numbered = "customer_id"\nconstants', 'numbered = "customer"\nconstants', "no column 'customer'"),
        ('name = "E-mail of spring"', 'title = "E-mail of spring"', "no column 'title'"),
    ],
)
def test_a_mapping_that_gives_what_no_table_has_is_refused(feed, old, new, match):
    assert old in MAPPING
    with pytest.raises(MappingError, match=match):
        write(feed, experiment(5), MAPPING.replace(old, new)).load()


def test_a_constant_beside_a_column_of_the_same_name_is_refused(feed):
    (feed.folder / "mapping.toml").write_text(
        '[tables.branch]\nconstants.name = "all"\ncolumns.name = "name"\n', "utf-8"
    )
    with pytest.raises(FeedError, match="name twice"):
        feed.right().load()


def test_rows_of_the_mapping_and_a_file_for_one_table_are_refused(feed):
    rows = '[[tables.branch.rows]]\nbranch_id = "1"\nname = "A"\n'
    (feed.folder / "mapping.toml").write_text(rows, "utf-8")
    with pytest.raises(FeedError, match=r"mapping.toml and branch.csv both fill branch"):
        feed.right().load()
