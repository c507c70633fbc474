"""The people who may try the demo bank: one of each role, and two branch heads to compare."""

from __future__ import annotations

from typing import NamedTuple


class DemoPerson(NamedTuple):
    """Someone who can sign in to the demo bank; `branches` are the branches they see, none of them meaning all."""

    key: str
    name: str
    role: str
    branches: tuple[str, ...] = ()


PEOPLE = (
    DemoPerson("executive", "沈清和 Shen Qinghe", "executive"),
    DemoPerson("planner", "陆知行 Lu Zhixing", "planner"),
    DemoPerson("head_lakeside", "顾若兰 Gu Ruolan", "branch_head", ("B001",)),
    DemoPerson("head_old_town", "季明川 Ji Mingchuan", "branch_head", ("B002",)),
    DemoPerson("administrator", "白予安 Bai Yu'an", "administrator"),
)
