"""Certificates: names are ours, uses are narrow, what is there stays."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from controller.enrolment import pki
from controller.errors import CertificateRequestError, InstallationError

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
AUTHORITY = pki.new_authority("Điểm Cầu", now=NOW)


def request_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str = "relay-1") -> str:
    """Return a signing request that asks for a name."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    request = builder.sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def test_a_points_certificate_is_for_clients_only_and_named_by_us() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = pki.requested_key(request_pem(key, "relay-1"))
    issued = AUTHORITY.issue(public, "xa-a", valid_for=timedelta(days=10), now=NOW)
    certificate = x509.load_pem_x509_certificate(issued.certificate_pem)
    certificate.verify_directly_issued_by(AUTHORITY.certificate)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert certificate.subject.rfc4514_string() == "CN=xa-a"
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert issued.expires_at == NOW + timedelta(days=10)
    assert certificate.not_valid_before_utc == NOW - pki.BACKDATED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rubbish",
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        "x" * 20_000,
        request_pem(ec.generate_private_key(ec.SECP384R1())),
        request_pem(rsa.generate_private_key(65537, 2048)),
    ],
)
def test_what_is_no_usable_request_is_refused(text: str) -> None:
    with pytest.raises(CertificateRequestError):
        pki.requested_key(text)


def test_a_request_signed_by_another_key_is_refused() -> None:
    mine = request_pem(ec.generate_private_key(ec.SECP256R1()))
    request = x509.load_pem_x509_csr(mine.encode())
    der = bytearray(request.public_bytes(serialization.Encoding.DER))
    der[-1] ^= 1
    forged = serialization.Encoding.PEM, x509.load_der_x509_csr(bytes(der))
    with pytest.raises(CertificateRequestError):
        pki.requested_key(forged[1].public_bytes(forged[0]).decode())


def test_a_service_keeps_its_certificate_until_something_is_different(tmp_path: Path) -> None:
    def ensure(hosts: tuple[str, ...], now: datetime = NOW) -> bool:
        return pki.ensure_service(tmp_path, "server", AUTHORITY, hosts=hosts, now=now)

    assert ensure(("localhost", "127.0.0.1")) is True
    assert ensure(("127.0.0.1", "localhost")) is False
    assert ensure(("127.0.0.1", "other.vn")) is True
    assert ensure(("127.0.0.1", "other.vn"), NOW + timedelta(days=365 * 5)) is True
    (tmp_path / "server.crt").write_text("rubbish")
    assert ensure(("127.0.0.1", "other.vn")) is True
    assert (tmp_path / "server.key").stat().st_mode & 0o777 == 0o600


def test_another_authority_means_another_certificate(tmp_path: Path) -> None:
    other = pki.new_authority("Điểm Cầu", now=NOW)
    assert pki.ensure_service(tmp_path, "server", AUTHORITY, hosts=("a",), now=NOW)
    assert pki.ensure_service(tmp_path, "server", other, hosts=("a",), now=NOW)


def test_a_missing_installation_is_said_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match="diemcau-controller init"):
        pki.load_authority(tmp_path)
    (tmp_path / "probe.key").write_bytes(b"short")
    with pytest.raises(InstallationError, match="32 bytes"):
        pki.load_probe_key(tmp_path)
