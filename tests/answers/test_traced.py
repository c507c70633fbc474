"""An answer says which rows each of its numbers came from: what it states is enough to count them again."""

from __future__ import annotations

from pathlib import Path

import pytest

from answers.campaigns import campaign
from answers.campaigns import overview as campaigns
from data_access import schema
from data_access.reading.reader import Reader
from metrics.catalogue import metric
from tests.data_access.small_bank import publish, random_bank, viewer, warehouse_of


@pytest.mark.parametrize("branch", ["", "B2"])
def test_a_campaign_s_numbers_lead_back_to_their_rows(tmp_path: Path, branch: str):
    warehouse, bank = warehouse_of(str(tmp_path)), random_bank()
    publish(bank, warehouse.store)
    reader = Reader(viewer(), warehouse)
    answer, listed = campaign.ask(reader, "C2", branch), campaigns.ask(reader, campaigns.Choice(branch=branch))
    assert isinstance(answer, campaign.Campaign)
    assert answer.version == listed.version == reader.version
    (campaign_id,) = answer.scores.campaign_id
    for key in answer.scores.results:
        assert set(metric(key).tables) <= set(schema.metadata.tables), key
    rows = bank["campaign_member"]
    rows = rows[(rows["campaign_id"] == campaign_id) & (rows["arm"] != "control")]
    if branch:
        names = dict(zip(bank["branch"]["branch_id"], bank["branch"]["name"], strict=True))
        assert answer.branches == (names[branch],)
        rows = rows[rows["branch_id"] == branch]
    assert answer.scores["members"].n[0] == len(rows)
    closed = rows["matures_on"].astype("datetime64[ns]").dt.date <= answer.as_of
    assert answer.scores["conversion_rate"].n[0] == closed.sum()
    warehouse.close()
