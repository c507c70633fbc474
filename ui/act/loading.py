"""For administrators: feeds are checked, loaded, and left again for the version before, on the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import streamlit as st
from data_access import logs
from data_access.door import feeds
from data_access.door.feeds import Done
from data_access.errors import DataError
from data_access.loading.files.feed import ENDINGS
from data_access.reading.scope import Viewer
from data_access.settings import settings
from story.data import load_report
from story.figures import moment
from story.parts import Story
from story.words import say, say_count, speak
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ui import emphasis, filters, table, tell
from ui.act import job
from ui.act.job import Job
from ui.markdown import plain

CHECK: Final = "check"
LOAD: Final = "load"
SECONDS: Final = 1.0
"""Between two looks at work that runs."""

_SAID: Final = "said_of_versions"

Delivered = Callable[[str, Callable[[], bytes]], Callable[[], bytes]]


def panel(viewer: Viewer, demo: bool, confirm: Callable[[], None], delivered: Delivered) -> None:
    """Upload, check, load, and the way back; nothing for who does not load the warehouse.

    Args:
        viewer: Who looks.
        demo: Whether its people may sign in without a proof, which ends when a feed replaces the demo bank.
        confirm: Raises AccessError where the viewer's rights are others by now.
        delivered: Given a file's name and how it is made, hands it out at a click, recorded in the audit.
    """
    if not feeds.may(viewer):
        return
    st.header(say("Load data"), anchor=False)
    st.caption(
        plain(
            say(
                "Choose the files of a feed, and its mapping.toml if it has one. They are checked first; a load takes "
                "all of them or none, and the version before it stays at hand."
            )
        )
    )
    if demo and settings().sign_in == "auto":
        st.caption(
            plain(
                say(
                    "A feed replaces the demo bank and its people: from then on everybody proves who they are, as the "
                    "README says under signing in."
                )
            )
        )
    latest = job.latest()
    busy = latest is not None and latest.runs
    # Drawn while work runs, too: Streamlit forgets the files of an uploader that a run leaves out.
    chosen: list[UploadedFile] = st.file_uploader(
        say("Files"),
        type=[ending.rpartition(".")[2] for ending in ENDINGS] + ["toml"],
        accept_multiple_files=True,
        max_upload_size=settings().upload_megabytes,
        key="feed",
        disabled=busy,
    )
    if latest is not None and latest.runs:
        _watched(latest)
        return
    about = tuple(sorted(f"{file.name} {file.file_id}" for file in chosen))
    begin = partial(_begin, viewer, confirm, chosen, about)
    st.button(
        say("Check these files"), icon=":material/fact_check:", disabled=not chosen, on_click=begin, args=(CHECK,)
    )
    if latest is not None and latest.person == viewer.email:
        _ended(latest, viewer, delivered, begin if latest.about == about and chosen else None)
    _versions(viewer, confirm)


def _begin(
    viewer: Viewer,
    confirm: Callable[[], None],
    chosen: Sequence[UploadedFile],
    about: tuple[str, ...],
    deed: str,
    put_up_with: int = 0,
) -> None:
    confirm()
    files = {file.name: file.getbuffer() for file in chosen}
    if deed == CHECK:
        work: Callable[[job.Told], object] = partial(feeds.check, viewer, files)
    else:
        work = partial(feeds.load, viewer, files, put_up_with)
    job.begin(deed, viewer.email, about, work)


def _watched(running: Job) -> None:
    """The work as it goes on; the page is drawn anew once it has ended."""

    @st.fragment(run_every=SECONDS)
    def watch() -> None:
        speak(filters.language())  # a look comes without a run of the page that would set it
        if not running.runs:
            st.rerun()
        what, done, total = running.step
        doing = say("Checking") if running.name == CHECK else say("Loading")
        told = load_report.step(what, done, total) if what else say("reading the files")
        st.progress(min(done / total, 1.0) if total else 0.0, text=plain(f"{doing} · {told}"))
        st.caption(plain(say("It goes on if you leave this page.")))

    watch()


def _ended(ended: Job, viewer: Viewer, delivered: Delivered, begin: Callable[..., None] | None) -> None:
    """What came of it; after a check of the files that are still chosen, the button that loads them."""
    if ended.error is not None:
        st.error(plain(_failed(ended, viewer)), icon=":material/error:")
        return
    done: Done = ended.result
    report = done.report
    st.markdown(f"**{plain(load_report.headline(report))}**")
    tell.body(Story("", (), rows=tuple((block,) for block in load_report.blocks(report))))
    if done.refused is not None and viewer.may_see_customers:
        _refused_rows(done.refused, delivered)
    if ended.name == CHECK and begin is not None and report.tables:
        _load_button(load_report.refused(report), begin)


def _failed(ended: Job, viewer: Viewer) -> str:
    """Why the work failed; of what nobody foresaw, the reference of the one entry in the log."""
    if isinstance(ended.error, load_report.TOLD):
        return load_report.error(ended.error)
    if not ended.reference and ended.error is not None:
        ended.reference = logs.failure(viewer.email, ended.error)
    return say("The files could not be read. Nothing was loaded. Reference {reference}.", reference=ended.reference)


def _refused_rows(refused: bytes, delivered: Delivered) -> None:
    """The list with the refused values: for who may see customers."""
    name = "refused_rows.csv"
    st.download_button(
        say("Refused rows with their values (CSV)"),
        delivered(name, lambda: refused),
        name,
        "text/csv",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
    )


def _load_button(refused: int, begin: Callable[..., None]) -> None:
    willing = not refused or st.checkbox(
        say_count("Load without the {count} refused row", "Load without the {count} refused rows", refused),
        key="put_up_with",
    )
    st.button(
        say("Load these files"),
        icon=":material/upload:",
        type=emphasis.main(),
        disabled=not willing,
        on_click=begin,
        args=(LOAD, refused),
    )


def _versions(viewer: Viewer, confirm: Callable[[], None]) -> None:
    """The versions that are kept, and the way back to the one before."""
    history = feeds.history(viewer)
    st.subheader(say("Versions that are kept"), anchor=False)
    table.draw(load_report.versions(history), "")
    if said := st.session_state.pop(_SAID, ""):
        st.error(plain(said), icon=":material/error:")
    if len(history) < 2:
        return
    *_, before, current = history
    with st.popover(say("Return to the version before"), icon=":material/undo:"):
        st.markdown(
            plain(
                say(
                    "Everybody sees the data of {moment} again at once. What was loaded since leaves the warehouse; to "
                    "have it back, load those files again.",
                    moment=moment(before.published_at),
                )
            )
        )
        st.button(
            say("Return to {version}", version=before.id),
            type=emphasis.main(),
            on_click=_return,
            args=(viewer, confirm, current.id),
        )


def _return(viewer: Viewer, confirm: Callable[[], Any], current: str) -> None:
    speak(filters.language())  # a callback runs before the page has set it
    confirm()
    try:
        feeds.rollback(viewer, current)
    except DataError as error:
        st.session_state[_SAID] = load_report.error(error)
