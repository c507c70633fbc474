"""My week: what happened, is it signal, what do I do?"""

from answers.campaigns import overview as campaigns
from answers.week import reach, to_do, week
from story.week import week as story
from ui import choose, page

here = page.open("week")
with here.controls:
    choice = choose.week(week.offered(here.reader), campaigns.branch_names(here.reader))
answer = week.ask(here.reader, choice.week)
waiting = to_do.ask(
    here.reader,
    answer.listed_on,
    choice.week.branch,
    choice.kind,
    choice.page,
    workspace=here.workspace,
    with_handled=choice.with_handled,
)
with here.controls:
    choose.to_do(waiting)
reaches = reach.ask(here.workspace, here.reader, answer)
here.show(story.tell(answer, waiting, choice.by, reaches), here.to_do(waiting, answer.currency))
here.notes("week", week.key(answer.monday))
