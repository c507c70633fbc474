"""The demo bank keeps the data contract: tables, types, vocabularies, keys and references."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sqlalchemy.types import BigInteger, Boolean, Date, DateTime, Double, Integer, Text

from data_access import schema
from data_access.demo import generate

ARROW = {
    BigInteger: pa.int64(),
    Integer: pa.int32(),
    Double: pa.float64(),
    Boolean: pa.bool_(),
    DateTime: pa.timestamp("us"),
    Date: pa.date32(),
    Text: pa.string(),
}


def columns(name: str):
    return [column for column in schema.metadata.tables[name].columns if not column.info["derived"]]


def test_every_table_of_the_contract_is_filled(tables):
    assert set(tables) == set(schema.CONTRACT)
    assert all(rows.num_rows for rows in tables.values())


@pytest.mark.parametrize("name", schema.CONTRACT)
def test_columns_and_types_are_those_of_the_contract(tables, name):
    expected = {column.name: ARROW[type(column.type)] for column in columns(name)}
    assert {field.name: field.type for field in tables[name].schema} == expected


@pytest.mark.parametrize("name", schema.CONTRACT)
def test_required_columns_are_full_and_every_other_holds_something(tables, name):
    for column in columns(name):
        empty = tables[name][column.name].null_count
        assert empty == 0 if not column.nullable else empty < tables[name].num_rows, column.name


@pytest.mark.parametrize("name", schema.CONTRACT)
def test_closed_vocabularies_are_kept(tables, name):
    for column in columns(name):
        if words := column.info["words"]:
            assert set(pc.unique(tables[name][column.name]).to_pylist()) - {None} <= set(words), column.name


@pytest.mark.parametrize("name", schema.CONTRACT)
def test_keys_are_unique(bank: duckdb.DuckDBPyConnection, name):
    keys = ", ".join(column.name for column in schema.metadata.tables[name].primary_key)
    twice = bank.sql(f"SELECT count(*) FROM (SELECT 1 FROM {name} GROUP BY {keys} HAVING count(*) > 1)")  # noqa: S608
    assert twice.fetchone() == (0,)


@pytest.mark.parametrize("name", schema.CONTRACT)
def test_references_point_at_rows_that_exist(bank: duckdb.DuckDBPyConnection, name):
    for column in columns(name):
        if parent := column.info["refers"]:
            key = f"{parent}_id"
            orphans = bank.sql(
                f"SELECT count(*) FROM {name} WHERE {column.name} NOT IN (SELECT {key} FROM {parent})"  # noqa: S608
            )
            assert orphans.fetchone() == (0,), column.name


def test_amounts_are_not_negative_where_only_change_may_be(tables):
    signed = {"net_new_amount", "valuation", "profit"}
    for name in schema.CONTRACT:
        for column in columns(name):
            if column.info["unit"] == schema.MONEY and column.name not in signed:
                assert (pc.min(tables[name][column.name]).as_py() or 0) >= 0, (name, column.name)


def test_names_are_bilingual_and_short_enough_for_a_label(tables):
    for name in ("branch", "staff", "campaign", "product", "season"):
        for text in tables[name]["name"].to_pylist():
            assert len(text) <= 28
            assert any(ord(sign) > 0x2E80 for sign in text)
            assert any(sign.isascii() and sign.isalpha() for sign in text)
    assert len(set(tables["campaign"]["name"].to_pylist())) == tables["campaign"].num_rows


def test_a_bank_of_no_size_is_refused():
    with pytest.raises(ValueError, match="scale"):
        next(generate(0, 1))
