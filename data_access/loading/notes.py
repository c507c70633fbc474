"""What a load noticed and kept: one template a remark, said in English to the one who loads and, later, on screen.

As with the reasons of refusals, a template is completed with counts, names of files and words of an open vocabulary,
and stored apart from them, so that a page can say it in its reader's language.
"""

from __future__ import annotations

from collections.abc import Iterable

from data_access.loading.reasons import pack, unpack
from data_access.said import Said, marked

TRIMMED = marked("{file}: white space or another form of the same signs in {n:,} keys.")
ALIKE = marked("{file}: {n:,} rows for {table} say what another says too (one is kept).")
CELLS_LEFT_OUT = marked("{file}: {n:,} rows are kept without a cell that was refused.")
LINES_INSIDE = marked("{file}: {n:,} rows hold line ends inside a cell, {inside:,} in all.")
BLANK_LINES = marked("{file}: {n:,} blank lines were passed over.")
PASSED_OVER = marked("Passed over: {files}.")
REPLACED = marked("The warehouse held {source!r}, which a feed of this bank replaces.")
NEAR_DOUBLES = marked("{place} holds {words}: one word?")

CONVERTED_FIRST = marked("{file}: {n:,} converted before they were contacted (kept).")
CONTACTED_FIRST = marked("{file}: {n:,} were contacted before they were assigned (kept).")
CONTACTED_LATE = marked("{file}: {n:,} were contacted after the campaign's end (kept).")
MADE_LATE = marked("{file}: {n:,} were made after the campaign's end (kept).")
AHEAD = marked("{file}: {n:,} have a {column} after the day of loading (kept).")
NEGATIVE = marked("{file}: {n:,} have a {column} below zero (kept).")
BEYOND_A_DAY = marked("{file}: {n:,} have {column} beyond a day (kept).")

UCI = marked(
    "UCI Bank Marketing (Moro, Cortez, Rita 2014). Waves are calendar months; the year follows from the order of the "
    "rows. All customers belong to one branch, because the file names none. The year of birth is the year of the call "
    "less the age, so it may be one too high or low. 'unknown' is loaded as not recorded. The length of the call is "
    "not loaded: it is known only afterwards. Sales, costs, participation and satisfaction are not recorded."
)
BERKA = marked("Berka, PKDD'99 Discovery Challenge. Tiers are cuts of the closing balance at 20, 40 and 60 thousand.")
CUT_ROW = marked("The last row of {file} is cut; it was left out.")
SNAPSHOTS_END = marked("Tier snapshots end with {until}.")
CUT_FILE = marked("The balances of {n:,} accounts do not follow from their rows of {on}: the file is cut there.")
LOOSE_BALANCES = marked("On {n:,} earlier days the balance of an account does not follow from its rows.")


class Note(Said):
    """A remark on what was loaded."""

    @property
    def packed(self) -> str:
        """Its template and values, as they travel."""
        return pack(self.template, **self.values)


def written(notes: Iterable[Note]) -> str:
    """The remarks as a version keeps them, one a line."""
    return "\n".join(note.packed for note in notes)


def read(text: str) -> list[tuple[str, dict[str, object]]]:
    """Template and values of each remark that a version keeps.

    >>> read(written([Note.of(BLANK_LINES, file="sale.csv", n=2)]))[0][1]
    {'file': 'sale.csv', 'n': 2}
    """
    return [unpack(line) for line in text.split("\n") if line]  # a name may hold other separators


def told(text: str) -> str:
    """The remarks that a version keeps, in English, one a line; a version of before kept plain text.

    >>> told(written([Note.of(BLANK_LINES, file="sale.csv", n=1200)]))
    'sale.csv: 1,200 blank lines were passed over.'
    """
    return "\n".join(template.format_map(values) if values else template for template, values in read(text))
