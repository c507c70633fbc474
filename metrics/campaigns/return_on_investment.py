"""What a campaign returned on what it cost, and what has to happen for it to pay.

All amounts in minor units. Costs are known sums, contributions vary from customer to customer: the interval of a
return is the image of the interval of the contribution. Where the cost varies by customer too, Fieller's.

Sources: DOMAIN.md names them by formula; returns are on contribution, not on revenue.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from metrics.errors import DomainError, ShapeError
from metrics.estimate import Intervals, Reason
from metrics.inference.mean import total
from metrics.inference.proportion import wilson
from metrics.moments import Counts, Floats, Moments, floats


def attributed(contribution: Moments, cost: npt.ArrayLike, level: float = 0.95) -> Intervals:
    """(Contribution of attributed sales - cost) / cost: what was booked, not what the campaign caused.

    Args:
        contribution: of the treated customers, shape (k,).
        cost: of treating them, shape (k,).
        level: confidence level.

    Returns:
        Intervals, shape (k,): 0.4 is 40 %. A cost of 0 has no return (`Reason.NO_COST`), a missing cost is
        `Reason.NOT_RECORDED`.

    >>> roi = attributed(Moments.from_rows([0.0, 300.0, 100.0, 200.0]), cost=[500.0])
    >>> roi.estimate.round(4).item(), roi.low.round(4).item(), roi.high.round(4).item()
    (0.2, -1.4434, 1.8434)
    """
    return _return(total(contribution, level), floats(cost))


def on_effect(effect: Intervals, customers: npt.ArrayLike, cost: npt.ArrayLike) -> Intervals:
    """Incremental return of an effect on contribution that was estimated elsewhere, such as between branches.

    Args:
        effect: contribution per customer, treated - control, shape (k,).
        customers: treated customers, shape (k,).
        cost: of treating them, shape (k,).

    Returns:
        Intervals, shape (k,); a missing effect keeps its reason unless the cost is missing too.
    """
    reached = floats(customers)
    gained = effect.withheld(np.isnan(reached) & effect.known, Reason.NOT_RECORDED)
    return _return(gained.scaled(reached), floats(cost))


def break_even_conversions(
    fixed_cost: npt.ArrayLike, contribution_per_conversion: npt.ArrayLike, variable_cost: npt.ArrayLike = 0.0
) -> Floats:
    """Conversions at which the contribution covers the cost; infinite where no number of them ever would.

    Args:
        fixed_cost: spent however many buy.
        contribution_per_conversion: what one conversion brings.
        variable_cost: what one conversion costs, such as its gift.

    Raises:
        DomainError: a negative cost.

    >>> break_even_conversions([1000.0, 1000.0], [50.0, 50.0], variable_cost=[10.0, 60.0])
    array([25., inf])
    """
    fixed, margin = floats(fixed_cost), floats(contribution_per_conversion) - floats(variable_cost)
    if bool(np.any(fixed < 0) or np.any(floats(variable_cost) < 0)):
        raise DomainError("Costs are not negative.")
    fixed, margin = np.broadcast_arrays(fixed, margin)
    needed = np.divide(fixed, margin, out=np.full(fixed.shape, np.inf), where=margin > 0)
    return np.where(np.isnan(fixed) | np.isnan(margin), np.nan, needed)


def break_even_lift(cost: npt.ArrayLike, treated: npt.ArrayLike, contribution_per_conversion: npt.ArrayLike) -> Floats:
    """The difference of conversion rates at which the incremental return is 0: the line on the effect chart.

    Args:
        cost: of treating the customers.
        treated: number of them.
        contribution_per_conversion: what one additional conversion brings.

    Returns:
        Differences of shares (0.02 is two points), shape (k,). More than 1 means that it cannot pay;
        nan where there is no treated customer or a conversion brings nothing.

    >>> break_even_lift(cost=[1000.0], treated=[2000], contribution_per_conversion=[50.0])
    array([0.01])
    """
    worth = floats(treated) * floats(contribution_per_conversion)
    price = np.broadcast_to(floats(cost), worth.shape)
    return np.divide(price, worth, out=np.full_like(worth, np.nan), where=worth > 0)


def cost_per(cost: npt.ArrayLike, counts: Counts, level: float = 0.95) -> Intervals:
    """Cost by customer who did: per contact, per participant, per conversion, per new customer (CAC).

    Args:
        cost: spent on the customers of `counts`, shape (k,).
        counts: those customers, and of them those who did.
        level: confidence level.

    Returns:
        Intervals, shape (k,), the image of Wilson's limits of the share; `n` counts those who did. Nobody did:
        no cost per head (`Reason.TOO_FEW`). A missing cost is `Reason.NOT_RECORDED`.

    >>> price = cost_per([900.0], Counts.of([100], [9]))
    >>> price.estimate.item(), price.low.round(1).item(), price.high.round(1).item()
    (100.0, 55.5, 187.2)
    """
    share, price = wilson(counts, level), floats(cost)
    if len(price) != len(counts):
        raise ShapeError(f"{len(price)} costs for {len(counts)} groups.")
    per_head = _spread_over(price, share.withheld((counts.successes == 0) & (counts.n >= 0), Reason.TOO_FEW), counts.n)
    return replace(per_head, n=counts.successes)


def cost_per_additional(cost: npt.ArrayLike, effect: Intervals, treated: npt.ArrayLike) -> Intervals:
    """Cost by customer who would not have bought, or come, without the campaign (incremental CAC).

    Args:
        cost: of treating the customers, shape (k,).
        effect: incremental share, treated minus control, shape (k,).
        treated: number of treated customers, shape (k,).

    Returns:
        Intervals, shape (k,). Where the effect may be 0, or is harm, there is no such cost: `Reason.NO_EFFECT`.

    >>> effect = Intervals.of([0.02, 0.01], [0.01, -0.01], [0.04, 0.03], n=[2000, 2000])
    >>> price = cost_per_additional([1000.0, 1000.0], effect, treated=[1000, 1000])
    >>> price.low, price.high, price.reason.tolist()
    (array([25., nan]), array([100.,  nan]), ['', 'no_effect'])
    """
    return _spread_over(floats(cost), effect.withheld(effect.low <= 0, Reason.NO_EFFECT), floats(treated))


def _spread_over(cost: Floats, share: Intervals, customers: Floats) -> Intervals:
    """`cost` by head of the customers times a positive share of them; the largest share gives the price nearest 0."""
    priced = share.withheld(customers == 0, Reason.TOO_FEW).withheld(
        np.isnan(cost) | np.isnan(customers), Reason.NOT_RECORDED
    )
    each = cost / np.where(customers > 0, customers, np.nan)
    ends = each / priced.high, each / priced.low
    missing = np.full(len(priced), np.nan)
    return replace(
        priced,
        estimate=each / priced.estimate,
        low=np.minimum(*ends),  # a refund is a negative cost, whose limits change places
        high=np.maximum(*ends),
        standard_error=missing,
        degrees_of_freedom=missing,
    )


def _return(contribution: Intervals, cost: Floats) -> Intervals:
    """(Contribution - cost) / cost for a cost that is known."""
    if len(cost) != len(contribution):
        raise ShapeError(f"{len(cost)} costs for {len(contribution)} contributions.")
    factor = np.divide(1.0, cost, out=np.full_like(cost, np.nan), where=cost > 0)
    usable = contribution.withheld(np.isnan(cost), Reason.NOT_RECORDED).withheld(cost <= 0, Reason.NO_COST)
    return usable.scaled(factor, shift=-1.0)
