"""A comparison's customers row by row, and the aggregates that a warehouse makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from metrics.inference.study.inputs import Inputs

AMOUNTS = ("sales", "contribution", "net_new", "baseline")
STEPS = (("tier",), ("tier", "age_from"))


def customers(seed: int, n: int = 600, effect: float = 0.05, *, chosen: bool = False) -> pd.DataFrame:
    """Random customers of two sides; `chosen`: the richer are more often on side a, and buy more anyway."""
    rng = np.random.default_rng(seed)
    tier = rng.choice(["basic", "wealth"], n, p=(0.7, 0.3))
    rich = tier == "wealth"
    side = np.where(rng.random(n) < (np.where(rich, 0.7, 0.3) if chosen else 0.5), "a", "b")
    side[:4] = list("abab")
    treated = side == "a"
    baseline = rng.exponential(1000, n)
    converted = rng.random(n) < 0.1 + 0.15 * rich + effect * treated
    sales = np.where(converted, rng.exponential(5000, n), 0.0) + 0.3 * baseline
    day = rng.integers(0, 12, n)
    return pd.DataFrame(
        {
            "side": side,
            "tier": tier,
            "age_from": rng.choice([25, 45], n),
            "branch_id": rng.choice([f"B{i}" for i in range(6)], n),
            "matures_on": pd.Timestamp("2026-01-05") + pd.to_timedelta(day, unit="D"),
            "assigned_week": pd.Timestamp("2026-01-05") + pd.to_timedelta(7 * (day // 3), unit="D"),
            "contacted": treated & (rng.random(n) < 0.6),
            "converted": converted,
            "sales": sales.round(),
            "contribution": (sales * 0.02).round(2),
            "net_new": (sales * 0.4 + rng.normal(0, 3000, n)).round(),
            "baseline": baseline.round(),
        }
    )


def aggregate(rows: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Counts and centred moments by side and whatever else, as the queries give them."""
    told: list[dict[str, object]] = []
    keys = ["side", *by]
    for key, group in rows.groupby(keys, sort=True):
        touched = group[group["contacted"]]
        row: dict[str, object] = dict(zip(keys, key, strict=True))
        row |= {
            "n": len(group),
            "matured": len(group),
            "matured_contacted": len(touched),
            "matured_converted": int(group["converted"].sum()),
            "contacted_matured_converted": int(touched["converted"].sum()),
        }
        for name in AMOUNTS:
            centred = group[name] - group[name].mean()
            row |= {
                f"known_{name}": len(group),
                f"sum_{name}": group[name].sum(),
                f"squares_{name}": (centred**2).sum(),
                f"contacted_known_{name}": len(touched),
                f"contacted_sum_{name}": touched[name].sum() if len(touched) else np.nan,
            }
            if name != "baseline":
                row[f"product_baseline_{name}"] = (centred * (group["baseline"] - group["baseline"].mean())).sum()
        told.append(row)
    return pd.DataFrame(told)


def segments(rows: pd.DataFrame) -> pd.DataFrame:
    """Groups by tier and by age, one below the other."""
    parts = [
        aggregate(rows, (one,)).rename(columns={one: "value"}).assign(dimension=one) for one in ("tier", "age_from")
    ]
    return pd.concat([part.astype({"value": object}) for part in parts], ignore_index=True)


def traits(rows: pd.DataFrame) -> pd.DataFrame:
    """What the sides were like before."""
    rows = rows.assign(upper=(rows["tier"] == "wealth").astype(float))
    return pd.DataFrame(
        [
            (name, side, len(group), group[name].mean(), ((group[name] - group[name].mean()) ** 2).sum())
            for name in ("baseline", "upper")
            for side, group in rows.groupby("side")
        ],
        columns=["trait", "side", "n", "mean", "squares"],
    )


def harm(rows: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Guardrails of both sides."""
    rng = np.random.default_rng(seed)
    told = []
    for side, group in rows.groupby("side"):
        scores = rng.integers(1, 6, 40).astype(float)
        told.append(
            {
                "side": side,
                "matured": len(group),
                "complaints": 3,
                "opted_out": 5 if side == "a" else 4,
                "known_score": 40,
                "sum_score": scores.sum(),
                "squares_score": ((scores - scores.mean()) ** 2).sum(),
            }
        )
    return pd.DataFrame(told)


def inputs(rows: pd.DataFrame) -> Inputs:
    """All tables of a comparison."""
    dates = aggregate(rows, ("assigned_week", "matures_on"))
    sizes = rows.groupby("side").size()
    return Inputs(
        aggregate(rows),
        sizes=pd.DataFrame({"campaign_id": "C", "arm": sizes.index, "allocation": 0.5, "n": sizes.to_numpy()}),
        segments=segments(rows),
        strata=aggregate(rows, ("tier", "age_from")),
        days=dates,
        weeks=dates,
        harm=harm(rows),
        traits=traits(rows),
        capped=aggregate(
            rows.assign(**{name: rows[name].clip(upper=rows[name].quantile(0.99)) for name in AMOUNTS[:3]})
        ),
    )
