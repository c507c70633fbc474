"""Data and definitions: can I trust this, what does it mean?"""

from answers import data, worked
from story.data import data as story
from ui import choose, filters, page

here = page.open("data")
answer = data.ask(here.reader)
table = choose.table(answer.contract)
here.begin(story.begun(answer, filters.chosen(table)), story.METRICS_NAME, story.DICTIONARY)
told = story.tell(answer, filters.chosen(table), worked.ask(here.reader))
here.show(told, {story.DICTIONARY: here.beside(table)})
here.loading()
