"""Which tables a load has to read: a feed of contacts needs no years of snapshots.

A load that reaches for a table beyond these fails, because its draft does not hold it.
"""

from __future__ import annotations

from collections.abc import Iterable

from data_access.schema import CONTRACT, SYSTEM, Through, metadata


def reached(given: Iterable[str]) -> frozenset[str]:
    """The tables that a feed of the tables `given` reads or changes.

    They are what it brings and what that refers to; the members of campaigns, whose windows follow from the campaign;
    what is seen through a table that changes, and what these are seen through, because the rules of a PostgreSQL
    warehouse look from one into the other; and the tables in which the version describes itself.
    """
    brought = set(given)
    changed = brought | ({"campaign_member"} if "campaign" in brought else set[str]())
    held = changed | {name for name in CONTRACT if changed.intersection(_seen_through(name))}
    held |= {str(column.info["refers"]) for name in brought for column in metadata.tables[name].columns} - {""}
    if "campaign_member" in brought:
        held.add("campaign_arm")
    held |= {decides for name in held for decides in _seen_through(name)}
    return frozenset(held | set(SYSTEM))


def _seen_through(name: str) -> list[str]:
    """The tables, one after another, that decide who may see the rows of a table."""
    found: list[str] = []
    while isinstance(rule := metadata.tables[name].info["scope"], Through):
        name = rule.parent
        found.append(name)
    return found
