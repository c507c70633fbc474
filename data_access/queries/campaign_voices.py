"""What customers said of campaigns: satisfaction and complaints, of the reader's branches.

A measure that the bank's feeds do not record is missing, never zero.
"""

from __future__ import annotations

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
    counts = {
        "answers": score.is_not(None),
        "top_two": (scale == "csat5") & (score >= 4),
        "promoters": (scale == "nps") & (score >= 9),
        "detractors": (scale == "nps") & (score <= 6),
    }
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
