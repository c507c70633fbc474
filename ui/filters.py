"""Filters that live in the URL: what I see I can send to a colleague, who sees it under their own rights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st
from story import sitemap
from story.text import one_line
from story.words import LANGUAGES, opened, preferred, say

from ui import navigation
from ui.markdown import plain

SHARED = ("period", "branch")
"""What is chosen for all pages alike: when and where."""

LANGUAGE = "lang"
"""The name of the language in the URL."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter of a page.

    Attributes:
        key: Its name in the URL.
        label: Read aloud; the chosen option says it on screen.
        options: Values as they stand in the URL, the default first.
        written: The text of an option in the reader's language.
        width: In pixels, wide enough for the longest option.
        nearest: The option that comes nearest to a value which is none here, such as the month of a week; empty where
            none does.
        drawn: Whether there is a control; without one the filter still says what a link asks for in vain.
    """

    key: str
    label: str
    options: Sequence[str]
    written: Callable[[str], str]
    width: int = 150
    nearest: Callable[[str], str] = lambda _: ""
    drawn: bool = True


def chosen(choice: Filter) -> str:
    """The filter's value in the URL; its default where the URL has none, or one that this viewer does not have."""
    asked = st.query_params.get(choice.key, "")
    return _found(choice, asked) or (choice.nearest(asked) if asked else "") or choice.options[0]


def bar(*choices: Filter, more: Sequence[Filter] = ()) -> None:
    """The filters' controls, side by side where there is room; those seldom asked for behind one button.

    A browser draws that button sooner than one of the controls behind it.
    """
    for choice in choices:
        _control(choice)
    if any(choice.drawn for choice in more):
        narrowed = sum(chosen(choice) != choice.options[0] for choice in more)
        label = say("More filters: {count}", count=narrowed) if narrowed else say("More filters")
        with st.popover(label, icon=":material/tune:"):
            for choice in more:
                _control(choice, in_row=False)
    for choice in (*choices, *more):
        asked = st.query_params.get(choice.key, "")
        if asked and not _found(choice, asked):
            st.caption(plain(_not_among_yours(choice, asked)))


def _control(choice: Filter, *, in_row: bool = True) -> None:
    if not choice.drawn:
        return
    widget = f"filter_{choice.key}"
    st.session_state[widget] = chosen(choice)
    st.selectbox(
        choice.label,
        choice.options,
        format_func=choice.written,
        key=widget,
        on_change=_to_url,
        args=(choice.key, widget, choice.options[0]),
        label_visibility="collapsed" if in_row else "visible",
        width=choice.width if in_row else "stretch",
    )


def _found(choice: Filter, asked: str) -> str:
    """The option that a link asks for, whose letters somebody may have typed small; empty where there is none."""
    if asked in choice.options:
        return asked
    return next((option for option in choice.options if option.casefold() == asked.casefold()), "")


def _not_among_yours(choice: Filter, asked: str) -> str:
    if nearest := choice.nearest(asked):
        asked_for, shown = choice.written(asked), choice.written(nearest)
        return opened(say("{asked} is looked at here as {shown}.", asked=asked_for, shown=shown))
    shown = choice.written(choice.options[0])
    return say(
        "The link asks for {label} “{asked}”, which this data or your rights do not hold: {shown}.",
        label=choice.label,
        asked=one_line(asked)[:40],
        shown=shown,
    )


def select(key: str, written: Mapping[str, str], label: str) -> None:
    """A choice among a few views of the same thing, in the URL like a filter; the first is the default."""
    widget, default = f"filter_{key}", next(iter(written))
    st.session_state[widget] = chosen(Filter(key, label, list(written), written.__getitem__))
    st.segmented_control(
        label,
        list(written),
        format_func=written.__getitem__,
        key=widget,
        required=True,
        on_change=_to_url,
        args=(key, widget, default),
        label_visibility="collapsed",
        wrap=True,
    )


def go(page: str, **parameters: str) -> NoReturn:
    """Opens another page with its parameters in the URL; the language and this page's choice go along."""
    kept = {**st.query_params.to_dict(), **{key: value for key, value in parameters.items() if value}}
    st.switch_page(page, query_params=kept)


def link(page: str, label: str, icon: str | None = None) -> None:
    """A link to another page, by its key, that keeps this page's choice."""
    kept = {key: value for key, value in st.query_params.to_dict().items() if key not in ("campaign", "staff")}
    st.page_link(navigation.path(page), label=label, icon=icon, query_params=kept)


def link_to(page: str, label: str, icon: str | None = None, **parameters: str) -> None:
    """A link to another page that keeps this page's choice and changes some of it; an empty value takes a key away."""
    kept = {key: value for key, value in {**st.query_params.to_dict(), **parameters}.items() if value}
    st.page_link(navigation.path(page), label=plain(label), icon=icon, query_params=kept)


def back(page: str, *dropped: str) -> None:
    """A link to the page that led here, with the choice it had, less what was chosen here alone."""
    row = next((row for row in sitemap.ROWS if row.key == page), None)
    if row is not None:
        label = say("Back to {page}", page=say(row.title))
        link_to(page, label, ":material/arrow_back:", **dict.fromkeys(dropped, ""))


def current() -> dict[str, str]:
    """What the URL says of the choice on this page, without the language: what a colleague should see too."""
    return {key: value for key, value in st.query_params.to_dict().items() if key != LANGUAGE}


def recall(page: str) -> bool:
    """Coming to a page by the navigation, which drops the URL's choice, brings back what was chosen there.

    What all pages share, when and where, comes along from the page before.

    Returns:
        Whether another page stood there before, or none.
    """
    kept: dict[str, dict[str, str]] = st.session_state.setdefault("choices", {})
    arrived = st.session_state.get("page") != page
    before = st.session_state.get("page", page)
    if before != page and not current():
        own = {key: value for key, value in kept.get(page, {}).items() if key not in SHARED}
        shared = {key: value for key, value in kept.get(before, {}).items() if key in SHARED}
        st.query_params.update(own | shared)
    st.session_state["page"] = page
    kept[page] = current()
    return arrived


def renamed(old: str, new: str) -> None:
    """What links of an earlier version call by another name."""
    if value := st.query_params.get(old, ""):
        del st.query_params[old]
        st.query_params.setdefault(new, value)


def parameter(key: str) -> str:
    """A value of the URL that no control changes: the campaign that a page is about."""
    return st.query_params.get(key, "")


def language() -> str:
    """The language of this run: the URL's, else the one chosen before, else the browser's."""
    code = st.query_params.get(LANGUAGE, "")
    if code in LANGUAGES:
        st.session_state[LANGUAGE] = code
    elif LANGUAGE in st.session_state:
        st.query_params[LANGUAGE] = st.session_state[LANGUAGE]
    return str(st.session_state.get(LANGUAGE) or preferred(st.context.locale))


def language_switch() -> None:
    """The control that changes the language."""
    st.session_state["language_switch"] = language()
    st.segmented_control(
        say("Language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="language_switch",
        required=True,
        on_change=_to_url,
        args=(LANGUAGE, "language_switch", ""),
        label_visibility="collapsed",
    )


def _to_url(key: str, widget: str, default: str) -> None:
    value = str(st.session_state[widget])
    if value == default:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = value
