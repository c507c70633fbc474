"""Summary: how are we doing, what changed, why, what needs me?"""

from answers import places, seasons
from answers.summary import summary
from story.summary import summary as story
from ui import choose, page

here = page.open("summary")
with here.controls:
    choice = choose.summary(summary.offered(here.reader), places.offered(here.reader), seasons.ask(here.reader))
here.decisions()
answer = summary.ask(here.reader, choice)
here.show(story.tell(answer, summary.reach(here.workspace, here.reader, answer)))
