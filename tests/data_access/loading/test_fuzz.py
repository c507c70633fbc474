"""Files of every kind with bytes changed at random: each loads or is refused in words, none ends in a traceback."""

import csv
import gzip
import io
import itertools
import random
import zipfile
from datetime import datetime

import duckdb
import openpyxl
import pytest

from data_access.errors import DataError
from data_access.loading.draft import building
from data_access.loading.files.feed import find_feed
from data_access.loading.files.mapping import read_mapping
from data_access.loading.files.source import open_source
from data_access.loading.refusals import Refusals
from data_access.loading.table import load_table
from data_access.versions import Draft, silent

MUTANTS = 60
"""Files of each kind."""

TOKENS = [
    b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b";", b"\t", b"9" * 20, b"1E+11", b"2124-01-01", b"&j;",
    b"]]>", b"<row r='1048577'>", b"=1+1", "合计".encode(), "港".encode("gb18030"), b"\xed\xa0\x80", b"' || '", b"-",
]  # fmt: skip

ROWS = [
    ["campaign_id", "name", "objective", "starts_on", "ends_on", "attribution_days", "assignment", "theme"],
    *(
        [f"c{i}", f"春 {i}", "grow", f"2024-01-{i:02d}", "2024-02-01", str(i), "randomised", 'a "b", c\nd']
        for i in range(1, 25)
    ),
]


def as_csv():
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(ROWS)
    return out.getvalue().encode()


def as_xlsx():
    book, out = openpyxl.Workbook(), io.BytesIO()
    for number, row in enumerate(ROWS):
        book.active.append([*row[:3], datetime.fromisoformat(row[3]), row[4], int(row[5]), *row[6:]] if number else row)
    book.save(out)
    return out.getvalue()


def as_parquet(folder):
    path = folder / "right.parquet"
    columns = ", ".join(f"unnest(?::VARCHAR[]) AS {name}" for name in ROWS[0])
    cells = [[row[i] for row in ROWS[1:]] for i in range(len(ROWS[0]))]
    duckdb.execute(f"COPY (SELECT {columns}) TO '{path}'", cells)
    return path.read_bytes()


def mutate(content, draw):
    """The bytes with one to six changes of the kinds that disks, mails and editors make."""
    changed = bytearray(content)
    for _ in range(draw.randint(1, 6)):
        at, size = draw.randrange(len(changed) + 1), draw.randint(1, 40)
        kind = draw.randrange(7)
        if kind == 0 and at < len(changed):
            changed[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del changed[at : at + size]
        elif kind == 2:
            changed[at:at] = changed[at : at + size]
        elif kind == 3:
            changed[at:at] = draw.choice(TOKENS)
        elif kind == 4:
            changed[at : at + size // 8] = draw.randbytes(size // 8)
        else:  # what is still text comes further into the loader
            changed[at : at + size // 4] = bytes(draw.choices(range(32, 127), k=size // 4))
    return bytes(changed) or b"x"


def mutate_part(content, draw):
    """A ZIP with one of its parts changed, packed as it should be."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        parts = [name for name in packed.namelist() if name.startswith("xl/") and "theme" not in name]
        chosen = draw.choice(parts)
        for name in packed.namelist():
            held = packed.read(name)
            changed.writestr(name, mutate(held, draw) if name == chosen else held)
    return out.getvalue()


def mutants(ending, folder):
    """Endless changed files of one kind, the same in every run."""
    draw = random.Random(20261128)
    right = {
        ".csv": as_csv(),
        ".gb.csv": as_csv().decode().encode("gb18030"),
        ".csv.gz": gzip.compress(as_csv()),
        ".xlsx": as_xlsx(),
        ".parquet": as_parquet(folder),
    }[ending]
    while True:
        if ending == ".xlsx" and draw.random() < 0.7:
            yield mutate_part(right, draw)
        elif ending == ".csv.gz" and draw.random() < 0.5:
            yield gzip.compress(mutate(gzip.decompress(right), draw))
        else:
            yield mutate(right, draw)


@pytest.mark.parametrize("ending", [".csv", ".gb.csv", ".csv.gz", ".xlsx", ".parquet"])
def test_changed_bytes_are_loaded_or_refused_in_words(tmp_path, ending):
    folder = tmp_path / "feed"
    folder.mkdir()
    loaded = refused = 0
    with building(Draft("v", tmp_path)) as connection:
        refusals = Refusals(connection)
        for content in itertools.islice(mutants(ending, tmp_path), MUTANTS):
            (folder / f"campaign{ending.replace('.gb', '')}").write_bytes(content)
            connection.execute("BEGIN")
            try:
                feed = find_feed(folder)
                source = open_source(feed.files[0], feed.mapping, tmp_path, silent)
                result = load_table(connection, source, feed.mapping, "CNY", refusals)
                refusals.counted(), refusals.examples()
                assert result.left_out <= result.rejected <= result.rows
                loaded += 1
            except DataError as error:
                assert f"campaign{ending.replace('.gb', '')}" in str(error)  # noqa: PT017 - most files raise nothing
                assert "Nothing was loaded." in str(error)  # noqa: PT017
                refused += 1
            finally:
                connection.execute("ROLLBACK")
    assert refused > 5
    assert loaded + refused == MUTANTS


def test_a_changed_mapping_is_read_or_refused_in_words(tmp_path):
    from tests.data_access.loading.test_flat_file import MAPPING

    draw = random.Random(20261128)
    path = tmp_path / "mapping.toml"
    for _ in range(300):
        path.write_bytes(mutate(MAPPING.encode(), draw))
        try:
            read_mapping(path)
        except DataError as error:
            assert "mapping.toml" in str(error)  # noqa: PT017 - some changes make no difference
