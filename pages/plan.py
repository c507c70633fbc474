"""Plan: if we do this, what happens, what does it cost, could we even tell?"""

from ui import page
from ui.plan import show

show.page(page.open("plan"))
