"""The share of a period's working days that each person was there for, part time counted as its part."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd


def share_present(postings: pd.DataFrame, working_days: npt.ArrayLike) -> pd.Series[float]:
    """Share of the working days that fall into a person's postings.

    Args:
        postings: ``staff_id``, ``from_on``, ``to_on`` and ``full_time_share``; a share that is not recorded counts as
            full time, an open end as the end of the period.
        working_days: the days of the period on which the branch worked.

    Returns:
        Share by ``staff_id``, from 0 to 1; nan for everybody when the period has no working day. Postings that
        overlap are not counted beyond a full day.

    >>> postings = pd.DataFrame({"staff_id": ["Li"], "from_on": ["2024-03-05"], "to_on": [None],
    ...                          "full_time_share": [0.5]})
    >>> share_present(postings, ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07"]).round(3).to_dict()
    {'Li': 0.375}
    """
    days = np.unique(np.asarray(working_days, dtype="datetime64[D]"))
    start = pd.to_datetime(postings["from_on"]).to_numpy(dtype="datetime64[D]")
    end = pd.to_datetime(postings["to_on"]).to_numpy(dtype="datetime64[D]")
    ended = np.where(np.isnat(end), np.datetime64("9999-12-31"), end)
    share = np.nan_to_num(postings["full_time_share"].to_numpy(dtype=np.float64, na_value=np.nan), nan=1.0)
    worked = ((days >= start[:, None]) & (days <= ended[:, None])) * share[:, None]
    staff, row = np.unique(postings["staff_id"].to_numpy(dtype=object), return_inverse=True)
    present = np.zeros((len(staff), len(days)))
    np.add.at(present, row, worked)
    total = np.minimum(present, 1.0).sum(axis=1)
    portion = total / len(days) if len(days) else np.full(len(staff), np.nan)
    return pd.Series(portion, index=pd.Index(staff, name="staff_id"), dtype=np.float64)
