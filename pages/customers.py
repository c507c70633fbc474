"""Customers: whom does a number count, and why is each on the list?"""

from answers import customers
from story import customers as story
from ui import choose, page

here = page.open("customers")
with here.controls:
    choice = choose.customers(here.reader)
answer = customers.ask(here.reader, choice)
with here.controls:
    choose.page_of(answer.pages)
here.show(story.tell(answer), taken=here.customers(answer))
