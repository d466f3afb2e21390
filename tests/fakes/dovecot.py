"""Debian's own Dovecot: one mailbox over IMAP, whose letters are files."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from itertools import count
from pathlib import Path

from tests.fakes.mosquitto import free_port
from tests.fakes.pki import Pki
from tests.waiting import until_blocking

DOVECOT = "/usr/sbin/dovecot"
IS_HERE = shutil.which(DOVECOT) is not None and os.geteuid() == 0
USER, PASSWORD = "canh-bao@tinh.vn", "mat-khau-hop-thu"
_NOBODY = 65534
_SETTINGS = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
mail_location = maildir:{folder}/mail
first_valid_uid = 1
first_valid_gid = 1
mail_plugins = acl
plugin {{
  acl = vfile
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={nobody} gid={nobody} home={folder}/mail
}}
service imap-login {{
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


@dataclass
class ImapMailbox:
    """`port`: by TLS from the start; `plain`: by STARTTLS; `ca_file`: who vouches for it."""

    folder: Path
    port: int
    plain: int
    ca_file: Path

    def put(self, letter: Message | bytes) -> None:
        """Have a letter come in."""
        content = letter if isinstance(letter, bytes) else letter.as_bytes()
        name = f"{next(_NUMBERS):09}.letter"
        place = self.folder / "mail" / "tmp" / name
        place.write_bytes(content)
        os.chown(place, _NOBODY, _NOBODY)
        place.rename(self.folder / "mail" / "new" / name)

    def seen(self) -> list[bytes]:
        """Return the letters that are marked as seen."""
        return [one.read_bytes() for one in self._letters() if "S" in one.name.partition(":2,")[2]]

    def count(self) -> int:
        """Return how many letters there are, seen or not."""
        return len(self._letters())

    @contextmanager
    def keeping_no_flags(self) -> Iterator[None]:
        """Have it take "seen" and not keep it, as its owner has no right to that (RFC 4314, s)."""
        rights = self.folder / "mail" / "dovecot-acl"
        rights.write_text("owner lrwi\n")
        try:
            yield
        finally:
            rights.unlink()

    def empty(self) -> None:
        """Take every letter away."""
        for one in self._letters():
            one.unlink()

    def _letters(self) -> list[Path]:
        found = [one for part in ("new", "cur") for one in (self.folder / "mail" / part).iterdir()]
        return sorted(found)


_NUMBERS = count(1)


@contextmanager
def dovecot() -> Iterator[ImapMailbox]:
    """Give a mailbox that is there until the block ends."""
    # Its sockets' names have to be short, and it gives up root for who owns the letters.
    folder = Path(tempfile.mkdtemp(prefix="imap-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        pki = Pki(folder / "pki")
        server = pki.issue("imap")
        for part in ("new", "cur", "tmp"):
            (folder / "mail" / part).mkdir(parents=True)
        for path in (folder / "mail", *(folder / "mail").iterdir()):
            os.chown(path, _NOBODY, _NOBODY)
        box = ImapMailbox(folder, free_port(), free_port(), pki.ca_file)
        (folder / "conf").write_text(
            _SETTINGS.format(
                folder=folder, certificate=server.certificate_file, key=server.key_file,
                password=PASSWORD, nobody=_NOBODY, port=box.port, plain=box.plain,
            )
        )  # fmt: skip
        process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "conf")])
        try:
            assert until_blocking(lambda: _answers(box.port), timeout_s=60)
            yield box
        finally:
            process.terminate()
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
    except OSError:
        return False
