"""The scorecard of campaigns: every metric of all of them in one vectorised call.

Input are aggregates, one row per campaign and arm, as the database counted them. *Treated* are all arms that are
not a control. Members whose attribution window is still open are counted apart and enter no conversion,
amount or return; the cost is spread evenly over the treated members, and the part of those still waiting is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.campaigns import branch_effects, return_on_investment
from metrics.campaigns.branch_effects import EFFECTS_ON_MEANS, BranchEffects
from metrics.campaigns.members import Members
from metrics.catalogue import metric
from metrics.errors import ShapeError
from metrics.estimate import Intervals, Reason, Tests
from metrics.inference import satisfaction
from metrics.inference.complier import effect_on_contacted
from metrics.inference.effect import difference_in_means, difference_in_shares, lift_in_shares
from metrics.inference.mean import concentration, student
from metrics.inference.significance import compare_shares
from metrics.moments import Counts, Floats, Moments, floats

SHARES_OF_CLOSED: Final = ("conversion_rate", "conversion_of_contacted", "conversion_of_participants")
SHARES: Final = ("reach_rate", "participation_rate", "participation_of_assigned", *SHARES_OF_CLOSED)
TOTALS: Final = {
    "sales": "sales_per_customer",
    "net_new_money": "net_new_money_per_customer",
    "contribution": "contribution_per_customer",
}
MEANS: Final = (
    "sales_per_customer",
    "sales_per_customer_winsorised",
    "net_new_money_per_customer",
    "contribution_per_customer",
)
ANSWER_COLUMNS: Final = ["invited", "answers", "top_two", "sum_score", "squares_score", "promoters", "detractors"]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All metrics of some campaigns, each a column of intervals in the order of `campaign_id`.

    What was counted or booked (members, costs) has limits equal to its estimate.
    """

    campaign_id: tuple[str, ...]
    results: Mapping[str, Intervals]  # by the catalogue's key
    conversion_test: Tests  # that the campaign changed nothing, where its design supports an effect
    costs: pd.DataFrame  # actual cost by campaign (row) and category (column), minor units, nan where not recorded
    by_branch: BranchEffects | None = None  # the comparisons of branches, where campaigns were assigned by branch

    def __len__(self) -> int:
        """Number of campaigns."""
        return len(self.campaign_id)

    def __getitem__(self, key: str) -> Intervals:
        """A metric's intervals, one per campaign.

        Raises:
            KeyError: the scorecard has no such metric.
        """
        return self.results[key]

    def lacks_cost(self, category: str) -> npt.NDArray[np.bool_]:
        """Campaigns whose cost is known but for this kind: their return is a return "before staff time"."""
        kinds = ~self.costs.isna()
        recorded = kinds[category].to_numpy() if category in kinds else np.zeros(len(self), dtype=np.bool_)
        return kinds.any(axis=1).to_numpy() & ~recorded


def assigned_by_branch(campaigns: pd.DataFrame) -> tuple[str, ...]:
    """The campaigns whose arms were assigned by branch: their effects need the rows of their branches."""
    return tuple(str(campaign) for campaign in campaigns.loc[campaigns["cluster"] == "branch", "campaign_id"])


def scorecard(
    campaigns: pd.DataFrame,
    arms: pd.DataFrame,
    costs: pd.DataFrame | None = None,
    answers: pd.DataFrame | None = None,
    complaints: pd.DataFrame | None = None,
    level: float = 0.95,
    *,
    funding: pd.DataFrame | None = None,
    branches: pd.DataFrame | None = None,
) -> Scorecard:
    """Scores campaigns from their aggregates. Rows of campaigns that are not asked for are passed over.

    Args:
        campaigns: the campaigns in the order wanted: `campaign_id`, `assignment` ("randomised" or "targeted") and,
            if known, `cluster` ("customer" or "branch").
        arms: one row per campaign and arm: `campaign_id`, `is_control`, the counts `n`, `contacted`, `participated`,
            `matured`, `matured_converted`, `matured_contacted`, `contacted_matured_converted`, `matured_participated`,
            `participants_matured_converted`, and over matured members `known_<m>` (all, if the column
            is absent), `sum_<m>` and `squares_<m>` of `sales`, `contribution`, `net_new` and, if at hand,
            `sales_winsorised`, and `sum_sales_top`, the sales of the 1 % who bought most. A column that is absent
            or NULL was not recorded.
        costs: one row per campaign and `category`: `planned_amount`, `actual_amount`, minor units. None: no such table.
        answers: one row per campaign and `scale` ("csat5", "nps"): `invited`, `answers`, `top_two`, `sum_score`,
            `squares_score`, `promoters`, `detractors`. None: no such table.
        complaints: `campaign_id`, `complaints`; a campaign without a row had none. None: no such table.
        level: confidence level.
        funding: `campaign_id`, and of sales whose source is recorded `amount_known` and `internally_funded_amount`.
            None: not recorded.
        branches: as `arms`, one row per campaign, arm and `branch_id`, of the campaigns that were assigned by branch.

    Returns:
        A `Scorecard`. Effects and incremental returns are given for randomised campaigns with a control;
        other campaigns say `Reason.NO_CONTROL`. Customers of one branch are not independent: campaigns assigned by
        branch are compared branch by branch, and say `Reason.CLUSTERED` without the rows in `branches`.

    Raises:
        ShapeError: two rows of `campaigns` have the same id.
        DomainError: the level is not between 0 and 1.
    """
    ids = [str(campaign) for campaign in campaigns["campaign_id"].tolist()]
    order = pd.Index(ids, dtype="str")
    if order.has_duplicates:
        raise ShapeError("A scorecard has one row per campaign.")
    treated, control = Members.of_arms(arms, order, level)
    booked, planned = _booked(costs, order)
    price = floats(booked.sum(axis=1, min_count=1))
    effects, test, by_branch = _effects(control, treated, price, campaigns, branches)
    results = (
        _participation(treated)
        | _amounts(treated)
        | _origin_of_sales(treated, funding, order)
        | _costs(treated, price, planned)
        | effects
        | _satisfaction(answers, complaints, treated, order)
    )
    return Scorecard(tuple(ids), results, test, booked, by_branch)


def _participation(treated: Members) -> dict[str, Intervals]:
    """Members, open windows, and every share of customers who did something."""
    shares = {key: treated.share(metric(key).numerator, metric(key).denominator) for key in SHARES}
    closed = {key: treated.once_closed(shares[key]) for key in SHARES_OF_CLOSED}
    counted = {"members": treated.n, "open_members": treated.n - treated.matured}
    return {key: _counted(count, treated) for key, count in counted.items()} | shares | closed


def _amounts(treated: Members) -> dict[str, Intervals]:
    """Sales, contribution and net new money, in total and per customer."""
    means = {key: student(treated.moments(metric(key).numerator), treated.level) for key in MEANS}
    totals = {key: means[per_customer].scaled(means[per_customer].n) for key, per_customer in TOTALS.items()}
    return {key: treated.once_closed(amounts) for key, amounts in (totals | means).items()}


def _origin_of_sales(treated: Members, funding: pd.DataFrame | None, order: pd.Index[str]) -> dict[str, Intervals]:
    """Whose money the sales are: of a few customers, or moved inside the bank."""
    of_top = treated.count("sum_sales_top")
    top = _counted(concentration(of_top, treated.count("sum_sales")), treated, recorded=~np.isnan(of_top))
    inside = pd.DataFrame(np.nan, index=order, columns=["internally_funded_amount", "amount_known"])
    if funding is not None:
        inside = funding.set_index("campaign_id").reindex(order)
    moved, known = floats(inside["internally_funded_amount"]), floats(inside["amount_known"])
    internal = _counted(concentration(moved, known), treated, recorded=~np.isnan(moved))
    return {"sales_top_share": treated.once_closed(top), "internal_conversion_share": internal}


def _costs(treated: Members, price: Floats, planned: Floats) -> dict[str, Intervals]:
    """Cost, cost per head, and the attributed return."""
    contribution = treated.moments("contribution")
    converted = treated.counts("matured_converted", "matured")
    closed = _of_closed(price, treated)
    per_head = return_on_investment.cost_per
    worth = np.divide(
        contribution.total,
        converted.successes,
        out=np.full_like(price, np.nan),
        where=(converted.successes > 0) & (contribution.n > 0),
    )
    used = np.divide(price, planned, out=np.full_like(price, np.nan), where=planned > 0)
    lift = return_on_investment.break_even_lift(closed, treated.matured, worth)
    needed = return_on_investment.break_even_conversions(price, worth)
    recorded = ~np.isnan(price + converted.successes + contribution.mean)
    level = treated.level
    return {
        "campaign_cost": _counted(price, treated),
        "budget_used": _counted(used, treated),
        "cost_per_contact": per_head(price, treated.counts("contacted", "n"), level),
        "cost_per_participant": per_head(price, treated.counts("participated", "n"), level),
        "cost_per_conversion": treated.once_closed(per_head(closed, converted, level)),
        "roi_attributed": treated.once_closed(return_on_investment.attributed(contribution, closed, level)),
        "break_even_conversions": treated.once_closed(_counted(needed, treated, recorded)),
        "break_even_lift": treated.once_closed(_counted(lift, treated, recorded)),
    }


def _effects(
    control: Members, treated: Members, price: Floats, campaigns: pd.DataFrame, branches: pd.DataFrame | None
) -> tuple[dict[str, Intervals], Tests, BranchEffects | None]:
    """What the campaign caused, where customers or branches were assigned at random and some were held out."""
    level = treated.level
    without, with_campaign = (arm.counts("matured_converted", "matured") for arm in (control, treated))
    difference = difference_in_shares(without, with_campaign, level)
    contribution = control.moments("contribution"), treated.moments("contribution")
    closed = _of_closed(price, treated)
    effects = {
        "incremental_conversion": difference,
        "incremental_conversions": difference.scaled(treated.matured),
        "relative_lift": lift_in_shares(without, with_campaign, level),
        "effect_on_contacted": effect_on_contacted(control.outcome_and_contact(), treated.outcome_and_contact(), level),
        "roi_incremental": return_on_investment.incremental(*contribution, closed, level),
    } | {
        key: difference_in_means(control.moments(measure), treated.moments(measure), level)
        for key, measure in EFFECTS_ON_MEANS.items()
    }
    unsupported = _unsupported(control, treated, campaigns)
    for rows, reason in unsupported:
        effects = {key: effect.withheld(rows, reason) for key, effect in effects.items()}
    test = _tested(without, with_campaign, effects["incremental_conversion"])
    by_branch = None
    if branches is not None:
        clustered = np.flatnonzero(effects["incremental_conversion"].reason == Reason.CLUSTERED.value)
        by_branch = branch_effects.estimate(branches, campaigns["campaign_id"], clustered, level)
        effects = by_branch.among(effects, treated.matured, closed)
        test = by_branch.tested_among(test)
        # A branch head sees one branch of such a campaign: too few to compare, however many its customers.
        alone = np.isin(np.arange(len(campaigns)), clustered)
        alone &= effects["incremental_conversion"].reason == Reason.TOO_FEW.value
        effects = {key: effect.withheld(alone, Reason.CLUSTERED) for key, effect in effects.items()}
    extra = return_on_investment.cost_per_additional(closed, effects["incremental_conversion"], treated.matured)
    return effects | {"incremental_acquisition_cost": extra}, test, by_branch


def _tested(without: Counts, with_campaign: Counts, effect: Intervals) -> Tests:
    """The test of each effect on conversion that the design supports."""
    test = compare_shares(without, with_campaign)
    statistic, p_value = (np.where(effect.known, column, np.nan) for column in (test.statistic, test.p_value))
    return Tests(statistic, p_value, test.method, np.where(effect.known, test.reason, effect.reason))


def _unsupported(
    control: Members, treated: Members, campaigns: pd.DataFrame
) -> tuple[tuple[npt.NDArray[np.bool_], Reason], ...]:
    """Campaigns whose design supports no effect, and why; the last reason counts."""
    nobody = np.zeros(len(campaigns), dtype=np.bool_)
    by_branch = (campaigns["cluster"] == "branch").to_numpy(dtype=np.bool_) if "cluster" in campaigns else nobody
    randomised = (campaigns["assignment"] == "randomised").to_numpy(dtype=np.bool_)
    return (
        (by_branch, Reason.CLUSTERED),
        (treated.waiting | control.waiting, Reason.WINDOW_OPEN),
        (~randomised | (control.n == 0), Reason.NO_CONTROL),
    )


def _satisfaction(
    answers: pd.DataFrame | None, complaints: pd.DataFrame | None, treated: Members, order: pd.Index[str]
) -> dict[str, Intervals]:
    """What customers answered and complained about."""
    csat, nps = _answers(answers, order)
    level = treated.level
    given = csat["answers"]
    mean = np.divide(csat["sum_score"], given, out=np.full_like(given, np.nan), where=given > 0)
    told = np.full(len(order), np.nan)
    if complaints is not None:
        row = order.get_indexer(pd.Index(complaints["campaign_id"]))
        told = np.zeros(len(order))
        np.add.at(told, row[row >= 0], floats(complaints["complaints"])[row >= 0])
    invited, answered = (csat[name] + nps[name] for name in ("invited", "answers"))
    return {
        "csat_mean": satisfaction.csat_mean(Moments(given, mean, csat["squares_score"]), level),
        "top_two_box": satisfaction.top_two_box(Counts(given, csat["top_two"]), level),
        "net_promoter_score": satisfaction.net_promoter_score(
            nps["promoters"], nps["detractors"], nps["answers"], level
        ),
        "response_rate": satisfaction.response_rate(Counts.of(invited, answered), level),
        "complaint_rate": satisfaction.complaint_rate(told, treated.count("contacted"), level),
    }


def _answers(answers: pd.DataFrame | None, order: pd.Index[str]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Answers on each scale in the order of the campaigns: 0 where nobody was asked, nan where nothing is recorded."""
    table = np.full((2, len(ANSWER_COLUMNS), len(order)), np.nan)
    if answers is not None:
        table[:] = 0.0
        row = order.get_indexer(pd.Index(answers["campaign_id"]))
        numbers = answers.reindex(columns=ANSWER_COLUMNS).to_numpy(dtype=np.float64, na_value=np.nan).T
        for place, scale in enumerate(("csat5", "nps")):
            asked = (row >= 0) & np.asarray(answers["scale"] == scale, dtype=np.bool_)
            table[place][:, row[asked]] = numbers[:, asked]
    csat, nps = (dict(zip(ANSWER_COLUMNS, of_scale, strict=True)) for of_scale in table)
    return csat, nps


def _booked(costs: pd.DataFrame | None, order: pd.Index[str]) -> tuple[pd.DataFrame, Floats]:
    """Actual costs by campaign and category, nan where not recorded, and what was planned for those recorded."""
    if costs is None:
        return pd.DataFrame(index=order), np.full(len(order), np.nan)
    row = order.get_indexer(pd.Index(costs["campaign_id"]))
    kind, kinds = pd.factorize(costs["category"])
    actual, plan = floats(costs["actual_amount"]), floats(costs["planned_amount"])
    known = (row >= 0) & ~np.isnan(actual)
    amounts, planned = np.full((len(order), len(kinds)), np.nan), np.full(len(order), np.nan)
    amounts[row[known], kind[known]] = planned[row[known]] = 0.0
    np.add.at(amounts, (row[known], kind[known]), actual[known])
    np.add.at(planned, row[known], plan[known])
    return pd.DataFrame(amounts, index=order, columns=kinds), planned


def _of_closed(price: Floats, treated: Members) -> Floats:
    """The cost of the treated members whose window has closed: their even share of the whole."""
    return np.divide(price * treated.matured, treated.n, out=np.full_like(price, np.nan), where=treated.n > 0)


def _counted(value: Floats, treated: Members, recorded: npt.NDArray[np.bool_] | None = None) -> Intervals:
    """What was counted or booked has no sampling uncertainty: its limits are the number itself.

    A number missing although its parts are `recorded` is one over nothing: too few.
    """
    too_few = np.isnan(value) & (recorded if recorded is not None else np.zeros(len(value), dtype=np.bool_))
    reason = np.select([too_few, np.isnan(value)], [Reason.TOO_FEW.value, Reason.NOT_RECORDED.value], Reason.NONE.value)
    return Intervals.of(value, value, value, n=treated.n, level=treated.level, reason=reason, method="counted")
