"""Groups that are not of their planned sizes: what is wrong, and what to do before any result is believed."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from story import figures
from story.vocabulary import term
from story.words import listed, opened, say, say_count


def broken(sizes: pd.DataFrame | None, *, by_branch: bool) -> Iterator[str]:
    """What was planned and what was found, then what to do.

    Args:
        sizes: `arm`, `allocation` and `n` of every arm, and `assigned_branches`.
        by_branch: Whether branches were drawn, so that branches are counted.
    """
    if sizes is not None:
        found = sizes["assigned_branches" if by_branch else "n"].astype(float)
        planned = sizes["allocation"].astype(float)
        yield opened(
            say(
                "planned {planned}; found {found}",
                planned=_shares(sizes["arm"], planned / planned.sum()),
                found=_shares(sizes["arm"], found / found.sum()),
            )
        )
    yield say(
        "Look for customers taken out after the draw and for rows that the feed lacks, load all who were drawn, "
        "contacted or not, and the verdict is given; until then no number tells what was brought."
    )


def left_out(count: int) -> str:
    """How many campaigns of a programme are not counted for it."""
    return say_count(
        "{count} campaign is left out: its groups are not of the planned sizes",
        "{count} campaigns are left out: their groups are not of the planned sizes",
        count,
    )


def _shares(arms: pd.Series, shares: pd.Series) -> str:
    return listed(
        say("{arm} {share}", arm=term(str(arm)), share=figures.percent(float(share), 1))
        for arm, share in zip(arms, shares, strict=True)
    )
