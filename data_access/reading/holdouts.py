"""A holdout is no campaign: the one rule that tells the two apart, for every query.

A bank names by its settings the campaigns that stand for the whole programme of their time: their control is held out
from everything, and everybody else is in their treated arm. Such a campaign measures the others. Counted beside them it
would be reach, conversions and customers that no campaign had. So a reader hands out either the campaigns or the
holdouts, never both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

TABLES: Final = frozenset(("campaign", "campaign_arm", "campaign_cost", "campaign_member"))
"""Tables whose rows are a campaign's own; what happened to a customer stays what it is."""


def among(table: sa.Table, named: Sequence[str], *, alone: bool) -> tuple[sa.ColumnElement[bool], ...]:
    """What rows of a table have to meet; nothing where no holdout is named and campaigns are read.

    Args:
        table: of the contract.
        named: identifiers of the holdouts.
        alone: whether the holdouts are read, and not the campaigns.
    """
    if table.name not in TABLES or not (named or alone):
        return ()
    of_holdouts = table.c["campaign_id"].in_(sorted(named)) if named else sa.false()
    return (of_holdouts if alone else ~of_holdouts,)
