"""What an error of a connection says to a person."""

import errno
import socket
import ssl

import pytest

from runtime.no_session import NoSession, why


def alert(reason: str) -> ssl.SSLError:
    fault = ssl.SSLError(1, f"[SSL: {reason}]")
    fault.reason = reason
    return fault


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (alert("SSLV3_ALERT_CERTIFICATE_REVOKED"), NoSession.REVOKED),
        (alert("SSLV3_ALERT_CERTIFICATE_EXPIRED"), NoSession.EXPIRED),
        (alert("TLSV1_ALERT_UNKNOWN_CA"), NoSession.REFUSED),
        (alert("UNEXPECTED_EOF_WHILE_READING"), NoSession.OTHER),
        (ssl.SSLCertVerificationError("certificate has expired"), NoSession.CLOCK),
        (ssl.SSLCertVerificationError("self-signed certificate in chain"), NoSession.STRANGER),
        (socket.gaierror(-2, "Name or service not known"), NoSession.NAME),
        (OSError(errno.ECONNREFUSED, "refused"), NoSession.PORT),
        (OSError(errno.ENETUNREACH, "no route"), NoSession.ROUTE),
        (TimeoutError("no address answered"), NoSession.ROUTE),
        (ValueError("whatever"), NoSession.OTHER),
    ],
)
def test_the_cause_within_tells_the_reason(fault: Exception, reason: NoSession) -> None:
    outer = RuntimeError("[code:7] The connection was lost.")
    outer.__cause__ = fault
    assert (why(fault), why(outer)) == (reason, reason)
