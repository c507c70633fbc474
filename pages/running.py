"""Running: are we where we said, what must change today?"""

from answers.running import running
from story.running import running as story
from ui import page
from ui.running import choose, desk

here = page.open("running")
with here.controls:
    choice = choose.read(here.reader)
answer = running.ask(here.workspace, here.reader, choice)
here.show(story.tell(answer, here.colleagues), desk.drawn(here, answer))
