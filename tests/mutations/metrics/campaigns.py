"""Faults of what campaigns brought, cost and returned."""

from tests.mutations.mutation import Mutation

_IN = "tests/metrics/campaigns"
_COSTS = f"{_IN}/test_costs.py"
_EVALUATION = f"{_IN}/test_evaluation.py"
_RETURN = f"{_IN}/test_return_on_investment.py"
_FINDINGS = f"{_IN}/test_findings.py"
_PROGRAMME = f"{_IN}/test_programme.py"
_VERDICT = f"{_IN}/test_verdict.py"
_ARMS = f"{_IN}/test_arms.py"


def _of(module: str, old: str, new: str, killed_by: str, *, quick: bool = False) -> Mutation:
    return Mutation(f"metrics/campaigns/{module}.py", old, new, killed_by, quick)


MUTATIONS = [
    _of("costs", "return np.minimum(part, 1.0)", "return part", _COSTS),
    _of("costs", "share = shared * part[:, np.newaxis]", "share = shared", _COSTS, quick=True),
    _of("costs", "np.divide(treated, everybody,", "np.divide(everybody, everybody,", _COSTS),
    _of("costs", "exists & (part < 1)", "exists", _COSTS),
    _of(
        "costs",
        "np.where(exists, part * np.nansum(shared, axis=1), 0.0)",
        "np.where(exists, np.nansum(shared, axis=1), 0.0)",
        _COSTS,
    ),
    _of("costs", "np.where(np.isnan(own), share, np.where(np.isnan(share), own, own + share))", "own + share", _COSTS),
    _of("costs", 'where=f"{name}actual")', "where=None)", _COSTS),
    _of("evaluation", "return _of_members(price, treated.matured, treated)", "return price", _EVALUATION),
    _of("evaluation", "conversion.scaled(treated.matured)", "conversion.scaled(treated.n)", _EVALUATION),
    _of("evaluation", "contribution.mean * treated.matured,", "contribution.mean * contribution.n,", _EVALUATION),
    _of(
        "evaluation",
        "per_head = np.divide(price, treated.n,",
        "per_head = np.divide(price, treated.matured,",
        f"{_EVALUATION} {_VERDICT}",
    ),
    _of(
        "evaluation",
        'per_head(price, treated.counts("participated", "n"), level)',
        'per_head(price, treated.counts("contacted", "n"), level)',
        _EVALUATION,
    ),
    _of("evaluation", "used = np.divide(price, planned,", "used = np.divide(planned, price,", _EVALUATION),
    _of("evaluation", "_of_members(price, contribution.n, treated)", "price", _EVALUATION),
    _of("evaluation", "treated.n - treated.matured", "treated.matured", _EVALUATION),
    _of("evaluation", "effect.withheld(~compared.randomised, Reason.NO_CONTROL)", "effect", _EVALUATION),
    _of("evaluation", "concentration(moved, known)", "concentration(known, moved)", _EVALUATION),
    _of("return_on_investment", "usable.scaled(factor, shift=-1.0)", "usable.scaled(factor)", _RETURN),
    _of(
        "return_on_investment",
        "effect.withheld(effect.low <= 0, Reason.NO_EFFECT)",
        "effect.withheld(effect.high <= 0, Reason.NO_EFFECT)",
        _RETURN,
    ),
    _of("return_on_investment", "low=np.minimum(*ends)", "low=ends[0]", _RETURN),
    _of("return_on_investment", "replace(per_head, n=counts.successes)", "per_head", _RETURN),
    _of(
        "return_on_investment",
        "floats(contribution_per_conversion) - floats(variable_cost)",
        "floats(contribution_per_conversion)",
        _RETURN,
    ),
    _of("findings", "share.low[first] <= share.high[second]", "share.low[first] <= share.low[second]", _FINDINGS),
    _of("findings", "share.low[first] <= share.high[second]", "share.low[first] <= share.estimate[second]", _FINDINGS),
    _of("findings", "int(rows[-1]), int(rows[-2])", "int(rows[0]), int(rows[1])", _FINDINGS),
    _of(
        "findings",
        "_grade(card, key, row).sign == -sign",
        "_grade(card, key, row).sign == sign",
        f"{_FINDINGS} {_VERDICT}",
    ),
    _of("findings", "np.sum(waiting > 0)", "np.sum(waiting >= 0)", _FINDINGS),
    _of(
        "findings",
        '"hint": (Grade.HINT_RAISED, Grade.HINT_LOWERED),',
        '"hint": (Grade.HINT_RAISED,),',
        f"{_FINDINGS} {_VERDICT}",
    ),
    _of("findings", "np.isin(card.grades, (Grade.RAISED, Grade.HINT_RAISED))", "card.grades == Grade.RAISED", _VERDICT),
    _of("findings", "better & counts & np.isin", "better & np.isin", _VERDICT),
    _of("findings", "grades[judges == key]", "grades[judges != key]", _VERDICT),
    _of("findings", "if not sign and key in", "if sign and key in", _VERDICT),
    _of(
        "findings",
        "qualifies=True) for key in (*against, *ties)",
        "qualifies=False) for key in (*against, *ties)",
        _VERDICT,
    ),
    _of(
        "evaluation",
        "self.verdicts[key].grade[row]) if key",
        "self.verdicts[verdict.CONVERSION].grade[row]) if key",
        _VERDICT,
    ),
    _of("evaluation", "self.results[key].known & (self.tests", "(self.tests", f"{_IN}/test_unadjusted.py"),
    _of("evaluation", "if COVARIATE in name]", "if name == COVARIATE]", f"{_IN}/test_unadjusted.py"),
    _of("findings", 'card.lacks_cost("staff_time")[row]', 'card.lacks_cost("gift")[row]', _FINDINGS),
    _of(
        "findings",
        'places[int(said.values["comparison"])] == row',
        'int(said.values["comparison"]) == row',
        f"{_EVALUATION}",
    ),
    _of("programme", "(members - waiting), members,", "members, members,", _PROGRAMME),
    _of("programme", "amounts.low)[known] / 2)", "amounts.low)[known])", _PROGRAMME),
    _of("programme", "returned.scaled(cost, shift=cost)", "returned.scaled(cost)", _PROGRAMME),
    _of("programme", "half = wider * float", "half = float", _PROGRAMME),
    _of("programme", "float(np.sqrt(ratio)) if ratio > 1", "float(ratio) if ratio > 1", _PROGRAMME),
    _of(
        "programme", 'card["roi_attributed"].estimate[known] + 1', 'card["roi_attributed"].estimate[known]', _PROGRAMME
    ),
    _of("sight", "cost / members * (sales", "cost * (sales", f"{_IN}/test_sight.py"),
    _of("sight", "(told.high - told.low)[rows] / 2", "(told.high - told.low)[rows]", f"{_IN}/test_sight.py"),
    _of(
        "programme",
        "wilson(Counts.of(shares.n[known].sum(), successes.sum()), level)",
        "wilson(Counts.of(shares.n[known][:1].sum(), successes[:1].sum()), level)",
        _PROGRAMME,
    ),
    _of("satisfied", "csat[name] + nps[name] for name", "csat[name] for name", _EVALUATION),
    _of(
        "satisfied",
        'nps["promoters"] + nps["detractors"] > nps["answers"]',
        'nps["promoters"] > nps["answers"]',
        f"{_EVALUATION} {_IN}/test_never_raises.py",
    ),
    _of("satisfied", 'treated.count("contacted")', 'treated.count("n")', _EVALUATION),
    _of("satisfied", 'SCALES: Final = ("csat5", "nps")', 'SCALES: Final = ("nps", "csat5")', _EVALUATION),
    _of("verdict", "year >= as_of.year", "year > as_of.year", _VERDICT),
    _of(
        "verdict",
        '"retain": (NET_NEW, CONTRIBUTION, CONVERSION)',
        '"retain": (CONVERSION, CONTRIBUTION, NET_NEW)',
        _VERDICT,
    ),
    _of("verdict", 'pd.to_datetime(campaigns["ends_on"]) + days', 'pd.to_datetime(campaigns["ends_on"])', _VERDICT),
    _of("arms", "for control in (False, True) if", "for control in (True, False) if", _ARMS),
    _of(
        "arms",
        'if key == "participation_rate" else each.once_closed(found)',
        "if True else each.once_closed(found)",
        _ARMS,
    ),
]
