"""A DTLS certificate that OpenSSL shows and takes, and that cryptography will not read."""

import hashlib
import warnings

from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL, crypto

from media.transport.dtls import DtlsCertificate
from media.wire.sdp import Fingerprint
from tests.fakes.pki import with_x509_version


class OddCertificate(DtlsCertificate):
    """One of an X.509 version that does not exist; its fingerprint is right."""

    def __init__(self, version: int = 3) -> None:
        super().__init__()
        own = self._inner
        self._der = with_x509_version(own._cert.public_bytes(Encoding.DER), version)
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            # The one way in for a certificate that cryptography will not read.
            context.use_certificate(crypto.load_certificate(crypto.FILETYPE_ASN1, self._der))
        context.use_privatekey(own._key)
        context.set_tlsext_use_srtp(b"SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80")
        context.set_options(SSL.OP_NO_QUERY_MTU)
        own._context = context

    @property
    def fingerprint(self) -> Fingerprint:
        """The SHA-256 fingerprint of what is shown."""
        return Fingerprint("sha-256", hashlib.sha256(self._der).digest().hex(":").upper())
