"""Groups of customers within two sides: by tier, age, the channel that won them, and branch."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
from data_access.queries import comparison
from data_access.queries.comparison import Sides
from data_access.reading.reader import Reader
from metrics.catalogue import OUTCOMES
from metrics.inference.study.study import AMOUNTS

SEGMENTS: Final = ("tier", "age_from", "won")


def parts(reader: Reader, sides: Sides, amount: str = "") -> pd.DataFrame:
    """Both sides by every combination of tier, age and channel: one statement for all that is asked of them."""
    return comparison.parts(reader, sides, SEGMENTS, amount)


def by_trait(groups: pd.DataFrame, reader: Reader, sides: Sides, amount: str) -> pd.DataFrame:
    """Customers by each trait, and by branch, one below the other: `dimension` and `value` tell which."""
    by_branch = comparison.parts(reader, sides, ("branch_id",), amount)
    told = [
        *((groups.drop(columns=[other for other in SEGMENTS if other != one]), one) for one in SEGMENTS),
        (by_branch, "branch_id"),
    ]
    named = [part.rename(columns={one: "value"}).assign(dimension=one) for part, one in told]
    named = [part for part in named if len(part["value"].unique()) > 1]
    if not named:
        return pd.DataFrame()
    joined = pd.concat([part.astype({"value": object}) for part in named], ignore_index=True)
    return joined.assign(value=[_text(value) for value in joined["value"]])


def found(groups: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    """What customers can be restricted to: trait and value."""
    pairs = ((trait, _text(value)) for trait in SEGMENTS for value in sorted(groups[trait].dropna().unique()))
    return tuple((trait, value) for trait, value in pairs if value is not None)


def spelled(groups: tuple[tuple[str, str], ...]) -> set[str]:
    """Groups as a choice spells them."""
    return {f"{trait}-{value}" for trait, value in groups}


def amount_of(compares: str) -> str:
    """The amount of a metric that is compared, empty for conversion."""
    measure = next(entry.numerator for entry in OUTCOMES if entry.compares == compares)
    return measure if measure in AMOUNTS else ""


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value)
