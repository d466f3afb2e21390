"""A point's own key and certificate: the key is made here and never leaves.

The key is on the disk before it is shown: should the answer get lost, the same can be
asked again with it.
"""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from agent.enrolment.centre_http import CentreAnswer
from agent.errors import Unreachable
from runtime import atomic, x509_door
from runtime.errors import UnreadableX509


def key_for_asking(path: Path) -> ec.EllipticCurvePrivateKey:
    """Return the key an earlier attempt asked with, or a new one, on the disk."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = read_key(path)
    if found is not None:
        return found
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    atomic.write_bytes(path, pem, mode=0o600)
    return key


def read_key(path: Path) -> ec.EllipticCurvePrivateKey | None:
    """Return a file's key; None: there is none that can be used."""
    try:
        found = load_pem_private_key(path.read_bytes(), password=None)
    except (FileNotFoundError, ValueError):
        return None
    return found if isinstance(found, ec.EllipticCurvePrivateKey) else None


def signing_request(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a request; the controller chooses the name and ignores this one."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "point")])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def checked_certificate(
    answer: CentreAnswer, url: str, key: ec.EllipticCurvePrivateKey, authority: x509.Certificate
) -> bytes:
    """Return the certificate's PEM, once it is over our key and by the proved authority.

    Raises:
        Unreachable: it is not.
    """
    pem = answer.text("certificate_pem", url).encode()
    try:
        certificate = x509_door.certificate_from_pem(pem)
        x509_door.check_issuer(certificate, authority)
        is_ours = x509_door.public_key(certificate) == key.public_key()
    except UnreadableX509 as exc:
        raise Unreachable(url, "its certificate for this point is not usable") from exc
    if not is_ours:
        raise Unreachable(url, "its certificate is for another key")
    return pem
