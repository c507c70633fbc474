"""How often the six charts of My week call a week of the demo bank a signal: as its weeks came, and shuffled.

Nobody in the demo bank works differently from one week to the next: its campaigns change, its seasons do, and chance. The
weeks of a chart that holds that apart are a signal at most one time in fifty. Shuffled, even what leans from week to week
is gone; festivals keep their places.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from answers.week import series
from data_access.engines import Warehouse
from data_access.queries import data
from data_access.reading.reader import Reader
from data_access.settings import ToDoRules
from metrics.moments import Counts, Floats, Moments
from metrics.week.business_calendar import Days, festival_offset
from metrics.week.control_chart import Rule
from metrics.week.review import WeekReview
from tests.data_access.small_bank import viewer, warehouse_of

ALLOWED = 1 / 50
LOOKED_AT = range(0, 78, 2)
KEYS = (
    "new_money",
    "customers_won_and_funded",
    "weekly_conversions",
    "weekly_participation_rate",
    "weekly_satisfied",
    "promises_kept",
)
Review = Callable[[Days, object, "Floats | None"], WeekReview]
