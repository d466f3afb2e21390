"""TLS contexts: 1.2 at least, the installation's authority, a certificate of one's own."""

import ssl
from pathlib import Path

# OpenSSL's X509_V_FLAG_NO_CHECK_TIME: Python has no name for it.
_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)


def client_context(
    ca_file: Path,
    cert_file: Path | None = None,
    key_file: Path | None = None,
    *,
    is_time_checked: bool = True,
) -> ssl.SSLContext:
    """Return a context that trusts one authority only.

    Args:
        is_time_checked: False where this machine's clock is known to be wrong; the
            caller then judges the validity dates by the corrected time.

    Raises:
        OSError: a file cannot be read (ssl.SSLError is one, for a file that is no PEM).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=ca_file)
    if cert_file is not None:
        context.load_cert_chain(cert_file, key_file)
    if not is_time_checked:
        context.verify_flags |= _NO_CHECK_TIME
    return context


def server_context(cert_file: Path, key_file: Path) -> ssl.SSLContext:
    """Return a context for a server that asks nobody for a certificate.

    Raises:
        OSError: a file cannot be read (ssl.SSLError is one, for a file that is no PEM).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(cert_file, key_file)
    return context
