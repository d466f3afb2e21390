"""Whatever certificate somebody sends: a certificate, or our one error."""

import base64
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from runtime import x509_door
from runtime.errors import UnreadableX509
from tests.fakes.pki import Pki, with_x509_version

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return Pki(tmp_path_factory.mktemp("pki"), now=NOW)


def _der(pki: Pki) -> bytes:
    subject = x509.Name.from_rfc4514_string("CN=p-1")
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return pki.sign(subject, key, hosts=("h.test",)).public_bytes(Encoding.DER)


def _request() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _read_everything(data: bytes, authority: x509.Certificate) -> None:
    certificate = x509_door.certificate_from_der(data)
    x509_door.public_key(certificate)
    x509_door.is_valid_at(certificate, NOW)
    x509_door.common_name(certificate)
    x509_door.alternative_names(certificate)
    x509_door.check_issuer(certificate, authority)


def test_what_is_in_order_is_read(pki: Pki) -> None:
    certificate = x509_door.certificate_from_der(_der(pki))
    assert x509_door.common_name(certificate) == "p-1"
    assert [name.value for name in x509_door.alternative_names(certificate)] == ["h.test"]
    assert x509_door.is_valid_at(certificate, NOW)
    x509_door.check_issuer(certificate, x509_door.certificate_from_pem(pki.ca_pem.decode()))
    request = x509_door.request_from_pem(_request())
    assert isinstance(x509_door.public_key(request), ec.EllipticCurvePublicKey)


@pytest.mark.parametrize("version", [1, 3, 7, 127])
def test_a_version_nobody_knows_is_our_error(pki: Pki, version: int) -> None:
    with pytest.raises(UnreadableX509):
        x509_door.certificate_from_der(with_x509_version(_der(pki), version))


def test_another_authority_is_our_error(pki: Pki, tmp_path: Path) -> None:
    certificate = x509_door.certificate_from_der(_der(pki))
    with pytest.raises(UnreadableX509):
        x509_door.check_issuer(certificate, Pki(tmp_path, now=NOW).certificate)


def test_a_request_of_a_version_nobody_knows_is_our_error() -> None:
    der = bytearray(x509.load_pem_x509_csr(_request()).public_bytes(Encoding.DER))
    der[der.index(bytes.fromhex("020100")) + 2] = 5
    with pytest.raises(UnreadableX509):
        x509_door.request_from_pem(_as_pem(bytes(der)))


def _as_pem(der: bytes) -> str:
    kind = "CERTIFICATE REQUEST"
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(der).decode()}-----END {kind}-----\n"


def test_any_spoilt_byte_is_a_certificate_or_our_error(pki: Pki) -> None:
    whole, chance, refused = _der(pki), random.Random(1), 0
    for at in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[at] ^= chance.randrange(1, 256)
        try:
            _read_everything(bytes(spoilt), pki.certificate)
        except UnreadableX509:
            refused += 1
    assert refused == len(whole)  # the signature covers what can be read otherwise


@pytest.mark.parametrize("text", ["", "\ud800", "-----BEGIN CERTIFICATE-----", "\0" * 99])
def test_what_is_no_pem_is_our_error(text: str) -> None:
    with pytest.raises(UnreadableX509):
        x509_door.certificate_from_pem(text)
    with pytest.raises(UnreadableX509):
        x509_door.request_from_pem(text)


def test_a_panic_of_the_library_is_our_error() -> None:
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
    with pytest.raises(UnreadableX509):
        with x509_door.reading():
            raise panic("called `Result::unwrap()` on an `Err` value")
    assert x509_door.is_panic(panic()) and not x509_door.is_panic(KeyboardInterrupt())


def test_the_end_of_the_process_goes_through() -> None:
    with pytest.raises(KeyboardInterrupt):
        with x509_door.reading():
            raise KeyboardInterrupt
