"""What every test shares: one thread of linear algebra a process, and property tests that do not race the clock."""

import os

# Small matrices in many processes: more threads than cores only wait for each other. Set before numpy loads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings

settings.register_profile(
    "branchlight", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors]
)
settings.load_profile("branchlight")
