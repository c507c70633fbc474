"""P values adjusted by statsmodels, which collects all garbage of the process at each call: here it leaves that out."""

from types import SimpleNamespace

from statsmodels.stats import multitest

multitest.gc = SimpleNamespace(collect=lambda: 0)  # seconds, in a process that has run thousands of tests
multipletests = multitest.multipletests
