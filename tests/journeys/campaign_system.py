"""The bank's campaign system: it is handed an audience, carries the campaign out, and brings what happened as feeds."""

from __future__ import annotations

import csv
import io
import subprocess
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.journeys import on_day
from tests.journeys.conftest import ROOT

Rows = list[dict[str, str]]
SALE = {"sales_amount": "50000.00", "contribution_amount": "120.00"}
NOTHING = dict.fromkeys(SALE, "0")


@dataclass
class Campaign:
    """A campaign by its tables, as the page Plan handed them over, and as they grow."""

    feed: dict[str, Rows]

    @classmethod
    def handed_over(cls, packed: bytes) -> Campaign:
        """The tables of a zipped feed."""
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            files = {name: archive.read(name).decode() for name in archive.namelist()}
        return cls({name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(files[name]))) for name in files})

    @property
    def campaign_id(self) -> str:
        """As the page named it."""
        return self.feed["campaign"][0]["campaign_id"]

    @property
    def treated(self) -> Rows:
        """Who is contacted."""
        return [one for one in self.feed["campaign_member"] if one["arm"] != "control"]

    @property
    def control(self) -> Rows:
        """Who is held out."""
        return [one for one in self.feed["campaign_member"] if one["arm"] == "control"]

    def half_way(self, until: date) -> None:
        """Half of the customers are called by a day, one in ten takes part, three buy."""
        first = date.fromisoformat(self.feed["campaign"][0]["starts_on"])
        days = 2 * ((until - first).days + 1)
        for place, one in enumerate(self.treated):
            called = first + timedelta(days=place % days)
            over = called <= until
            one["contacted_at"] = f"{called} 10:00:00" if over else ""
            one["participated_at"] = f"{called} 11:00:00" if over and place % 20 == 0 else ""
            bought = place in (0, 200, 400)
            one["converted_at"] = f"{called} 12:00:00" if bought and over else ""
            one |= SALE if one["converted_at"] else dict.fromkeys(SALE, "")
        for one in self.control:
            one |= dict.fromkeys(("contacted_at", "participated_at", "converted_at", *SALE), "")

    def over(self, ended: date) -> None:
        """It was ended on a day, and its windows have closed: nothing more came of it, and it cost what it cost."""
        self.feed["campaign"][0]["ends_on"] = str(ended)
        for one in self.feed["campaign_member"]:
            one |= SALE if one["converted_at"] else NOTHING
        cost = {"category": "staff_time", "planned_amount": "9000.00", "actual_amount": "8400.00"}
        named = {"cost_id": "X1", "campaign_id": self.campaign_id}
        self.feed["campaign_cost"] = [{**named, **cost, "incurred_on": str(ended)}]


def loads(folder: Path, ahead: Path, feed: dict[str, Rows], as_of: date) -> None:
    """What happened up to a day, loaded by the command line into the warehouse in a folder."""
    files = folder / f"feed-{as_of}"
    files.mkdir()
    for name, rows in feed.items():
        with (files / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    (files / "mapping.toml").write_text(f"as_of = {as_of}\n", "utf-8")
    load = ["load", str(files), "--warehouse", str(folder / "warehouse"), "--rejects", str(files)]
    command = [*on_day.program(ahead, "data_access"), *load]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
