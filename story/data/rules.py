"""The bank's own rules in force: tiers by the day from which they hold, what a branch promises, who may compare."""

from __future__ import annotations

from answers.data import Data
from data_access.settings import TierRule

from story import figures
from story.columns import Column
from story.parts import Block, Table
from story.summary.tier_names import tier as tier_name
from story.vocabulary import term
from story.words import listed, say, say_count


def block(answer: Data) -> Block:
    """Each rule: what it says, and since when or where it is set."""
    rules = [*_tiers(answer), *_to_do(answer), *_privacy(answer)]
    columns = (
        Column(say("Rule"), [name for name, _said, _since in rules]),
        Column(say("In force"), [said for _name, said, _since in rules]),
        Column(say("Since, or set by"), [since for _name, _said, since in rules]),
    )
    return Block(
        say("Rules of this bank"),
        say("Settings of the bank and not of the program; a number keeps the rule of its own time"),
        Table(columns, say("Rules of this bank"), "rules", prose=True),
    )


def _tiers(answer: Data) -> list[tuple[str, str, str]]:
    """The latest rule first."""
    return [
        (say("Tiers"), _thresholds(rule, answer.currency), figures.day(rule.valid_from))
        for rule in reversed(answer.rules.tier_rules)
    ]


def _thresholds(rule: TierRule, currency: str) -> str:
    return listed(
        say(
            "{tier} from {amount}, {months}",
            tier=tier_name(tier.key),
            amount=figures.money(tier.threshold, currency),
            months=say_count("{count} month of grace", "{count} months of grace", tier.grace_months),
        )
        for tier in rule.tiers
        if tier.threshold
    )


def _to_do(answer: Data) -> list[tuple[str, str, str]]:
    rules, where = answer.rules.to_do, "branchlight.toml, to_do"

    def days(count: int) -> str:
        return say_count("{count} day", "{count} days", count)

    near = figures.percent(rules.near_percent / 100)
    promised = listed(f"{tier_name(tier)} {days(count)}" for tier, count in rules.promised_days.items())
    return [
        (say("Contact promised within"), promised, where),
        (say("Messages to many, which keep no promise"), listed(map(term, rules.mass_channels)), where),
        (say("Maturing money is listed"), say("{days} ahead", days=days(rules.maturity_days)), where),
        (say("Near the next tier"), say("from {share} of its threshold", share=near), where),
        (say("A referral may wait"), days(rules.referral_days), where),
        (say("A complaint is closed within"), days(rules.complaint_days), where),
        (say("A booking is kept within"), days(rules.booking_days), where),
        (say("A closing offer is listed"), say("{days} ahead", days=days(rules.window_days)), where),
    ]


def _privacy(answer: Data) -> list[tuple[str, str, str]]:
    fewest = listed(
        [
            say_count("{count} branch", "{count} branches", answer.rules.benchmark_branches),
            say_count("{count} customer", "{count} customers", answer.rules.benchmark_customers),
        ]
    )
    return [(say("Fewest in a comparison with other branches"), fewest, "branchlight.toml")]
