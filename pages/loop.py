"""Loop: what did we learn, what is still open, how good are our forecasts?"""

from ui import page
from ui.loop import show

show.page(page.open("loop"))
