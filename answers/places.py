"""Whose rows are looked at: all of the viewer's, those of a region, or those of one branch.

A place has one spelling, which stands in the URL: empty for all, ``region-`` and the name of a region, or what
identifies a branch.
"""

from __future__ import annotations

from typing import Final

from data_access.queries import data
from data_access.reading.reader import Reader

from answers.kept import kept

REGION: Final = "region-"


@kept
def offered(reader: Reader) -> dict[str, str]:
    """What the viewer may choose, name by spelling: regions where there are several, then branches."""
    found = data.branches(reader)
    regions = sorted(found["region"].dropna().unique())
    names = {f"{REGION}{region}": str(region) for region in regions} if len(regions) > 1 else {}
    return names | dict(zip(found["branch_id"], found["name"], strict=True))


@kept
def called(reader: Reader) -> dict[str, str]:
    """Names of the viewer's branches, by identifier."""
    found = data.branches(reader)
    return dict(zip(found["branch_id"].astype(str), found["name"].astype(str), strict=True))


@kept
def branches(reader: Reader, place: str) -> tuple[str, ...]:
    """Identifiers of the branches of a place; empty for all of the viewer's.

    A place that there is not is a branch that there is not: nothing is counted there.
    """
    if not place:
        return ()
    found = data.branches(reader)
    of_region = found.loc[found["region"] == place.removeprefix(REGION), "branch_id"]
    return tuple(map(str, of_region)) if place.startswith(REGION) and len(of_region) else (place,)


def names(reader: Reader, place: str) -> tuple[str, ...]:
    """Names as an answer states them: of the region or branch, or of all of the viewer's; empty for the whole bank.

    Branches that the data do not hold are called by their identifiers: they are not the whole bank.
    """
    if place:
        return (offered(reader).get(place, place),)
    if reader.scope.branches is None:
        return ()
    return tuple(called(reader).values()) or tuple(sorted(reader.scope.branches))
