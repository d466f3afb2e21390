"""A mail server that keeps every letter as a file: `python -m scripts.demo.mailbox PORT FOLDER`."""

import asyncio
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Numbers letters in the order in which they come: 0001.eml and so on."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._count = max((int(one.stem) for one in folder.glob("[0-9]*.eml")), default=0)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep a letter; nobody finds half of one."""
        self._count += 1
        draft = self._folder / "letter.new"
        assert isinstance(envelope.content, bytes)  # noqa: S101 - it decodes nothing
        draft.write_bytes(envelope.content)
        draft.replace(self._folder / f"{self._count:04d}.eml")
        return "250 taken"


async def main(port: int, folder: Path) -> None:
    """Take letters until ended."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    box = Mailbox(folder)
    server = await loop.create_server(lambda: SMTP(box, loop=loop), "127.0.0.1", port)
    async with server:
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
