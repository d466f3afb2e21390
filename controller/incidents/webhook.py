"""Sends a message to a program of the province's own: JSON, signed. docs/webhooks.md says how."""

import hashlib
import hmac
import http.client
import json
import ssl
from urllib.parse import urlsplit

from controller.incidents.parcel import Delivery, Parcel

TIMEOUT_S = 15.0
SIGNATURE, TIMESTAMP = "X-Diemcau-Signature", "X-Diemcau-Timestamp"


def send(parcel: Parcel, *, now_s: int) -> Delivery:
    """Hand a message to the webhook; what goes wrong is told, never raised. Follows nobody on."""
    try:
        return _send(parcel, now_s)
    except TimeoutError:
        return Delivery("slow")
    except ssl.SSLError as exc:
        return Delivery("tls", exc.reason or "")
    except (http.client.HTTPException, ValueError):
        return Delivery("address")
    except OSError:
        return Delivery("unreachable")


def _send(parcel: Parcel, now_s: int) -> Delivery:
    body = body_of(parcel)
    address = urlsplit(parcel.place.url)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    server = kinds[address.scheme](address.hostname or "", address.port, timeout=TIMEOUT_S)
    headers = {
        "Content-Type": "application/json",
        TIMESTAMP: str(now_s),
        SIGNATURE: signature(parcel.secret, now_s, body),
    }
    target = (address.path or "/") + (f"?{address.query}" if address.query else "")
    try:
        server.request("POST", target, body, headers)
        status = server.getresponse().status
    finally:
        server.close()
    return Delivery("sent") if 200 <= status < 300 else Delivery("refused", str(status))


def body_of(parcel: Parcel) -> bytes:
    """Return what is sent; the same message has the same, however often it is tried."""
    said = {
        "schema_version": 1,
        "message_id": parcel.message_id,
        "event": parcel.event,
        "incident": parcel.number or None,
        "priority": parcel.priority or None,
        "title": parcel.title,
        "text": parcel.text,
        "link": parcel.link,
        "take_link": parcel.take_link or None,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def signature(key: str, timestamp_s: int, body: bytes) -> str:
    """Return what proves that we said it, and when."""
    signed = f"{timestamp_s}.".encode() + body
    return "v1=" + hmac.digest(key.encode(), signed, hashlib.sha256).hex()
