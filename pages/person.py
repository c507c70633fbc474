"""One person: what was expected of me, and why?"""

from answers.people import choice as offered
from answers.people import person, team
from story.people import person as story
from story.people.wording import PERSON
from story.words import say
from ui import choose, filters, page

here = page.open("person")
choice = choose.person(offered.offered(here.reader))
with here.controls:
    filters.link("people", say("All people"), icon=":material/arrow_back:")
everyone = team.ask(here.reader, choice)
answer = person.of(everyone, team.judge(here.workspace, here.reader, everyone), filters.parameter(PERSON))
here.show(story.tell(answer))
if answer is not None:
    here.goals(answer.staff_id, choice.branch)
