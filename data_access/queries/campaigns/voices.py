"""What customers said of campaigns: satisfaction and complaints, of the reader's branches.

A measure that the bank's feeds do not record is missing, never zero.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
import sqlalchemy as sa

from data_access import measures
from data_access.measures import Names
from data_access.reading.reader import Reader


def answers(reader: Reader, *, campaigns: Names = (), branches: Names = ()) -> pd.DataFrame:
    """Satisfaction by campaign and scale.

    Returns:
        ``campaign_id``, ``scale`` (csat5 or nps), ``invited``, ``answers``, ``top_two`` (4 or 5 of 5), ``sum_score``,
        ``squares_score`` (about the mean), ``promoters`` (9 or 10 of 10) and ``detractors`` (0 to 6). What belongs
        to the other scale is 0.
    """
    asked = reader.table("satisfaction")
    scale, score = asked.c["scale"], asked.c["score"]
    keys = [asked.c["campaign_id"], scale]
    counts = {"answers": score.is_not(None), **measures.answers(asked)}
    _, total, squares = measures.moments("score", score)
    statement = sa.select(
        *keys,
        sa.func.count().label("invited"),
        *(
            measures.recorded(reader, "satisfaction", "score", measures.count(condition, name))
            for name, condition in counts.items()
        ),
        total,
        squares,
    ).where(
        asked.c["campaign_id"].is_not(None),
        *measures.among(asked.c["campaign_id"], campaigns),
        *measures.among(asked.c["branch_id"], branches),
    )
    return reader.frame(statement.group_by(*keys).order_by(*keys))


def complaints(reader: Reader, *, campaigns: Names = (), branches: Names = ()) -> pd.DataFrame:
    """Complaints by campaign: ``campaign_id``, ``complaints`` and, of those, ``upheld`` (missing if not recorded)."""
    complaint = reader.table("complaint")
    key = complaint.c["campaign_id"]
    upheld = measures.count(complaint.c["upheld"], "upheld")
    statement = sa.select(
        key, sa.func.count().label("complaints"), measures.recorded(reader, "complaint", "upheld", upheld)
    ).where(key.is_not(None), *measures.among(key, campaigns), *measures.among(complaint.c["branch_id"], branches))
    return reader.frame(statement.group_by(key).order_by(key))


def as_usual(reader: Reader, first: date, last: date, *, branches: Names = ()) -> pd.DataFrame:
    """What customers complained of and withdrew in a period, whatever it was about: what is usual beside a campaign.

    Returns:
        One row: ``customers`` (of the branches now, with an account by the last day), ``complaints`` and ``opted_out``
        (withdrawals of consent, a customer counted once) from the first day to the last, and ``complaints_from`` and
        ``opted_out_from``, the first day ever recorded of each. What the feeds do not record is missing.
    """
    customer, complaint, consent = (reader.table(name) for name in ("customer", "complaint", "consent"))
    by_then = sa.or_(customer.c["opened_on"].is_(None), customer.c["opened_on"] <= last)
    customers = sa.select(sa.func.count()).where(by_then, *measures.among(customer.c["branch_id"], branches))
    complained = sa.and_(*measures.within(complaint.c["opened_at"], first, last))
    withdrew = sa.and_(*measures.within(consent.c["withdrawn_at"], first, last))
    of_theirs = measures.among(customer.c["branch_id"], branches)
    theirs = consent.join(customer, customer.c["customer_id"] == consent.c["customer_id"])
    complaints = sa.select(
        measures.count(complained, "complaints"), sa.func.min(complaint.c["opened_at"]).label("since")
    )
    left = sa.select(sa.func.count(sa.distinct(consent.c["customer_id"])).label("opted_out")).select_from(theirs)
    began = sa.select(sa.func.min(consent.c["withdrawn_at"]).label("since")).select_from(theirs).where(*of_theirs)
    told = complaints.where(*measures.among(complaint.c["branch_id"], branches)).subquery("told")
    withdrawals = left.where(withdrew, *of_theirs).subquery("withdrew")
    recorded = began.subquery("began")
    statement = sa.select(
        customers.scalar_subquery().label("customers"),
        measures.recorded(reader, "complaint", (), told.c["complaints"].label("complaints")),
        sa.cast(told.c["since"], sa.Date).label("complaints_from"),
        measures.recorded(reader, "consent", "withdrawn_at", withdrawals.c["opted_out"].label("opted_out")),
        sa.cast(recorded.c["since"], sa.Date).label("opted_out_from"),
    ).select_from(told.join(withdrawals, sa.true()).join(recorded, sa.true()))
    return reader.frame(statement)
