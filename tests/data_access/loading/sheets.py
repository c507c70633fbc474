"""XLSX files written by hand, cell by cell, as office programs write them and as ours would not."""

import zipfile
from pathlib import Path

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="170" formatCode="000"/></numFmts>'
    '<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="170"/></cellXfs>'
    "</styleSheet>"
)
DAY, TIME, PADDED = 1, 2, 3
"""Styles: a day, a day with its time, a number of three digits."""


def write_xlsx(
    path: Path,
    rows: str,
    *,
    dimension: str = "A1:B9",
    epoch_1904: bool = False,
    texts: tuple[str, ...] = (),
    hidden: str = "",
    prologue: str = "",
) -> Path:
    """Write a workbook of one sheet, `rows` the XML of its rows; `hidden` adds a hidden sheet with those rows.

    `prologue` stands before the shared texts.
    """
    sheets = {"shown": ("visible", rows)} | ({"kept back": ("hidden", hidden)} if hidden else {})
    listed = "".join(
        f'<sheet name="{name}" sheetId="{i}" state="{state}" r:id="r{i}"/>'
        for i, (name, (state, _)) in enumerate(sheets.items(), start=1)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr date1904="{int(epoch_1904)}"/>'
            f"<sheets>{listed}</sheets></workbook>",
        )
        targets = "".join(
            f'<Relationship Id="r{i}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(sheets) + 1)
        )
        packed.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="x">{targets}</Relationships>')
        packed.writestr("xl/styles.xml", STYLES)
        shared = "".join(f"<si><t>{text}</t></si>" for text in texts)
        packed.writestr("xl/sharedStrings.xml", f'{prologue}<sst xmlns="{MAIN}">{shared}</sst>')
        for i, (_, cells) in enumerate(sheets.values(), start=1):
            packed.writestr(
                f"xl/worksheets/sheet{i}.xml",
                f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>{cells}</sheetData></worksheet>',
            )
    return path


def text(*values: str) -> str:
    """A row of texts."""
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{value}</t></is></c>' for value in values) + "</row>"
