"""A recording as it is handed out: opened once, and as long as it was then.

The recorder writes it on, or deletes it, while it is being read: whoever has begun to fetch gets
what there was, to the end that was said.
"""

import asyncio
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
            RecordingsBusy: the disk does not answer.
        """
        try:
            self._file = disk.ask_patiently(path.open, "rb")
        except FileNotFoundError as exc:
            raise NotFound("tệp ghi hình", "recording") from exc
        self._disk = disk
        number = self._file.fileno()
        super().__init__(
            f"/proc/self/fd/{number}",
            media_type=media_type,
            filename=filename,
            headers=headers,
            stat_result=os.fstat(number),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Give as much as was said. Whoever takes his time with a piece keeps no place of others.

        Raises:
            RecordingsBusy: those who read do not get on.
        """
        reads = self._disk.reads
        left = 0
        is_over = is_reading = False

        async def exact(message: Message) -> None:
            nonlocal left, is_over, is_reading
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
            reads.release()
            is_reading = False
            await send(message)
            if not is_over:
                is_reading = await reads.acquire()

        try:
            with self._file:
                is_reading = await self._may_read()
                await super().__call__(scope, receive, exact)
        finally:
            if is_reading:
                reads.release()

    async def _may_read(self) -> bool:
        try:
            async with asyncio.timeout(self._disk.long_wait_s):
                return await self._disk.reads.acquire()
        except TimeoutError:
            raise RecordingsBusy from None
