"""Sends a message by SMTP."""

from email.header import Header
from email.mime.text import MIMEText
from email.utils import formatdate

from controller.incidents.parcel import Delivery, Parcel
from controller.mail import smtp
from controller.mail.smtp import SmtpPlace


def send(parcel: Parcel) -> Delivery:
    """Hand a message to the mail server; what goes wrong is told, never raised."""
    place = parcel.place
    server = SmtpPlace(place.host, place.port, place.security, place.user, place.sender)
    became = smtp.send(server, parcel.secret, message_of(parcel), list(place.recipients))
    return Delivery(became.fate, became.detail)


def message_of(parcel: Parcel) -> MIMEText:
    """Return the message; the same message has the same id, however often it is tried.

    EmailMessage would do, but where it folds a subject it loses the space at that place.
    """
    message = MIMEText(parcel.text, "plain", "utf-8")
    title = Header(" ".join(parcel.title.split()), "utf-8", header_name="Subject")
    message["Subject"] = title.encode()
    message["From"] = parcel.place.sender
    message["To"] = ", ".join(parcel.place.recipients)
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = f"<{parcel.message_id}@{parcel.place.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if parcel.answer_to:
        message["Reply-To"] = parcel.answer_to
    return message
