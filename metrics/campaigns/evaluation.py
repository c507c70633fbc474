"""The scorecard of campaigns: every metric of all of them in one vectorised call.

Input are aggregates, one row per campaign and arm, as the database counted them. *Treated* are all arms that are
not a control. Members whose attribution window is still open are counted apart and enter no conversion,
amount or return; the cost is spread evenly over the treated members, and the part of those still waiting is left out.
An amount that is recorded for some of the matured members only is a total of those; its mean stands for all of them
wherever it is set against a cost, so that a half-recorded contribution does not look like a loss.

Effects come from the one engine of comparisons (`metrics.inference.comparison.effects`), verdicts from `verdict`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from metrics.campaigns import costs as booking
from metrics.campaigns import return_on_investment, satisfied, verdict
from metrics.campaigns.costs import Costs
from metrics.catalogue import OUTCOMES, Unit, metric
from metrics.estimate import Intervals, Reason, Tests
from metrics.inference.comparison.effects import BranchEffects, Effects, compare_campaigns, where_known
from metrics.inference.comparison.members import Members
from metrics.inference.comparison.outcomes import ADJUSTED
from metrics.inference.comparison.verdict import Grade, Verdicts
from metrics.inference.complier import effect_on_contacted
from metrics.inference.effect import lift_in_shares
from metrics.inference.mean import concentration, student
from metrics.moments import Floats, floats

SHARES_OF_CLOSED: Final = ("conversion_rate", "conversion_of_contacted", "conversion_of_participants")
SHARES: Final = ("reach_rate", "participation_rate", "participation_of_assigned", *SHARES_OF_CLOSED)
MEANS: Final = tuple(entry.compares for entry in OUTCOMES if entry.unit is Unit.MONEY)
BY_DESIGN: Final = (
    Reason.NO_CONTROL,
    Reason.WINDOW_OPEN,
    Reason.CLUSTERED,
    Reason.BOTH_ARMS,
    Reason.SAMPLE_RATIO,
)
COVARIATE: Final = "baseline"
"""Part of the name of every column that tells of the period before."""

TOTALS: Final = ("sales", "net_new_money", "contribution")


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All metrics of some campaigns, each a column of intervals in the order of `campaign_id`.

    What was counted or booked (members, costs) has limits equal to its estimate.
    """

    campaign_id: tuple[str, ...]
    results: Mapping[str, Intervals]  # by the catalogue's key
    tests: Mapping[str, Tests]  # of each metric in `verdicts`: no difference; a return of 0
    verdicts: Mapping[str, Verdicts]  # one a campaign and metric, in the family of all campaigns that were scored
    booked: Costs
    objective: tuple[str, ...]  # empty where it is not known
    sample_ratio: Tests  # that the arms are of their planned sizes: without that no effect is told
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

    @property
    def costs(self) -> pd.DataFrame:
        """Actual cost by campaign (row) and category (column), minor units, nan where not recorded."""
        return self.booked.by_kind

    def lacks_cost(self, category: str) -> npt.NDArray[np.bool_]:
        """Campaigns whose cost is known but for this kind: their return is a return "before staff time"."""
        return self.booked.lacks(category)

    @property
    def off_plan(self) -> npt.NDArray[np.bool_]:
        """Campaigns whose arms are not of their planned sizes, those still counting among them: nothing is believed."""
        return self.results[verdict.CONVERSION].reason == Reason.SAMPLE_RATIO.value

    @property
    def judges(self) -> tuple[str, ...]:
        """The metric that each campaign is judged by, its objective's own; empty where none can be told."""
        known = {key: self.results[key].known for key in verdict.JUDGED}
        chains = (
            verdict.judge_of(objective, {key: bool(rows[row]) for key, rows in known.items()})
            for row, objective in enumerate(self.objective)
        )
        return tuple(chain[0] if chain else "" for chain in chains)

    @property
    def grades(self) -> npt.NDArray[np.str_]:
        """Each campaign's verdict on the metric that it is judged by."""
        judged = (
            str(self.verdicts[key].grade[row]) if key else Grade.NOT_JUDGED for row, key in enumerate(self.judges)
        )
        return np.array(list(judged), dtype=np.str_)

    def adjusted(self, key: str) -> npt.NDArray[np.bool_]:
        """Campaigns whose number allows for what their customers bought before; no metric without a verdict does."""
        if key not in self.tests:
            return np.zeros(len(self), dtype=np.bool_)
        return self.results[key].known & (self.tests[key].method == ADJUSTED)

    def among(self, campaign_id: Sequence[str]) -> Scorecard:
        """Some of the campaigns in the order given, each with the verdicts that it has among all.

        Raises:
            KeyError: the scorecard has no such campaign.
        """
        places = {campaign: place for place, campaign in enumerate(self.campaign_id)}
        rows: npt.NDArray[np.intp] = np.array([places[campaign] for campaign in campaign_id], dtype=np.intp)
        by_branch = self.by_branch
        if by_branch is not None:
            now = np.full(len(self), -1, dtype=np.intp)
            now[rows] = np.arange(len(rows))
            by_branch = replace(by_branch, rows=now[by_branch.rows])
        return Scorecard(
            tuple(campaign_id),
            {key: intervals[rows] for key, intervals in self.results.items()},
            {key: test[rows] for key, test in self.tests.items()},
            {key: verdicts[rows] for key, verdicts in self.verdicts.items()},
            self.booked[rows],
            tuple(self.objective[places[campaign]] for campaign in campaign_id),
            self.sample_ratio[rows],
            by_branch,
        )

    def frame(self) -> pd.DataFrame:
        """One row per campaign and metric, with its verdict where it has one."""
        parts: list[pd.DataFrame] = []
        for key, numbers in self.results.items():
            columns: dict[str, object] = {"campaign_id": self.campaign_id, "metric": key}
            columns |= {name: getattr(numbers, name) for name in ("estimate", "low", "high", "n", "reason", "method")}
            if key in self.verdicts:
                told = self.verdicts[key].frame()
                columns |= {str(name): told[name] for name in told.columns}
            parts.append(pd.DataFrame(columns))
        return pd.concat(parts, ignore_index=True)


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
    bank: pd.DataFrame | None = None,
    sizes: pd.DataFrame | None = None,
    as_of: date | None = None,
) -> Scorecard:
    """Scores campaigns from their aggregates. Rows of campaigns that are not asked for are passed over.

    Score *all* campaigns of the viewer, and take those to show with `Scorecard.among`: a verdict rests on its family.

    Args:
        campaigns: the campaigns in the order wanted: `campaign_id`, `assignment` ("randomised" or "targeted") and,
            if known, `cluster` ("customer" or "branch"), `objective`, and `ends_on` and `attribution_days`, from which
            the year of a verdict's family.
        arms: one row per campaign and arm: `campaign_id`, `is_control`, the counts `n`, `contacted`, `participated`,
            `matured`, `matured_converted`, `matured_contacted`, `contacted_matured_converted`, `matured_participated`,
            `participants_matured_converted`, and over matured members `known_<m>` (all, if the column
            is absent), `sum_<m>` and `squares_<m>` of `sales`, `contribution`, `net_new` and, if at hand,
            `sales_winsorised`, and `sum_sales_top`, the sales of the 1 % who bought most; where at hand the moments
            of `baseline` and `product_baseline_<m>`. A column that is absent or NULL was not recorded.
        costs: one row per campaign and `category`: `planned_amount`, `actual_amount`, minor units, and of costs of the
            bank as a whole `shared_planned_amount`, `shared_actual_amount`, if told apart. None: no such table.
        answers: as `satisfied.metrics_of`. None: no such table.
        complaints: the same.
        level: confidence level.
        funding: `campaign_id`, and of sales whose source is recorded `amount_known` and `internally_funded_amount`.
            None: not recorded.
        branches: as `arms`, one row per campaign, arm and `branch_id`, of the campaigns that were assigned by branch.
        bank: `campaign_id`, `n_bank`: treated members of the whole bank, by which its costs are shared out.
        sizes: planned and actual size of every arm, as `metrics.inference.comparison.health.planned_sizes`. None: no
            sizes were planned, and nothing is checked.
        as_of: last day of the data; verdicts of its year may still move.

    Returns:
        A `Scorecard`. Effects and incremental returns are given for randomised campaigns with a control;
        other campaigns say `Reason.NO_CONTROL`. Customers of one branch are not independent: campaigns assigned by
        branch are compared branch by branch, and say `Reason.CLUSTERED` without the rows in `branches`. Randomised arms
        that are far from their planned sizes have no effect to believe (`Reason.SAMPLE_RATIO`). A feed that
        contradicts itself takes the number from its own campaign only (`Reason.NOT_NESTED`).

    Raises:
        ShapeError: two rows of `campaigns` have the same id.
        DomainError: a word for the assignment that is none, or the level is not between 0 and 1.
    """
    compared = compare_campaigns(campaigns, arms, branches, level, sizes=sizes)
    treated, order = compared.treated, pd.Index(compared.campaign_id, dtype="str")
    booked = booking.booked(costs, order, treated.n, bank)
    effects, tests = _effects(compared, booked.actual)
    results = (
        _participation(treated)
        | _amounts(treated)
        | _origin_of_sales(treated, funding, order)
        | _costs(treated, booked.actual, booked.planned)
        | effects
        | satisfied.metrics_of(answers, complaints, treated, order)
    )
    found = verdict.verdicts(results, tests, verdict.closing_year(campaigns), as_of)
    return Scorecard(
        compared.campaign_id,
        results,
        tests,
        found,
        booked,
        _objectives(campaigns),
        compared.sample_ratio,
        compared.by_branch,
    )


def unadjusted(campaigns: pd.DataFrame, arms: pd.DataFrame, cost: Floats, level: float = 0.95) -> dict[str, Intervals]:
    """The effects of a scorecard as counted, nothing taken out that the past predicts: by customer, never by branch.

    Args:
        campaigns: as in `scorecard`.
        arms: the same.
        cost: actual cost of each campaign, minor units, nan where not recorded.
        level: confidence level.

    Raises:
        ShapeError: two rows of `campaigns` have the same id.
        DomainError: a word for the assignment that is none, or the level is not between 0 and 1.
    """
    past = [name for name in arms.columns if COVARIATE in name]
    return _effects(compare_campaigns(campaigns, arms.drop(columns=past), level=level), cost)[0]


def _objectives(campaigns: pd.DataFrame) -> tuple[str, ...]:
    if "objective" not in campaigns:
        return ("",) * len(campaigns)
    return tuple(word if isinstance(word, str) else "" for word in campaigns["objective"].tolist())


def _participation(treated: Members) -> dict[str, Intervals]:
    """Members, open windows, and every share of customers who did something."""
    shares = {key: treated.share(metric(key).numerator, metric(key).denominator) for key in SHARES}
    closed = {key: treated.once_closed(shares[key]) for key in SHARES_OF_CLOSED}
    counted = {"members": treated.n, "open_members": treated.n - treated.matured}
    return {key: _counted(count, treated) for key, count in counted.items()} | shares | closed


def _amounts(treated: Members) -> dict[str, Intervals]:
    """Sales, contribution and net new money, in total and per customer."""
    measured = {key: metric(key).numerator for key in MEANS}
    means = {
        key: student(treated.moments(measure), treated.level).withheld(treated.cut_away(measure), Reason.TOO_FEW)
        for key, measure in measured.items()
    }
    per_customer = {key: means[f"{key}_per_customer"] for key in TOTALS}
    totals = {key: mean.scaled(mean.n) for key, mean in per_customer.items()}
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
        contribution.mean * treated.matured,
        converted.successes,
        out=np.full_like(price, np.nan),
        where=(converted.successes > 0) & (contribution.n > 0),
    )
    used = np.divide(price, planned, out=np.full_like(price, np.nan), where=planned > 0)
    lift = return_on_investment.break_even_lift(closed, treated.matured, worth)
    needed = return_on_investment.break_even_conversions(np.where(price < 0, np.nan, price), worth)
    recorded = ~np.isnan(price + converted.successes + contribution.mean)
    level = treated.level
    return {
        "campaign_cost": _counted(price, treated),
        "budget_used": _counted(used, treated),
        "cost_per_contact": per_head(price, treated.counts("contacted", "n"), level),
        "cost_per_participant": per_head(price, treated.counts("participated", "n"), level),
        "cost_per_conversion": treated.once_closed(per_head(closed, converted, level)),
        "roi_attributed": treated.once_closed(
            return_on_investment.attributed(contribution, _of_members(price, contribution.n, treated), level)
        ),
        "break_even_conversions": treated.once_closed(_counted(needed, treated, recorded)),
        "break_even_lift": treated.once_closed(_counted(lift, treated, recorded)),
    }


def _effects(compared: Effects, price: Floats) -> tuple[dict[str, Intervals], dict[str, Tests]]:
    """What the campaign caused, where customers or branches were assigned at random and some were held out."""
    control, treated, level = compared.control, compared.treated, compared.treated.level
    shares = [arm.counts("matured_converted", "matured") for arm in (control, treated)]
    wrong = [arm.contradicts("matured_converted", "matured") for arm in (control, treated)]
    others = {
        "relative_lift": lift_in_shares(shares[0], shares[1], level),
        "effect_on_contacted": effect_on_contacted(control.outcome_and_contact(), treated.outcome_and_contact(), level),
    }
    others = {
        key: compared.withheld(effect.withheld(wrong[0] | wrong[1], Reason.NOT_NESTED))
        for key, effect in others.items()
    }
    effects = dict(compared.differences) | others
    effects = {key: effect.withheld(~compared.randomised, Reason.NO_CONTROL) for key, effect in effects.items()}
    conversion, contribution = effects[verdict.CONVERSION], effects[verdict.CONTRIBUTION]
    closed = _of_closed(price, treated)
    effects["incremental_conversions"] = conversion.scaled(treated.matured)
    returned = return_on_investment.on_effect(contribution, treated.matured, closed)
    # Why there is no effect weighs more than why there is no cost.
    unjudged = np.isin(contribution.reason, [reason.value for reason in BY_DESIGN])
    effects[verdict.RETURN] = replace(returned, reason=np.where(unjudged, contribution.reason, returned.reason))
    effects["incremental_acquisition_cost"] = return_on_investment.cost_per_additional(
        closed, conversion, treated.matured
    )
    per_head = np.divide(price, treated.n, out=np.full_like(price, np.nan), where=treated.n > 0)
    tests = dict(compared.tests) | {verdict.RETURN: compared.test_against(verdict.CONTRIBUTION, per_head)}
    return effects, {key: where_known(test, effects[key]) for key, test in tests.items()}


def _of_closed(price: Floats, treated: Members) -> Floats:
    """The cost of the treated members whose window has closed: their even share of the whole."""
    return _of_members(price, treated.matured, treated)


def _of_members(price: Floats, members: Floats, treated: Members) -> Floats:
    """The cost of some of the treated members: their even share of the whole."""
    return np.divide(price * members, treated.n, out=np.full_like(price, np.nan), where=treated.n > 0)


def _counted(value: Floats, treated: Members, recorded: npt.NDArray[np.bool_] | None = None) -> Intervals:
    """What was counted or booked has no sampling uncertainty: its limits are the number itself.

    A number missing although its parts are `recorded` is one over nothing: too few.
    """
    too_few = np.isnan(value) & (recorded if recorded is not None else np.zeros(len(value), dtype=np.bool_))
    reason = np.select([too_few, np.isnan(value)], [Reason.TOO_FEW.value, Reason.NOT_RECORDED.value], Reason.NONE.value)
    return Intervals.of(value, value, value, n=treated.n, level=treated.level, reason=reason, method="counted")
