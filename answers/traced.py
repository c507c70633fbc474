"""Which rows the numbers of an answer were counted from: enough to count them again, and to list whom they count."""

from __future__ import annotations

from dataclasses import dataclass

from answers.period import Period


@dataclass(frozen=True, slots=True)
class Traced:
    """The rows that an answer looked at, among those that its viewer may see.

    Attributes:
        period: When what was counted happened; of campaigns, when they ran.
        branch: Of this place, as `answers.places` spells it; of all of the viewer's if empty.
        campaigns: Of these campaigns alone, whenever it happened; None where campaigns do not matter.
    """

    period: Period
    branch: str = ""
    campaigns: tuple[str, ...] | None = None
