"""Data and definitions: can I trust this, what does it mean?"""

from answers import data
from story import data as story
from ui import choose, filters, page

here = page.open("data")
answer = data.ask(here.reader)
table = choose.table(answer.contract)
here.show(story.tell(answer, filters.chosen(table)), {story.DICTIONARY: here.beside(table)})
here.loading()
