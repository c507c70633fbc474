"""Findings as sentences, no stronger than their code: the titles of pages and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from metrics.finding import Finding, FindingCode

from story.sentences import campaign, comparison, staff, tiers, week
from story.sentences.told import Sentence, Told
from story.words import opened, say

SENTENCES: Mapping[FindingCode, Sentence] = {
    **campaign.SENTENCES,
    **comparison.SENTENCES,
    **tiers.SENTENCES,
    **staff.SENTENCES,
    **week.SENTENCES,
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


def headline(
    findings: Sequence[Finding], currency: str, names: Mapping[str, str] = _NOBODY, *, statements: int = 1
) -> str:
    """The first statements as one sentence, for the title of a page; other arguments as in `sentence`.

    What qualifies a statement is told with it. Where there are none it says so: nothing can be said yet.
    """
    told = [findings[place] for place in _leading(findings, statements)]
    if not told:
        return say("Nothing can be said yet")
    text = _clause(told[0], names, currency)
    for finding in told[1:]:
        clause = _clause(finding, names, currency)
        text = (
            say("{first}; but {second}", first=text, second=clause)
            if finding.qualifies
            else say("{first}; {second}", first=text, second=clause)
        )
    return opened(text)


def further(findings: Sequence[Finding]) -> list[Finding]:
    """The findings that a headline of one statement does not tell."""
    told = _leading(findings, 1)
    return [finding for place, finding in enumerate(findings) if place not in told]


def _leading(findings: Sequence[Finding], statements: int) -> list[int]:
    """Places of the first statements, each with the finding right behind it where that qualifies it."""
    first = [place for place, finding in enumerate(findings) if place == 0 or not finding.qualifies][:statements]
    behind = [place + 1 for place in first if place + 1 < len(findings) and findings[place + 1].qualifies]
    return sorted([*first, *behind])


def _clause(finding: Finding, names: Mapping[str, str], currency: str) -> str:
    return SENTENCES[finding.code](Told(finding.values, names, currency))
