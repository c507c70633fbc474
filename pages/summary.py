"""Summary: how are we doing, what changed, why, what needs me?"""

from answers import places, seasons
from answers.summary import summary
from story.summary import summary as story
from ui import choose, page

here = page.open("summary")
with here.controls:
    choice = choose.summary(summary.offered(here.reader), places.offered(here.reader), seasons.ask(here.reader))
answer = summary.ask(here.reader, choice)
told = story.tell(answer, summary.reach(here.workspace, here.reader, answer))
here.lead(told)
here.decisions()
here.show(told)
