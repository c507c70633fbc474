"""Starts the app with everything loaded before the port opens, so that the first visitor does not wait for it.

``python -m ui`` takes Streamlit's options; ``streamlit run app.py`` shows the same app and loads on the first visit.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from answers import campaigns, data
from data_access import access
from data_access.errors import DataError
from story import campaigns as campaigns_story
from story import data as data_story
from story import words
from streamlit.web import cli

APP = Path(__file__).parent.parent / "app.py"


def warm() -> None:
    """Gives the first answers to whoever may sign in without a proof, in every language."""
    for viewer in access.offered():
        reader = access.open_reader(viewer)
        newest = campaigns.Choice(campaigns.offered(reader).periods[0])
        for language in words.LANGUAGES:
            words.speak(language)
            campaigns_story.tell(campaigns.ask(reader, newest))
            data_story.tell(data.ask(reader))


if __name__ == "__main__":
    with suppress(DataError):  # no data yet, or none that can be read: the page says so
        warm()
    sys.argv = ["streamlit", "run", str(APP), *sys.argv[1:]]
    cli.main()
