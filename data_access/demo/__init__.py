"""A deterministic synthetic bank, its people and its publication as a warehouse."""

from __future__ import annotations

from pathlib import Path

from data_access.demo.bank import Truth, generate
from data_access.demo.clock import AS_OF
from data_access.loading.publish import publish_arrow
from data_access.versions import Progress, Store, Version, silent

__all__ = ["Truth", "build", "generate"]

SEED = 20261115
SCALE = 0.02


def build(
    store: Store,
    scale: float = SCALE,
    seed: int = SEED,
    truth: Path | None = None,
    progress: Progress = silent,
) -> Version:
    """Generate the demo bank and publish it as a version of a warehouse.

    Args:
        store: where to publish.
        scale: size of the bank, 1.0 is a million customers.
        seed: the same seed and scale give the same bank.
        truth: folder for what is true about campaigns, staff and customers; never read by pages.
        progress: told after each table.
    """
    told = Truth()
    version = publish_arrow(
        store,
        generate(scale, seed, truth=told if truth else None),
        source="demo",
        currency="CNY",
        as_of=AS_OF,
        note=f"Demo bank, scale {scale:g}, seed {seed}. All names and numbers are invented.",
        progress=progress,
    )
    if truth:
        told.write(truth)
    return version
