"""Findings as sentences, no stronger than their code: the titles of pages and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from metrics.finding import Finding, FindingCode

from ui.sentences import campaign, comparison, planning, staff, tiers, week
from ui.sentences.told import Sentence, Told
from ui.words import opened, say

SENTENCES: Mapping[FindingCode, Sentence] = {
    **campaign.SENTENCES,
    **comparison.SENTENCES,
    **tiers.SENTENCES,
    **staff.SENTENCES,
    **week.SENTENCES,
    **planning.SENTENCES,
}
_NOBODY: Mapping[str, str] = {}


def sentence(finding: Finding, names: Mapping[str, str] = _NOBODY, currency: str = "CNY") -> str:
    """The finding in the language of this run, opened with a capital.

    Args:
        finding: what was found.
        names: what campaigns, staff, segments ... are called, by identifier; ``treated`` and ``control`` name the
            two arms of a comparison. An identifier without a name is shown itself.
        currency: of amounts in minor units.

    Raises:
        KeyError: the finding lacks a value that its code carries.
    """
    return opened(_clause(finding, names, currency))


def known(finding: Finding) -> bool:
    """Whether there is a sentence for the finding."""
    return finding.code in SENTENCES


def headline(findings: Sequence[Finding], names: Mapping[str, str] = _NOBODY, currency: str = "CNY") -> str:
    """The first two statements as one sentence, for the title of a page; arguments as in `sentence`."""
    texts = [_clause(finding, names, currency) for finding in findings[:2]]
    return opened(say("{first}; {second}", first=texts[0], second=texts[1]) if len(texts) > 1 else texts[0])


def _clause(finding: Finding, names: Mapping[str, str], currency: str) -> str:
    return SENTENCES[finding.code](Told(finding.values, names, currency))
