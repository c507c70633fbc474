"""People: who does well, with what evidence, who can learn from whom?"""

from answers.people import choice as offered
from answers.people import team
from story.people import team as story
from ui import choose, page, people

here = page.open("people")
with here.controls:
    choice = choose.people(offered.offered(here.reader))
answer = team.ask(here.reader, choice)
judged = team.judge(here.workspace, here.reader, answer, people.proposed())
here.show(story.tell(answer, judged), here.score(answer, judged))
here.notes("branch", answer.choice.branch)
