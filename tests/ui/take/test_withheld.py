"""Why a file is not handed out: said in the language of the page that offered it, and logged where it is a fault."""

from __future__ import annotations

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_storage import MediaFileStorageError

from data_access.errors import AccessError
from story import words
from ui.take import withheld

CHANGED = "Your rights have changed. Nothing was changed or handed out. Here is what you may see now."


class Manager:
    """Streamlit's keeper of files, with one that is made at a click."""

    def __init__(self, make) -> None:
        self.make = make

    def execute_deferred(self, file_id: str) -> str:
        try:
            return f"/media/{self.make().decode()}-{file_id}"
        except Exception as error:
            raise MediaFileStorageError("Callable execution failed") from error


@pytest.fixture
def answered(monkeypatch):
    """What the browser is sent for a file that a page in Chinese offered."""
    monkeypatch.setattr(DeferredFileHandler, "handle", DeferredFileHandler.handle)
    withheld.in_words()

    def ask(deliver, *, ours=True):
        words.speak("zh")
        make = withheld.made(deliver, "lin@bank.example") if ours else deliver
        words.speak("en")
        request = BackendOperationRequest(request_id="7")
        request.deferred_file.file_id = "f"
        handler = DeferredFileHandler(lambda: Manager(make))
        return asyncio.run(handler.handle(request, "session"))

    yield ask
    words.speak("en")


def fails(error: Exception):
    def deliver() -> bytes:
        raise error

    return deliver


def test_a_file_is_handed_out_at_its_address(answered):
    answer = answered(lambda: b"rows")
    assert (answer.request_id, answer.deferred_file.url, answer.error_msg) == ("7", "/media/rows-f", "")


def test_rights_that_changed_are_said_in_the_language_of_the_page(answered, caplog):
    answer = answered(fails(AccessError.of(CHANGED)))
    assert answer.error_msg.startswith("您的权限已变更。")
    assert answer.deferred_file.url == ""
    assert not [record for record in caplog.records if record.name.startswith("branchlight")]


@pytest.mark.parametrize("error", [ValueError("secret"), AccessError("reads 'contact' directly")])
def test_a_fault_is_said_with_its_reference_and_without_its_text(answered, caplog, error):
    said = answered(fails(error)).error_msg
    (entry,) = [record for record in caplog.records if record.name.startswith("branchlight")]
    assert said.startswith("此文件无法生成")
    assert entry.getMessage().split(",")[0].removeprefix("Reference ") in said
    assert "secret" not in said
    assert "contact" not in said


def test_a_file_of_a_page_that_is_gone_asks_to_reload_it(answered):
    assert answered(fails(KeyError("f")), ours=False).error_msg == "Reload the page, then try again."
