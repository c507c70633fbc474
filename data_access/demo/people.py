"""The people who may try the demo bank: one of each role, and two branch heads to compare."""

from __future__ import annotations

from typing import NamedTuple


class DemoPerson(NamedTuple):
    """Someone who can sign in to the demo bank; `branches` are those they head, empty for people of the whole bank."""

    email: str
    name: str
    role: str
    branches: tuple[str, ...] = ()


PEOPLE = (
    DemoPerson("shen.qinghe@demo.example", "沈清和 Shen Qinghe", "executive"),
    DemoPerson("lu.zhixing@demo.example", "陆知行 Lu Zhixing", "planner"),
    DemoPerson("gu.ruolan@demo.example", "顾若兰 Gu Ruolan", "branch_head", ("B001",)),
    DemoPerson("ji.mingchuan@demo.example", "季明川 Ji Mingchuan", "branch_head", ("B002",)),
    DemoPerson("bai.yuan@demo.example", "白予安 Bai Yu'an", "administrator"),
)
