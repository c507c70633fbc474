"""Weekly totals made alike: by the working day, and on a scale in which they vary evenly.

A week around a holiday has fewer working days and is no worse for bringing less. And a branch's money of a week is the
sum of a few sums of very different size: its large weeks lie farther above the usual than its small ones below, so that
limits at equal distances alarm at every large sale. The fourth root lies between the cube root, which makes sums of
gamma-distributed amounts nearly normal, and the logarithm, which does so for lognormal ones, and is defined at nothing.
Counts vary evenly on the scale of their square root.

Source: Bartlett (1936), Supplement to the Journal of the Royal Statistical Society 3, 68-78, for counts; Wilson and
Hilferty (1931), PNAS 17, 684-688, and Nelson (1994), Journal of Quality Technology 26, 239-240, for amounts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from metrics.moments import Floats, floats
from metrics.week.control_chart import ControlChart, Flags

ROOT_OF_AMOUNTS: Final = 4.0
ROOT_OF_COUNTS: Final = 2.0
_FEW: Final = 0.5
"""Share of a usual week's working days below which a week says nothing of the branch."""


@dataclass(frozen=True, slots=True)
class WorkingWeeks:
    """How the weeks of a series are made alike.

    Attributes:
        days: Working days over those of a usual week, shape (weeks,).
        root: The root that is taken; 1 where totals are judged as they are.
    """

    days: Floats
    root: float

    @classmethod
    def of(cls, working_days: npt.ArrayLike, festival: Flags, root: float) -> WorkingWeeks:
        """From each week's working days; a festival week is judged by earlier ones, whatever its days."""
        days = floats(working_days)
        usual = float(np.median(days))
        return cls(np.where(festival | (usual == 0), 1.0, days / (usual or 1.0)), root)

    @property
    def short(self) -> Flags:
        """Weeks of holidays, with too few working days to judge."""
        return self.days < _FEW

    def alike(self, totals: Floats) -> Floats:
        """Totals of a usual week's working days, on the scale in which they vary evenly."""
        by_day = np.divide(totals, self.days, out=np.full_like(totals, np.nan), where=self.days > 0)
        return by_day if self.root == 1 else by_day ** (1 / self.root)

    def as_booked(self, chart: ControlChart, totals: Floats) -> ControlChart:
        """The chart of the totals themselves, its centre and limits for the working days that each week had.

        Its sigma is a third of the way up to the limit, the longer one.
        """

        def booked(values: Floats) -> Floats:
            whole = values if self.root == 1 else np.maximum(values, 0.0) ** self.root
            return np.where(self.short, np.nan, whole * self.days)

        centre, low, high = (booked(each) for each in (chart.centre, chart.low, chart.high))
        return replace(chart, value=totals, centre=centre, low=low, high=high, sigma=(high - centre) / 3)
