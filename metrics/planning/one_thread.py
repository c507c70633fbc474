"""One thread of linear algebra in this process: the same digits whatever number of threads the machine is set to.

Threads that share a sum round it in another order with each number of them, and a frozen forecast is to be reproduced
to the digit. The matrices of a plan are small: more threads would only wait for each other.
"""

from __future__ import annotations

from functools import cache

from threadpoolctl import threadpool_limits  # pyright: ignore[reportMissingTypeStubs]


@cache
def one_thread() -> None:
    """Keep to one thread from now on. To be called once numpy and scipy are loaded; to call it again costs nothing."""
    threadpool_limits(limits=1, user_api="blas")
