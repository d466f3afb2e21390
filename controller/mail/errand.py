"""The child that hands one letter to the mail server.

python -m controller.mail.errand     a MailErrand on stdin, a MailOutcome on stdout
"""

import sys
from email import message_from_bytes

import msgspec

from controller.mail import smtp
from controller.mail.smtp import MailOutcome, SmtpPlace

NAME = "controller.mail.errand"


class MailErrand(msgspec.Struct, frozen=True):
    """One letter, and where to. Holds a secret: it goes through a pipe, never an argument."""

    place: SmtpPlace
    secret: str
    address: str
    message: bytes


def main() -> None:
    """Read, send, say what became of it."""
    errand = msgspec.json.decode(sys.stdin.buffer.read(), type=MailErrand)
    message = message_from_bytes(errand.message)
    outcome: MailOutcome = smtp.send(errand.place, errand.secret, message, [errand.address])
    sys.stdout.buffer.write(b"\n" + msgspec.json.encode(outcome) + b"\n")


if __name__ == "__main__":
    main()
