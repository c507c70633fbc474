"""Data and definitions: can I trust this, what does it mean?"""

from answers import data
from story import data as story
from story.words import say
from ui import filters, page, tell

here = page.open("data")
answer = data.ask(here.reader)
here.show(story.tell(answer))
here.loading()

here.section(say("Data dictionary"))
chosen = filters.pick("table", say("Table"), {name: name for name in answer.contract}, 240)
here.note(story.meaning(answer, chosen))
tell.table(story.dictionary(answer, chosen), here.reader.currency)
