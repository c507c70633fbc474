"""A presentation whose bytes depend on its content alone: no clock in the archive, nor in what it holds.

Files of office programs are archives, and name the moment at which each part was written.
"""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the archive's own beginning of time
_PROPERTIES: Final = "docProps/core.xml"
_MOMENT: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:(?:created|modified)>)")


def still(archive: bytes, day: date) -> bytes:
    """The archive with every moment in it set to the day, and that in the workbooks of its charts."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(archive)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = still(content, day)
            elif name == _PROPERTIES:
                content = _MOMENT.sub(rb"\g<1>%sT00:00:00Z\g<3>" % day.isoformat().encode(), content)
            target.writestr(ZipInfo(name, _EPOCH), content, ZIP_DEFLATED)
    return out.getvalue()
