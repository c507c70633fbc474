"""Groups of customers within two sides: by tier, age, the channel that won them, and branch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
from data_access.queries import comparison
from data_access.queries.comparison import Sides
from data_access.reading.reader import Reader
from data_access.settings import settings
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
    tiers = [tier.key for tier in settings().tiers_on(reader.as_of)]
    joined = pd.concat([_in_order(part.astype({"value": object}), tiers) for part in named], ignore_index=True)
    return joined.assign(value=pd.Series([_text(value) for value in joined["value"]], index=joined.index, dtype=object))


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


def _in_order(part: pd.DataFrame, tiers: Sequence[str]) -> pd.DataFrame:
    """Tiers from the lowest, ages from the youngest, all else from the largest; who is not known comes last."""
    value = part["value"]
    if part["dimension"].iloc[0] == "tier":
        place = value.map({key: at for at, key in enumerate(tiers)}).fillna(len(tiers))
    elif part["dimension"].iloc[0] == "age_from":
        place = value
    else:
        place = -part.groupby("value")["n"].transform("sum")
    unknown = value.isna()
    told = part.assign(unknown=unknown, place=place.where(~unknown, 0).astype(float))
    return told.sort_values(["unknown", "place"], kind="stable").drop(columns=["unknown", "place"])


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value)
