"""My week: what happened, is it signal, what do I do?"""

from answers import places, seasons
from answers.week import reach, to_do, week
from story.week import week as story
from story.week.last_list import NAME as LAST
from story.week.to_do import NAME
from ui import choose, page

here = page.open("week")
with here.controls:
    choice = choose.week(week.offered(here.reader), places.offered(here.reader), seasons.ask(here.reader))
answer = week.ask(here.reader, choice.week)
reaches = reach.ask(here.workspace, here.reader, answer)
known = story.tell(answer, None, choice.by, reaches)
here.lead(known)
here.asked(choice.week.branch)
here.begin(known, NAME, LAST)
waiting = to_do.ask(
    here.reader,
    answer.listed_on,
    choice.week.branch,
    choice.kind,
    choice.page,
    workspace=here.workspace,
    with_handled=choice.with_handled,
    seen=here.seen,
)
with here.controls_of(NAME):
    choose.to_do(waiting)
here.show(
    story.tell(answer, waiting, choice.by, reaches),
    here.to_do(waiting, answer.currency),
    sheet=story.sheet(answer, waiting, choice.by, reaches),
)
here.notes("week", week.key(answer.monday))
