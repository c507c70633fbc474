"""Why a file is not handed out, in the language of its page: Streamlit has one English sentence for every reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from data_access import logs
from data_access.errors import DataError
from story import refusal
from story.words import language, say, speak
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_storage import MediaFileStorageError


class WithheldError(Exception):
    """A file was not handed out. The message says why, in the language of the page that offered it."""


def made(deliver: Callable[[], bytes], person: str) -> Callable[[], bytes]:
    """What makes a file at a click, long after the page was shown; it raises nothing but `WithheldError`.

    Args:
        deliver: Makes it.
        person: Who took it, for the log of failures.
    """
    spoken = language()

    def make() -> bytes:
        speak(spoken)  # a thread of the server, which speaks no language yet
        try:
            return deliver()
        except DataError as error:
            if refusal.sayable(error):
                raise WithheldError(refusal.why(error)) from error
            raise WithheldError(_failed(error, person)) from error
        except Exception as error:  # the outermost frame of a click
            raise WithheldError(_failed(error, person)) from error

    return make


def in_words() -> None:
    """Lets Streamlit say why a file was not handed out."""
    DeferredFileHandler.handle = _handle


async def _handle(
    self: DeferredFileHandler, request: BackendOperationRequest, session_id: str
) -> BackendOperationResponse:
    """Streamlit's own way to hand out a file that is made at a click, but for what is said where there is none."""
    manager = self._get_media_file_mgr()  # pyright: ignore[reportPrivateUsage] - there is no other way to it
    try:
        address = await asyncio.to_thread(manager.execute_deferred, request.deferred_file.file_id)
    except MediaFileStorageError as error:  # the page that offered it is gone, where it is not one of ours
        why = str(error.__cause__) if isinstance(error.__cause__, WithheldError) else "Reload the page, then try again."
        return BackendOperationResponse(request_id=request.request_id, error_msg=why)
    return BackendOperationResponse(
        request_id=request.request_id, deferred_file=DeferredFileResponsePayload(url=address)
    )


def _failed(error: Exception, person: str) -> str:
    reference = logs.failure(person, error)
    return say("This file could not be made. Nothing is lost. Reference {reference}.", reference=reference)
