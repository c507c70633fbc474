"""A visitor without a browser: speaks Streamlit's own messages over its websocket, as a tab of a browser does.

It costs a small part of what a page costs the server, so that thirty of them leave the cores to the app.
"""

from __future__ import annotations

from types import TracebackType
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState


class Visitor:
    """A tab that is open at an address.

    Attributes:
        title: The large text of the page, as of the last run.
        choices: Options of each select box on the page, by its key.
    """

    def __init__(self, address: str, path: str = "") -> None:
        place = urlsplit(f"{address}/{path}")
        self._socket = f"ws://{place.netloc}/_stcore/stream"
        self._query, self._page, self._hash = place.query, place.path.strip("/"), ""
        self._pages: dict[str, str] = {}
        self._seen: dict[str, ForwardMsg] = {}
        self._values: dict[str, WidgetState] = {}
        self._widgets: dict[str, str] = {}
        self.title = ""
        self.choices: dict[str, list[str]] = {}

    async def __aenter__(self) -> Visitor:
        self._connection = await websockets.connect(self._socket, subprotocols=["streamlit"], max_size=None)
        await self._run()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.close()

    async def press(self, key: str) -> None:
        """Presses a button, and waits until the page stands."""
        await self._run(WidgetState(id=self._widgets[key], trigger_value=True))

    async def choose(self, key: str, option: str) -> None:
        """Chooses an option of a select box, and waits until the page stands."""
        self._values[key] = WidgetState(id=self._widgets[key], string_value=option)
        await self._run()

    async def turn_to(self, page: str) -> None:
        """Opens another page by the navigation, and waits until it stands."""
        self._page, self._hash, self._values, self._query = "", self._pages[page], {}, ""
        await self._run()

    async def again(self) -> None:
        """Runs the page once more, nothing changed."""
        await self._run()

    async def _run(self, trigger: WidgetState | None = None) -> None:
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self._query, self._page, self._hash
        state.context_info.locale, state.context_info.timezone = "en-US", "UTC"
        state.cached_message_hashes.extend(self._seen)
        state.widget_states.widgets.extend(self._values.values())
        if trigger is not None:
            state.widget_states.widgets.append(trigger)
        await self._connection.send(asked.SerializeToString())
        self._widgets, self.choices = {}, {}
        while not self._finished(await self._message()):
            pass

    async def _message(self) -> ForwardMsg:
        sent = ForwardMsg()
        sent.ParseFromString(await self._connection.recv(decode=False))
        if sent.WhichOneof("type") == "ref_hash":
            return self._seen[sent.ref_hash]
        if sent.metadata.cacheable:
            self._seen[sent.hash] = sent
        return sent

    def _finished(self, sent: ForwardMsg) -> bool:
        """Takes one message in; whether it ends the run that was asked for."""
        kind = sent.WhichOneof("type")
        if kind == "new_session":
            self._hash, self._page = sent.new_session.page_script_hash, ""
        elif kind == "navigation":
            self._pages = {page.url_pathname: page.page_script_hash for page in sent.navigation.app_pages}
            self._hash = sent.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = sent.page_info_changed.query_string
        elif kind == "delta" and sent.delta.WhichOneof("type") == "new_element":
            self._element(sent.delta.new_element)
        return kind == "script_finished" and sent.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY

    def _element(self, element: Element) -> None:
        kind = element.WhichOneof("type")
        if kind == "heading" and element.heading.tag == "h1":
            self.title = element.heading.body
        elif kind == "button":
            self._widgets[_key(element.button.id)] = element.button.id
        elif kind == "selectbox":
            key = _key(element.selectbox.id)
            self._widgets[key], self.choices[key] = element.selectbox.id, list(element.selectbox.options)


def _key(identity: str) -> str:
    """The key that the page gave a widget: the last part of its identity."""
    return identity.split("-", 2)[-1]
