"""A letter as it goes out: text, an invitation that mail programs show, and the same as a file.

One that invites nobody to anything is text alone.

Outlook and Gmail want text/calendar with its method beside the text, in multipart/alternative
(RFC 6047, section 2.4); programs that know no invitations show the attachment.
"""

from email import encoders
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime, formataddr

from controller.mail.smtp import word_of
from controller.mail.tables import MailLetter

FILE_NAME = "giay-moi.ics"


def message_of(letter: MailLetter, sender: str) -> MIMEMultipart:
    """Return a letter; the same letter has the same id and date, however often it is tried."""
    message = MIMEMultipart("mixed")
    subject = Header(" ".join(letter.subject.split()), "utf-8", header_name="Subject")
    message["Subject"] = subject.encode()
    message["From"] = sender
    message["To"] = formataddr((word_of(letter.name), letter.address))
    message["Date"] = format_datetime(letter.queued_at)
    message["Message-ID"] = f"<{letter.message_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    shown = MIMEMultipart("alternative")
    shown.attach(MIMEText(letter.text, "plain", "utf-8"))
    message.attach(shown)
    if letter.calendar:
        shown.attach(_calendar(letter))
        message.attach(_attached(letter))
    return message


def _calendar(letter: MailLetter) -> MIMEBase:
    part = MIMENonMultipart("text", "calendar", method=letter.method, charset="utf-8")
    part.set_payload(letter.calendar.encode())
    encoders.encode_base64(part)
    return part


def _attached(letter: MailLetter) -> MIMEBase:
    part = MIMENonMultipart("application", "ics", name=FILE_NAME)
    part.set_payload(letter.calendar.encode())
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=FILE_NAME)
    return part
