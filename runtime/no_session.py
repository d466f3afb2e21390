"""Why there is no session with the broker, as far as a person can do something about it."""

import errno
import socket
import ssl
from collections.abc import Iterator
from enum import Enum

_UNREACHABLE = frozenset((errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ETIMEDOUT))


class NoSession(Enum):
    """What stands in the way."""

    REVOKED = "our certificate was revoked or replaced at the centre"
    EXPIRED = "our certificate has ended"
    REFUSED = "the centre does not accept our certificate"
    CLOCK = "by our clock the centre's certificate is not valid"
    STRANGER = "who answers is not the centre that we are enrolled at"
    NAME = "the centre's name is not known"
    PORT = "the machine answers, but nobody listens at the port"
    ROUTE = "there is no answer from the centre's address"
    TWIN = "another machine uses our certificate"
    OTHER = "the connection was lost"


def why(fault: BaseException) -> NoSession:
    """Return what a failed or ended connection comes from."""
    known = (_of(one) for one in _causes(fault))
    return next((found for found in known if found is not None), NoSession.OTHER)


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__


def _of(fault: BaseException) -> NoSession | None:
    match fault:
        case ssl.SSLCertVerificationError():
            text = str(fault)
            is_dated = "not valid at" in text or "expired" in text or "not yet valid" in text
            return NoSession.CLOCK if is_dated else NoSession.STRANGER
        case ssl.SSLError():
            said = fault.reason or ""
            if "REVOKED" in said:
                return NoSession.REVOKED
            if "EXPIRED" in said:
                return NoSession.EXPIRED
            return NoSession.REFUSED if "ALERT" in said else None
        case socket.gaierror():
            return NoSession.NAME
        case TimeoutError():
            return NoSession.ROUTE
        case OSError(errno=errno.ECONNREFUSED):
            return NoSession.PORT
        case OSError() if fault.errno in _UNREACHABLE:
            return NoSession.ROUTE
    return None
