"""What several side by side rest on, as tables that can be written to files and read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from metrics.inference.study.several import Member

_ARMS, _BRANCHES, _SIZES = "arms", "branches", "sizes"


def tables(members: Sequence[Member]) -> dict[str, pd.DataFrame]:
    """The members as tables, each row of one of them by its place: `member`, from 0.

    Returns:
        ``members`` (`campaign`, `randomised`, `by_branch`), ``arms`` (treated and control, told apart by
        `is_control`), and, where there are some, ``branches`` and ``sizes``.
    """
    about = pd.DataFrame([(one.campaign, one.randomised, one.by_branch) for one in members])
    about.columns = pd.Index(["campaign", "randomised", "by_branch"])
    arms = [pd.concat([one.treated, one.control]) for one in members]
    every: dict[str, list[pd.DataFrame | None]] = {
        _ARMS: list(arms),
        _BRANCHES: [one.branches for one in members],
        _SIZES: [one.sizes for one in members],
    }
    found = {name: _together(parts) for name, parts in every.items()}
    return {"members": about} | {name: table for name, table in found.items() if table is not None}


def read(written: Mapping[str, pd.DataFrame]) -> list[Member]:
    """The members of such tables."""
    found: list[Member] = []
    for place, row in enumerate(written["members"].to_dict("records")):
        arms = _of(written, _ARMS, place)
        if arms is None:
            arms = pd.DataFrame({"is_control": pd.Series(dtype=bool)})
        held_out = arms["is_control"].astype(bool)
        found.append(
            Member(
                str(row["campaign"]),
                bool(row["randomised"]),
                bool(row["by_branch"]),
                arms[~held_out],
                arms[held_out],
                _of(written, _BRANCHES, place),
                _of(written, _SIZES, place),
            )
        )
    return found


def _together(parts: Sequence[pd.DataFrame | None]) -> pd.DataFrame | None:
    known = [part.assign(member=place) for place, part in enumerate(parts) if part is not None and len(part)]
    return pd.concat(known, ignore_index=True) if known else None


def _of(written: Mapping[str, pd.DataFrame], name: str, place: int) -> pd.DataFrame | None:
    table = written.get(name)
    if table is None or not table["member"].eq(place).any():
        return None
    return table[table["member"].eq(place)].drop(columns="member")
