"""Sends a message by SMTP."""

import smtplib
import ssl
from contextlib import suppress
from email.header import Header
from email.mime.text import MIMEText
from email.utils import formatdate

from controller.incidents.channel_entered import STARTTLS, TLS
from controller.incidents.parcel import Delivery, Parcel

TIMEOUT_S = 15.0
LEAVES_WITHIN_S = 2.0


def send(parcel: Parcel) -> Delivery:
    """Hand a message to the mail server; what goes wrong is told, never raised."""
    try:
        return _send(parcel)
    except smtplib.SMTPAuthenticationError as exc:
        return Delivery("login", str(exc.smtp_code))
    except smtplib.SMTPRecipientsRefused as exc:
        codes = {str(code) for code, _ in exc.recipients.values()}
        return Delivery("recipients", ", ".join(sorted(codes)))
    except smtplib.SMTPResponseException as exc:
        return Delivery("refused", str(exc.smtp_code))
    except smtplib.SMTPNotSupportedError:
        return Delivery("tls")
    except TimeoutError:
        return Delivery("slow")
    except ssl.SSLError as exc:
        return Delivery("tls", exc.reason or "")
    except OSError:
        return Delivery("unreachable")


def _send(parcel: Parcel) -> Delivery:
    place = parcel.place
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if place.security == TLS:
        server = smtplib.SMTP_SSL(place.host, place.port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(place.host, place.port, timeout=TIMEOUT_S)
    try:
        if place.security == STARTTLS:
            server.starttls(context=context)
        if place.user and parcel.secret:
            server.login(place.user, parcel.secret)
        refused = server.send_message(
            message_of(parcel), from_addr=place.sender, to_addrs=list(place.recipients)
        )
    finally:
        _leave(server)
    return Delivery("partly", str(len(refused))) if refused else Delivery("sent")


def _leave(server: smtplib.SMTP) -> None:
    """Take leave; whatever is answered to that, what was taken before is taken."""
    with suppress(OSError):  # smtplib's own errors are some
        if server.sock is not None:
            server.sock.settimeout(LEAVES_WITHIN_S)
        server.quit()
    server.close()


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
