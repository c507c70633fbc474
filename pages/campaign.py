"""Campaigns: what ran, what did it bring, which are not yet judged?"""

from ui import page

here = page.open("campaign")
here.headline("Campaigns", [])
with here.tools:
    here.share()
