"""The one door for foreign certificates and signing requests.

What others send may be any bytes, and the library says what it dislikes about them in many
ways and late: when it reads, when an attribute is first asked for, when a signature is
checked; by ValueError, by exceptions of its own that share no base, and even by a panic of
its Rust core, which is no Exception at all. Here all of them are one error of ours.

    certificate = x509_door.certificate_from_der(data)
    name = x509_door.common_name(certificate)
    with x509_door.reading():                     whatever else is read from it
        certificate.extensions
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import (
    CertificateIssuerPublicKeyTypes,
    CertificatePublicKeyTypes,
)
from cryptography.x509.oid import NameOID

from runtime.errors import UnreadableX509

_OF_THE_PROCESS = (KeyboardInterrupt, SystemExit, GeneratorExit)


@contextmanager
def reading() -> Iterator[None]:
    """Turn whatever the library raises in the block into UnreadableX509. Not around an await."""
    try:
        yield
    except (UnreadableX509, *_OF_THE_PROCESS):
        raise
    except BaseException as exc:  # a panic of the Rust core is no Exception
        raise UnreadableX509(str(exc) or type(exc).__name__) from exc


def is_panic(exc: BaseException) -> bool:
    """Return whether this is a panic of a library written in Rust, which is no Exception."""
    return type(exc).__module__ == "pyo3_runtime"


def certificate_from_der(data: bytes) -> x509.Certificate:
    """Return a certificate.

    Raises:
        UnreadableX509: the bytes are none that can be used.
    """
    with reading():
        return x509.load_der_x509_certificate(data)


def certificate_from_pem(data: bytes | str) -> x509.Certificate:
    """Return a certificate; see `certificate_from_der`."""
    with reading():
        return x509.load_pem_x509_certificate(_bytes(data))


def request_from_pem(data: bytes | str) -> x509.CertificateSigningRequest:
    """Return a signing request that is signed by its own key.

    Raises:
        UnreadableX509: it is none that can be used, or the signature is another's.
    """
    with reading():
        request = x509.load_pem_x509_csr(_bytes(data))
        if not request.is_signature_valid:
            raise UnreadableX509("its signature is not by its key")
        return request


def revocation_list_from_pem(data: bytes | str) -> x509.CertificateRevocationList:
    """Return a list of revoked certificates; see `certificate_from_der`."""
    with reading():
        return x509.load_pem_x509_crl(_bytes(data))


def public_key(
    document: x509.Certificate | x509.CertificateSigningRequest,
) -> CertificatePublicKeyTypes | CertificateIssuerPublicKeyTypes:
    """Return the public key of a certificate or request.

    Raises:
        UnreadableX509: of a kind or curve that nobody knows.
    """
    with reading():
        return document.public_key()


def check_issuer(certificate: x509.Certificate, authority: x509.Certificate) -> None:
    """Check that the authority has issued a certificate.

    Raises:
        UnreadableX509: it has not, or that cannot be told.
    """
    with reading():
        certificate.verify_directly_issued_by(authority)


def is_valid_at(certificate: x509.Certificate, now: datetime) -> bool:
    """Return whether a certificate's time includes this one.

    Raises:
        UnreadableX509: its dates are none.
    """
    with reading():
        return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def common_name(certificate: x509.Certificate) -> str:
    """Return the one common name of a certificate's subject.

    Raises:
        UnreadableX509: there is none, or more than one, or it is no text.
    """
    with reading():
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        name = names[0].value if len(names) == 1 else ""
        if not isinstance(name, str) or not name:
            raise UnreadableX509("it has no common name")
        return name


def alternative_names(certificate: x509.Certificate) -> Sequence[x509.GeneralName]:
    """Return a certificate's alternative names; none where it has no such extension.

    Raises:
        UnreadableX509: its extensions cannot be read.
    """
    with reading():
        try:
            wanted = x509.SubjectAlternativeName
            return tuple(certificate.extensions.get_extension_for_class(wanted).value)
        except x509.ExtensionNotFound:
            return ()


def _bytes(data: bytes | str) -> bytes:
    return data.encode() if isinstance(data, str) else data
