"""What the warehouse says about itself, and the branches a viewer may choose from."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from data_access.reading.reader import Reader


def version(reader: Reader) -> pd.DataFrame:
    """The version that is read, one row of ``warehouse_version``: as_of, built_at, source, currency, note."""
    return reader.frame(sa.select(reader.table("warehouse_version")))


def tables(reader: Reader) -> pd.DataFrame:
    """Tables of this version and their last day: ``table_name``, ``rows``, ``rejected``, ``flagged``, ``as_of`` ...

    Refused and flagged are rows of the last load, ``loaded_at`` is when the table last changed. Counts of a table that
    belongs to branches are those of the whole bank, and missing for who does not see all of it.
    """
    table = reader.table("version_table")
    return reader.frame(sa.select(table).order_by(table.c["table_name"]))


def columns(reader: Reader) -> pd.DataFrame:
    """Columns with at least one value in this version: ``table_name``, ``column_name``. Others are not recorded."""
    column = reader.table("version_column")
    return reader.frame(sa.select(column).order_by(column.c["table_name"], column.c["column_name"]))


def files(reader: Reader) -> pd.DataFrame:
    """Files that this version was built from, latest first, with ``rows``, ``rejected`` and ``encoding`` of each.

    Who does not see the whole bank sees files of public tables alone.
    """
    file = reader.table("version_file")
    return reader.frame(sa.select(file).order_by(file.c["loaded_at"].desc(), file.c["table_name"], file.c["sha256"]))


def rejections(reader: Reader) -> pd.DataFrame:
    """Why rows of the last load were refused: ``table_name``, ``column_name``, ``reason``, ``rows``; most first.

    Who does not see the whole bank sees those of public tables alone.
    """
    rejection = reader.table("rejection")
    keys = [rejection.c[name] for name in ("table_name", "column_name", "reason")]
    return reader.frame(sa.select(rejection).order_by(rejection.c["rows"].desc(), *keys))


def branches(reader: Reader) -> pd.DataFrame:
    """Branches in the viewer's scope: ``branch_id``, ``name``, ``region``, ``city``."""
    branch = reader.table("branch")
    statement = sa.select(*(branch.c[name] for name in ("branch_id", "name", "region", "city")))
    if reader.scope.branches is not None:
        statement = statement.where(branch.c["branch_id"].in_(sorted(reader.scope.branches)))
    return reader.frame(statement.order_by(branch.c["branch_id"]))


def seasons(reader: Reader) -> pd.DataFrame:
    """The bank's own seasons, the latest first: ``season_id``, ``name``, ``starts_on``, ``ends_on``."""
    season = reader.table("season")
    return reader.frame(sa.select(season).order_by(season.c["starts_on"].desc(), season.c["season_id"]))
