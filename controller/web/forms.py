"""How forms and files that are brought are read, everywhere: a bounded number of fields, and a
file only where one is wanted.
"""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect

from controller.entered import file_too_large
from controller.errors import BadRequest

MAX_FIELDS = 600
_BRINGS = "brings_file"
Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


def brings_file(endpoint: Endpoint) -> Endpoint:
    """Let the form of a route bring one file, no larger than a request may be."""
    setattr(endpoint, _BRINGS, True)
    return endpoint


async def sent_form(request: Request) -> FormData:
    """Return the form of a request; what has more fields or unwanted files is answered 400.

    The first reading counts: a request keeps its form, and whoever asks later gets that.
    """
    files = 1 if getattr(request.scope.get("endpoint"), _BRINGS, False) else 0
    return await request.form(max_fields=MAX_FIELDS, max_files=files)


def file_of(form: FormData, name: str) -> tuple[str, bytes]:
    """Return a file's name and content as they were sent; nothing where none was."""
    found = form.get(name)
    if not isinstance(found, UploadFile):
        return "", b""
    return found.filename or "", found.file.read()


async def body_of(request: Request, *, most_bytes: int) -> bytes:
    """Return a file that is the body of a request.

    Raises:
        BadEntry: it is too large.
        BadRequest: it broke off.
    """
    content = bytearray()
    try:
        async for piece in request.stream():
            content += piece
            if len(content) > most_bytes:
                raise file_too_large(most_bytes)
    except ClientDisconnect as exc:
        raise BadRequest(
            "broken_off", "Tệp gửi lên bị ngắt giữa chừng.", "The file broke off on its way."
        ) from exc
    return bytes(content)
