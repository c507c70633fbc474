"""The deck that slides are added to: the bank's own template, emptied of its samples, or a plain one."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# python-pptx is not typed.

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PackageNotFoundError
from pptx.oxml.ns import qn
from pptx.util import Inches

from reports.errors import TemplateError
from reports.slides import markup

WIDTH: Final = Inches(13.333)
HEIGHT: Final = Inches(7.5)
"""Of a plain deck: sixteen to nine."""

TITLES: Final = frozenset({PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE})
KEPT: Final = TITLES | {PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER}
"""Frames of a layout that a slide fills or leaves to the template; the others would say "click to add"."""

_TITLE: Final = 26  # points
_OF_TEMPLATE: Final = b"presentationml.template.main+xml"
_OF_PRESENTATION: Final = b"presentationml.presentation.main+xml"
_TYPES: Final = "[Content_Types].xml"


def opened(path: str) -> tuple[Any, Any]:
    """An empty presentation and its layout of a title alone.

    Args:
        path: The bank's template; empty for a plain deck.

    Raises:
        TemplateError: the template cannot be read, or has no layout with a title.
    """
    if not path:
        return _plain()
    try:
        file = Presentation(io.BytesIO(_as_presentation(Path(path))))
    except (OSError, BadZipFile, PackageNotFoundError, KeyError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no presentation"
        raise TemplateError(
            f"{path}, the setting `slides_template`, cannot be used: {why}. No file was written. "
            "Name a .pptx or .potx file, or leave the setting empty for a plain deck."
        ) from error
    for slide in markup.element(file.slides).xpath("./p:sldId"):
        file.part.drop_rel(slide.get(qn("r:id")))
        slide.getparent().remove(slide)
    titled = [layout for layout in file.slide_layouts if _kinds(layout) & TITLES]
    if not titled:
        raise TemplateError(
            f"{path}, the setting `slides_template`, has no layout with a title. No file was written. "
            "Add a layout with a title alone to the template, or leave the setting empty for a plain deck."
        )
    return file, min(titled, key=lambda layout: len(_kinds(layout) - KEPT))


def _plain() -> tuple[Any, Any]:
    """A white deck, wide, with its title at the upper left."""
    file = Presentation()
    file.slide_width, file.slide_height = WIDTH, HEIGHT
    layout = min((one for one in file.slide_layouts if _kinds(one) & TITLES), key=lambda one: len(_kinds(one) - KEPT))
    placeholders: Any = layout.placeholders
    for placeholder in list(placeholders):
        if placeholder.placeholder_format.type not in TITLES:
            markup.removed(placeholder)  # set for a narrow slide
    title = next(one for one in layout.placeholders if one.placeholder_format.type in TITLES)
    title.left, title.top, title.width, title.height = Inches(0.6), Inches(0.35), WIDTH - Inches(1.2), Inches(0.95)
    body = markup.element(title).find(qn("p:txBody"))
    body.find(qn("a:bodyPr")).set("anchor", "b")
    style = body.find(qn("a:lstStyle"))
    markup.child(markup.child(style, "a:lvl1pPr", algn="l"), "a:defRPr", sz=str(_TITLE * 100), b="1")
    return file, layout


def _kinds(layout: Any) -> set[Any]:
    return {placeholder.placeholder_format.type for placeholder in layout.placeholders}


def _as_presentation(path: Path) -> bytes:
    """The file with a template's kind written as a presentation's, which is all that sets them apart."""
    out = io.BytesIO()
    with ZipFile(path) as source, ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(_OF_TEMPLATE, _OF_PRESENTATION) if name == _TYPES else content)
    return out.getvalue()
