"""The child that looks into the mailbox, so that a server that hangs or floods harms nobody.

python -m controller.incidents.replies.fetch     a MailboxLook on stdin, a Collected on stdout;
                                                 then, on stdin, which letters were dealt with
"""

import imaplib
import re
import resource
import ssl
import sys
from contextlib import suppress

import msgspec

from controller.incidents.replies.answer import FIELDS, MARK, MOST_HEADER, MailAnswer, read
from controller.incidents.replies.errands import Collected, Dealt, MailboxLook
from controller.incidents.replies.mailbox_entered import MailboxPlace
from controller.mail.entered import TLS

TIMEOUT_S = 15.0
MOST_MEMORY = 512 * 1024 * 1024
_UID = re.compile(rb"\bUID (\d{1,10})\b")


def main() -> None:
    """Look, say what is there, mark as seen what was dealt with."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    wanted = msgspec.json.decode(sys.stdin.buffer.readline(), type=MailboxLook)
    try:
        _look(wanted)
    except imaplib.IMAP4.readonly:
        _say(Collected("readonly"))
    except imaplib.IMAP4.error:
        _say(Collected("rejected"))
    except TimeoutError:
        _say(Collected("slow"))
    except ssl.SSLError:
        _say(Collected("tls"))
    except OSError:
        _say(Collected("unreachable"))


def _look(wanted: MailboxLook) -> None:
    box = _opened(wanted.place)
    try:
        try:
            box.login(wanted.place.user, wanted.secret)
        except imaplib.IMAP4.error:
            _say(Collected("login"))
            return
        if box.select(_quoted(wanted.place.folder))[0] != "OK":
            _say(Collected("folder"))
            return
        uids = _searched(box, wanted)
        taken = uids[: wanted.most]
        _say(Collected("looked", tuple(_fetched(box, taken)), is_more=len(uids) > len(taken)))
        dealt = msgspec.json.decode(sys.stdin.buffer.readline() or b'{"uids":[]}', type=Dealt)
        if dealt.uids:
            box.uid("STORE", _listed(dealt.uids), "+FLAGS.SILENT", r"(\Seen)")
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            box.logout()


def _opened(place: MailboxPlace) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if place.security == TLS:
        return imaplib.IMAP4_SSL(place.host, place.port, ssl_context=context, timeout=TIMEOUT_S)
    box = imaplib.IMAP4(place.host, place.port, timeout=TIMEOUT_S)
    box.starttls(ssl_context=context)
    return box


def _searched(box: imaplib.IMAP4, wanted: MailboxLook) -> list[int]:
    """Return the unseen letters that may be answers, the newest first; others are left alone."""
    by_header = [
        *("OR", "HEADER", "References", f'"{MARK}"'),
        *("OR", "HEADER", "In-Reply-To", f'"{MARK}"'),
        *("HEADER", "To", f'"+{MARK}"'),
    ]
    _, found = box.uid("SEARCH", "UNSEEN", "UNDELETED", "SINCE", wanted.since, *by_header)
    said = b" ".join(one for one in found if isinstance(one, bytes))
    return sorted((int(one) for one in said.split() if one.isdigit()), reverse=True)


def _fetched(box: imaplib.IMAP4, uids: list[int]) -> list[MailAnswer]:
    if not uids:
        return []
    names = " ".join(one.upper() for one in FIELDS)
    what = f"(UID BODY.PEEK[HEADER.FIELDS ({names})]<0.{MOST_HEADER}>)"
    _, found = box.uid("FETCH", _listed(uids), what)
    answers = {}
    wanted = set(uids)
    for part, after in zip(found, [*found[1:], b""], strict=True):
        if not isinstance(part, tuple):
            continue
        # The number may stand before the header or after it.
        rest = after if isinstance(after, bytes) else b""
        uid = _UID.search(part[0]) or _UID.search(rest)
        if uid is not None and int(uid[1]) in wanted:
            answers[int(uid[1])] = read(int(uid[1]), part[1][:MOST_HEADER])
    return [answers[one] for one in uids if one in answers]


def _listed(uids: list[int] | tuple[int, ...]) -> str:
    return ",".join(map(str, uids))


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", r"\\").replace('"', r"\"") + '"'


def _say(what: Collected) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
