"""Summary: how are we doing, what changed, why, what needs me?"""

from answers.campaigns import overview as campaigns
from answers.summary import summary
from story.summary import summary as story
from ui import choose, page

here = page.open("summary")
with here.controls:
    choice = choose.summary(summary.offered(here.reader), campaigns.branch_names(here.reader))
here.show(story.tell(summary.ask(here.reader, choice)))
