"""Sends a message to a syslog server: RFC 5424 by UDP (RFC 5426), TCP (RFC 6587) or TLS (RFC 5425).

Syslog answers nothing. By TCP and TLS a message counts as delivered once the server, told that
nothing more comes, has closed: it has read all there was. By UDP nothing but a refused port is
noticed. docs/syslog.md says what stands in a message.
"""

import socket
import ssl
import unicodedata
from contextlib import suppress
from datetime import UTC
from urllib.parse import urlsplit

from controller.incidents.channel_entered import LOG_TLS, LOG_UDP
from controller.incidents.parcel import Delivery, Parcel

TIMEOUT_S = 15.0
REFUSED_WITHIN_S = 0.3
_LOCAL_0 = 16
_SEVERITIES = {"high": 2, "normal": 3, "low": 4}
_NOTICE, _INFORMATIONAL = 5, 6
# Of examples (RFC 5612): there is no number of our own, and an element of our own has to have one.
_ELEMENT = "diemcau@32473"
_MARK = "\ufeff"
_MAX_HOST_CHARS = 255


def send(parcel: Parcel) -> Delivery:
    """Hand a message to the syslog server; what goes wrong is told, never raised."""
    try:
        if parcel.place.security == LOG_UDP:
            _by_udp(parcel)
        else:
            _by_stream(parcel)
    except TimeoutError:
        return Delivery("slow")
    except ssl.SSLError as exc:
        return Delivery("tls", exc.reason or "")
    except OSError:
        return Delivery("unreachable")
    return Delivery("sent")


def _by_udp(parcel: Parcel) -> None:
    place = parcel.place
    family, kind, _, _, address = socket.getaddrinfo(
        place.host, place.port, type=socket.SOCK_DGRAM
    )[0]
    with socket.socket(family, kind) as sender:
        sender.settimeout(REFUSED_WITHIN_S)
        sender.connect(address)
        sender.send(line_of(parcel))
        with suppress(TimeoutError):
            sender.recv(1)  # raises where the port is refused; nobody answers


def _by_stream(parcel: Parcel) -> None:
    place, line = parcel.place, line_of(parcel)
    framed = b"%d " % len(line) + line
    with socket.create_connection((place.host, place.port), timeout=TIMEOUT_S) as plain:
        if place.security != LOG_TLS:
            plain.sendall(framed)
            plain.shutdown(socket.SHUT_WR)
            _until_closed(plain)
            return
        context = ssl.create_default_context()
        with context.wrap_socket(plain, server_hostname=place.host) as sender:
            sender.sendall(framed)
            with suppress(ssl.SSLEOFError):  # some close without TLS's goodbye
                sender.unwrap()


def _until_closed(server: socket.socket) -> None:
    while server.recv(4096):
        pass


def line_of(parcel: Parcel) -> bytes:
    """Return the message; the same message is the same, however often it is tried."""
    said_at = parcel.said_at.astimezone(UTC).replace(tzinfo=None) if parcel.said_at else None
    stamp = f"{said_at.isoformat(timespec='milliseconds')}Z" if said_at else "-"
    host = (urlsplit(parcel.link).hostname or "-")[:_MAX_HOST_CHARS]
    said = {
        "id": parcel.message_id,
        "incident": str(parcel.number) if parcel.number else "",
        "event": parcel.event,
        "priority": parcel.priority,
        "link": parcel.link,
    }
    data = " ".join(f'{name}="{_escaped(value)}"' for name, value in said.items() if value)
    head = f"<{8 * _LOCAL_0 + _severity(parcel)}>1 {stamp} {host} diemcau - {parcel.event}"
    text = f"{head} [{_ELEMENT} {data}] {_MARK}{plain(parcel.text)}"
    return text.encode(errors="replace")


def _severity(parcel: Parcel) -> int:
    if parcel.event == "told":
        return _SEVERITIES.get(parcel.priority, _SEVERITIES["normal"])
    return _INFORMATIONAL if parcel.event == "trial" else _NOTICE


def plain(text: str) -> str:
    """Return a text on one line, without what a terminal or a log's reader would obey."""
    return "".join(" " if unicodedata.category(one) in _NOT_SHOWN else one for one in text)


_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _escaped(value: str) -> str:
    """RFC 5424, section 6.3.3."""
    return "".join(f"\\{one}" if one in '"\\]' else one for one in plain(value))
