"""A recording as it is handed out: opened once, and as long as it was then.

The recorder writes it on, or deletes it, while it is being read: whoever has begun to fetch gets
what there was, to the end that was said.
"""

import os
from pathlib import Path

from fastapi.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from controller.errors import NotFound, RecordingsBusy
from controller.recordings.disk import ShelfDisk


class GivenFile(FileResponse):
    """A file, or the ranges of it that are asked for."""

    def __init__(
        self,
        path: Path,
        disk: ShelfDisk,
        *,
        media_type: str,
        filename: str | None,
        headers: dict[str, str],
    ) -> None:
        """Open the file.

        Raises:
            NotFound: it has been deleted meanwhile.
            RecordingsBusy: the disk does not answer, or gives to as many as it may.
        """
        try:
            self._file = disk.ask(path.open, "rb")
        except FileNotFoundError as exc:
            raise NotFound("tệp ghi hình", "recording") from exc
        self._given = disk.given
        if not self._given.acquire(blocking=False):
            self._file.close()
            raise RecordingsBusy
        number = self._file.fileno()
        super().__init__(
            f"/proc/self/fd/{number}",
            media_type=media_type,
            filename=filename,
            headers=headers,
            stat_result=os.fstat(number),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give as much as was said."""
        left = 0
        is_over = False

        async def exact(message: Message) -> None:
            nonlocal left, is_over
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                left = int(headers.get(b"content-length", b"0"))
            elif is_over:
                return
            elif "body" in message:
                body = message["body"][:left]
                left -= len(body)
                is_over = left <= 0 or not message.get("more_body", False)
                message = {**message, "body": body, "more_body": not is_over}
            await send(message)

        try:
            with self._file:
                await super().__call__(scope, receive, exact)
        finally:
            self._given.release()
