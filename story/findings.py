"""Findings as sentences, no stronger than their code: the titles of pages and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from metrics.finding import Finding, FindingCode

from story.sentences import campaign, comparison, planning, staff, tiers, week
from story.sentences.told import Sentence, Told
from story.words import opened, say

SENTENCES: Mapping[FindingCode, Sentence] = {
    **campaign.SENTENCES,
    **comparison.SENTENCES,
    **tiers.SENTENCES,
    **staff.SENTENCES,
    **week.SENTENCES,
    **planning.SENTENCES,
}
_NOBODY: Mapping[str, str] = MappingProxyType({})


def sentence(finding: Finding, currency: str, names: Mapping[str, str] = _NOBODY) -> str:
    """The finding in the language of this run, opened with a capital.

    Args:
        finding: what was found.
        currency: of amounts in minor units.
        names: what campaigns, staff, segments ... are called, by identifier; ``treated`` and ``control`` name the
            two arms of a comparison. An identifier without a name is shown itself.

    Raises:
        KeyError: the finding lacks a value that its code carries.
    """
    return opened(_clause(finding, names, currency))


def known(finding: Finding) -> bool:
    """Whether there is a sentence for the finding."""
    return finding.code in SENTENCES


def headline(findings: Sequence[Finding], currency: str, names: Mapping[str, str] = _NOBODY) -> str:
    """The first statement, with the one that qualifies it, for the title of a page; arguments as in `sentence`.

    Where there are none it says so: nothing can be said yet.
    """
    texts = [_clause(finding, names, currency) for finding in findings[: _leading(findings)]]
    if not texts:
        return say("Nothing can be said yet")
    return opened(say("{first}; but {second}", first=texts[0], second=texts[1]) if len(texts) > 1 else texts[0])


def further(findings: Sequence[Finding]) -> Sequence[Finding]:
    """The findings that the headline does not tell."""
    return findings[_leading(findings) :]


def _leading(findings: Sequence[Finding]) -> int:
    """How many findings the headline tells."""
    return 1 + (len(findings) > 1 and findings[1].qualifies)


def _clause(finding: Finding, names: Mapping[str, str], currency: str) -> str:
    return SENTENCES[finding.code](Told(finding.values, names, currency))
