"""TLS contexts: 1.2 at least, the installation's authority, a certificate of one's own."""

import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

# OpenSSL's X509_V_FLAG_NO_CHECK_TIME: Python has no name for it.
NO_CHECK_TIME = ssl.VerifyFlags(0x200000)


def client_context(
    ca_file: Path,
    cert_file: Path | None = None,
    key_file: Path | None = None,
    *,
    is_time_checked: bool = True,
    now: Callable[[], datetime | None] | None = None,
) -> ssl.SSLContext:
    """Return a context that trusts one authority only.

    Args:
        is_time_checked: False where this machine's clock is known to be wrong; the
            server's validity dates are then judged by `now`, if that is given.
        now: the corrected time; None while it is not known, and then nothing is judged.

    Raises:
        OSError: a file cannot be read (ssl.SSLError is one, for a file that is no PEM).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=ca_file)
    if cert_file is not None:
        context.load_cert_chain(cert_file, key_file)
    if not is_time_checked:
        context.verify_flags |= NO_CHECK_TIME
        if now is not None:
            context.sslsocket_class = _judged_by(now)
    return context


def _judged_by(now: Callable[[], datetime | None]) -> type[ssl.SSLSocket]:
    """Return a socket that refuses a server certificate out of its dates at `now`."""

    class DatedSocket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            super().do_handshake(block)
            moment = now()
            if moment is None:
                return
            certificate = self.getpeercert() or {}
            begins_s = ssl.cert_time_to_seconds(str(certificate.get("notBefore")))
            ends_s = ssl.cert_time_to_seconds(str(certificate.get("notAfter")))
            if not begins_s <= moment.timestamp() <= ends_s:
                raise ssl.SSLCertVerificationError(
                    "the server's certificate is not valid at this time"
                )

    return DatedSocket
