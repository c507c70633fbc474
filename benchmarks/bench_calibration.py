"""Whether forecasts hold as often as they promise: many demo banks, planned and judged the way the product does it.

Every campaign of each bank that enough others had ended before is forecast from what was known two days before it
began, and frozen; what came is held against that on page Loop. One bank says this to ten points at best.

Run: PYTHONPATH=. python benchmarks/bench_calibration.py [SCALE [SEED ...]]
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from answers import kept
from answers.loop import forecasts
from answers.loop.record import record
from answers.plan import past
from benchmarks import goals
from benchmarks.goals import Line
from data_access.demo import SCALE, build
from data_access.demo.people import PEOPLE
from data_access.engines import Warehouse
from data_access.queries import campaigns
from data_access.reading.reader import Reader
from data_access.reading.scope import WHOLE_BANK, Role, Viewer
from data_access.settings import settings
from data_access.versions import open_store
from data_access.workspace.database import open_database
from metrics.estimate import Intervals
from metrics.inference.ratio import ratio_of_sums
from metrics.moments import JointMoments, floats
from metrics.planning.naive import MEASURES

SEEDS: Final = (1, 2)
PROMISED: Final = 80.0
"""Per cent of the outcomes are inside the limits."""

OFF: Final = 5.0
"""Points by which that may be missed."""

ALWAYS: Final = timedelta(days=10_000)
GROUPS: Final = ("month", "channel", "taught by", "return", "theme")


def measure(scale: float = SCALE, seeds: Sequence[int] = SEEDS) -> Iterator[Line]:
    """Coverage by measure; then that of all measures by month, channel, campaigns learned from, return and theme."""
    rows = pd.concat([judged(seed, scale) for seed in seeds], ignore_index=True)
    yield Line(f"Forecasts: campaigns of {len(seeds)} banks", float(_campaigns(rows)))
    for name in MEASURES:
        own = rows[rows["measure"] == name]
        held = _coverage(own, "inside")
        beside = f"{_text(held)} of {len(own)}; 95 %: {_text(_coverage(own, 'inside_wide'))}; fell {_fell(own)}"
        missed = abs(held.estimate.item() * 100 - PROMISED)
        yield Line(f"Forecasts: {name}, 80 % limits miss 80 % by", missed, "pts", OFF, beside)
    for group in GROUPS:
        for label, own in rows.groupby(group):
            held = 100 * _coverage(own, "inside").estimate.item()
            yield Line(f"  all measures, {group} {label}", held, "%", beside=f"{_campaigns(own)} campaigns")


def judged(seed: int, scale: float) -> pd.DataFrame:
    """Every forecast of one demo bank held against what came: one row a campaign and measure."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(str(Path(folder) / "warehouse"))
        build(store, scale=scale, seed=seed)
        opened, workspace = Warehouse(store, settings()), open_database(f"sqlite:///{folder}/workspace.sqlite")
        kept.forget()
        try:
            able = [one for one in PEOPLE if not one.branches]
            readers = [Reader(Viewer(one.email, one.name, Role(one.role), WHOLE_BANK, True), opened) for one in able]
            past.plan_the_past(readers, workspace, ALWAYS)
            every = campaigns.catalogue(readers[0])
            began = {str(key): day for key, day in zip(every["campaign_id"], every["starts_on"], strict=True)}
            found = forecasts.of_campaigns(workspace, WHOLE_BANK, began)
            rows = record(readers[0], found).rows
        finally:
            workspace.dispose()
            opened.close()
    rows = rows[rows[["median", "low", "high", "actual"]].notna().all(axis=1)].assign(bank=seed)
    each = [found[key] for key in rows["campaign_id"]]
    wide = np.array([one.bands[name].wide for one, name in zip(each, rows["measure"], strict=True)]).reshape(-1, 2)
    taught = pd.cut(
        [len(one.learned_from) for one in each], [0, 20, 30, 40, 1000], labels=["-20", "21-30", "31-40", "41-"]
    )
    return rows.assign(
        inside=rows["actual"].between(rows["low"], rows["high"]).astype("float64"),
        inside_wide=rows["actual"].between(wide[:, 0], wide[:, 1]).astype("float64"),
        least=wide[:, 0],
        most=wide[:, 1],
        month=[began[key].month for key in rows["campaign_id"]],
        **{"taught by": taught.astype("str"), "return": np.where([one.incremental for one in each], "added", "all")},
    )


def _campaigns(rows: pd.DataFrame) -> int:
    return len(rows[["bank", "campaign_id"]].drop_duplicates())


def _coverage(rows: pd.DataFrame, inside: str) -> Intervals:
    """Share inside; the forecasts of one bank hang together, so that the banks are the units of its limits."""
    banks = rows.groupby("bank")[inside].agg(["sum", "size"])
    share = ratio_of_sums(JointMoments.from_rows(banks["sum"], banks["size"]))
    return replace(share, low=np.clip(share.low, 0.0, 1.0), high=np.clip(share.high, 0.0, 1.0))


def _text(share: Intervals) -> str:
    low, high = (f"{100 * end[0]:.0f}" if np.isfinite(end[0]) else "?" for end in (share.low, share.high))
    return f"{100 * share.estimate.item():.1f} % ({low} to {high})"


def _fell(rows: pd.DataFrame) -> str:
    """Per cent of outcomes between the quantiles: 2.5, 7.5, 40, 40, 7.5 and 2.5 are promised."""
    ends = rows[["least", "low", "median", "high", "most"]].to_numpy(np.float64)
    places = (floats(rows["actual"])[:, None] > ends).sum(axis=1)
    return "/".join(f"{100 * share:.0f}" for share in np.bincount(places, minlength=6) / len(rows))


if __name__ == "__main__":
    told = sys.argv[1:]
    chosen = [int(seed) for seed in told[1:]] or SEEDS
    goals.show(measure(float(told[0]) if told else SCALE, chosen))
