"""P values adjusted by statsmodels, which collects all garbage of the process at each call: here it leaves that out."""

from typing import Any
from unittest.mock import patch

from statsmodels.stats import multitest


def multipletests(*given: Any, **named: Any) -> tuple[Any, ...]:
    """As statsmodels has it."""
    with patch("gc.collect"):  # seconds, in a process that has run thousands of tests
        return multitest.multipletests(*given, **named)
