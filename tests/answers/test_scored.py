"""What every page takes its verdicts from: the scorecard as the warehouse fills it."""

from __future__ import annotations

from answers.campaigns.scored import scored
from answers.kept import forget
from data_access.reading.reader import Reader
from data_access.versions import open_store
from tests.data_access.small_bank import publish, random_bank, viewer, warehouse_of


def test_a_campaign_whose_groups_are_not_of_the_planned_sizes_has_no_effect(tmp_path):
    """One to nineteen was planned, and about one to one were dealt."""
    bank = random_bank()
    arms = bank["campaign_arm"]
    planned = arms["allocation"].where(arms["campaign_id"] != "C1", arms["is_control"].map({True: 0.05, False: 0.95}))
    bank["campaign_arm"] = arms.assign(allocation=planned)
    warehouse = warehouse_of(str(tmp_path))
    publish(bank, open_store(str(tmp_path)))
    forget()
    try:
        scores = scored(Reader(viewer(), warehouse))
    finally:
        forget()
        warehouse.close()
    row = scores.campaign_id.index
    reason = scores["incremental_conversion"].reason
    assert reason[row("C1")] == "sample_ratio"
    assert reason[row("C2")] == ""
    assert scores.sample_ratio.p_value[row("C1")] < 1e-6
    assert scores.sample_ratio.p_value[row("C2")] > 0.001
