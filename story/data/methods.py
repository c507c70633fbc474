"""How the numbers are made, in plain words: for those who use them, with the source for those who check them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from metrics.catalogue.entry import marked as _

from story.columns import Column
from story.parts import Block, Table
from story.words import say


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    Attributes:
        name: What it is for.
        words: What it does, and how to read what comes of it.
        source: Where it is described.
    """

    name: str
    words: str
    source: str


METHODS: Final = (
    Method(
        _("How exactly a share is known"),
        _(
            "Beside each share stands the range that the true share has in 95 of 100 such cases. With few customers it "
            "is wide, and it never leaves 0 to 100 %."
        ),
        "Wilson (1927), JASA 22, 209-212",
    ),
    Method(
        _("How exactly an amount per customer is known"),
        _(
            "Amounts differ much between customers, so their mean has a range of its own. A few large customers make "
            "it wide; what they hold of the total is told beside it."
        ),
        "Student (1908), Biometrika 6, 1-25",
    ),
    Method(
        _("What a campaign caused"),
        _(
            "Where customers were assigned by lot, those who were left out show what would have happened anyway. The "
            "effect is the difference between all who were assigned and all who were left out, whether or not somebody "
            "reached them."
        ),
        "Miettinen and Nurminen (1985), Statistics in Medicine 4, 213-226; Welch (1947), Biometrika 34, 28-35",
    ),
    Method(
        _("What customers bought before"),
        _(
            "Part of what a customer buys follows from what they bought before. Taking that part out of both groups "
            "alike leaves the effect as it is and makes its range narrower."
        ),
        "Deng, Xu, Kohavi and Walker (2013), WSDM, 123-132 (CUPED)",
    ),
    Method(
        _("Whether the lot was drawn as planned"),
        _(
            "If the groups are not of the sizes that were planned, something chose who stayed, and a difference could "
            "come from that. Then no effect is told."
        ),
        "Fabijan and others (2019), KDD, 2156-2164",
    ),
    Method(
        _("Many campaigns at once"),
        _(
            "Of 100 campaigns that do nothing, five would look as if they did. Verdicts of one year allow for that: "
            "on average at most 5 % of those called better or worse are called so by chance."
        ),
        "Benjamini and Hochberg (1995), JRSS B 57, 289-300",
    ),
    Method(
        _("Campaigns assigned by branch"),
        _(
            "Customers of one branch are alike and share its weather. If whole branches were assigned, it is branches "
            "that are compared, and a few branches prove little, however many customers they have."
        ),
        "Bell and McCaffrey (2002), Survey Methodology 28, 169-181",
    ),
    Method(
        _("Looking before the end"),
        _(
            "Who looks each day and stops at the first good day is fooled often. The range for looks during a campaign "
            "is wider, and holds on all days together."
        ),
        "Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024), Annals of Statistics 52",
    ),
    Method(
        _("Groups that nobody assigned by lot"),
        _(
            "They may differ in more than the campaign. Their customers are compared within tier and age alike, the "
            "result is called a difference and never an effect, and what was not compared stays open."
        ),
        "Kitagawa (1964), Demography 1, 296-315; VanderWeele and Ding (2017), Annals of Internal Medicine 167, 268-274",
    ),
    Method(
        _("Whether a week is out of the ordinary"),
        _(
            "Weeks go up and down by themselves. Limits from earlier weeks say by how much; a week is called a signal "
            "only where a named rule says so."
        ),
        "Wheeler (1993), Understanding Variation; Laney (2002), Quality Engineering 14, 531-537",
    ),
    Method(
        _("Why a number changed"),
        _(
            "A change is split into how many there were of each kind, and what each kind did. The parts add up to the "
            "change to the last cent."
        ),
        "Shapley (1953); Bennet (1920), Journal of the Royal Statistical Society 83, 455-462",
    ),
    Method(
        _("Comparing branches and people fairly"),
        _(
            "Who serves many customers of one kind is held against what such customers usually do. The funnel shows "
            "how far results spread by chance; only who stands outside it differs."
        ),
        "Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202",
    ),
    Method(
        _("Rankings"),
        _("A rank is told as a range. Where the ranges overlap for most, there is no order, and none is shown."),
        "Goldstein and Spiegelhalter (1996), JRSS A 159, 385-443",
    ),
    Method(
        _("Customers between tiers"),
        _(
            "Who stood where at the start and where at the end is counted directly, over 1, 3 and 12 months. A year is "
            "never guessed from a month."
        ),
        "Anderson and Goodman (1957), Annals of Mathematical Statistics 28, 89-110",
    ),
)


def block() -> Block:
    """All methods, as a table whose cells are sentences."""
    columns = (
        Column(say("Method"), [say(method.name) for method in METHODS]),
        Column(say("In plain words"), [say(method.words) for method in METHODS]),
        Column(say("Source"), [method.source for method in METHODS]),
    )
    return Block(
        say("How the numbers are made"),
        say("Each method in plain words, with the publication that describes it"),
        Table(columns, say("How the numbers are made"), "methods", prose=True),
    )
