"""Elements of the file format for which python-pptx has no call: lines of tables, alternative texts."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# python-pptx is not typed.

from __future__ import annotations

from typing import Any

from pptx.oxml.xmlchemy import OxmlElement


def child(parent: Any, tag: str, text: str = "", **attributes: str) -> Any:
    """A new last element of `parent`, such as ``a:ln``; an element of its own where there is no parent."""
    made: Any = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(name, value)
    if text:
        made.text = text
    if parent is not None:
        parent.append(made)
    return made


def line(parent: Any, tag: str, colour: str, points: float) -> None:
    """A line of a colour, ``#RRGGBB``, so many points wide."""
    drawn = child(parent, tag, w=str(round(points * 12_700)))
    child(child(drawn, "a:solidFill"), "a:srgbClr", val=colour.removeprefix("#"))


def element(shape: Any) -> Any:
    """The element of a shape, a series or a table, below python-pptx's own names."""
    return shape._element  # pyright: ignore[reportPrivateUsage] - there is no other door to it


def described(shape: Any, text: str) -> None:
    """Says what a chart, a table or a picture shows, for those who cannot see it."""
    element(shape).xpath(".//p:cNvPr")[0].set("descr", text)


def removed(shape: Any) -> None:
    """Takes a shape from its slide."""
    element(shape).getparent().remove(element(shape))
