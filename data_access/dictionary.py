"""The data dictionary: what each table and column of the contract means, for pages to show in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from data_access.schema import CONTRACT, metadata


@dataclass(frozen=True, slots=True)
class Entry:
    """One column of the contract.

    Attributes:
        table: Name of its table.
        column: Its name.
        meaning: What it holds, in English; a message id of the translations.
        unit: Unit, in English; empty for text.
        required: Whether a feed has to fill it.
        derived: Whether it is filled while loading, and absent from feeds.
        refers: Table whose key it names, empty for none.
        words: The only values that it may have, empty for any.
    """

    table: str
    column: str
    meaning: str
    unit: str
    required: bool
    derived: bool
    refers: str
    words: tuple[str, ...]


def tables() -> dict[str, str]:
    """Meaning of each table of the contract, in English, in the contract's order."""
    return {name: metadata.tables[name].comment or "" for name in CONTRACT}


def columns(table: str) -> list[Entry]:
    """The columns of a table, in the contract's order."""
    return [
        Entry(
            table,
            column.name,
            column.comment or "",
            column.info["unit"],
            not column.nullable,
            column.info["derived"],
            column.info["refers"],
            column.info["words"],
        )
        for column in metadata.tables[table].columns
    ]
