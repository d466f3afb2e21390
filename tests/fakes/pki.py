"""A small authority of its own for every test: P-256, files with 0600, in one folder."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key, as files."""

    certificate_file: Path
    key_file: Path


class Pki:
    """An authority and the certificates it has issued."""

    def __init__(self, folder: Path, *, now: datetime | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.now = now or datetime.now(UTC)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.ca_file = folder / "ca.crt"
        self.ca_key_file = folder / "ca.key"
        name = _name("Test authority")
        self.certificate = (
            self._builder(name, self.key.public_key(), days=3650)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(is_ca=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False
            )
            .issuer_name(name)
            .sign(self.key, hashes.SHA256())
        )
        self.ca_file.write_bytes(self.ca_pem)
        _write_key(self.ca_key_file, self.key)

    @property
    def ca_pem(self) -> bytes:
        """The authority's certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self, name: str, *, hosts: tuple[str, ...] = LOCAL_HOSTS, days: float = 365
    ) -> Issued:
        """Return a certificate for client and server use; CN is the name. Issued once per name."""
        issued = Issued(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        if issued.certificate_file.exists():
            return issued
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self.sign(_name(name), key.public_key(), hosts=hosts, days=days)
        _write_key(issued.key_file, key)
        issued.certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        return issued

    def sign(
        self,
        subject: x509.Name,
        public_key: ec.EllipticCurvePublicKey,
        *,
        hosts: tuple[str, ...] = LOCAL_HOSTS,
        days: float = 365,
    ) -> x509.Certificate:
        """Return a certificate over a foreign key, as an enrolment does."""
        return (
            self._builder(subject, public_key, days=days)
            .issuer_name(self.certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(is_ca=False), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([_general_name(host) for host in hosts]),
                critical=False,
            )
            .add_extension(
                x509.ExtendedKeyUsage(
                    [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
                ),
                critical=False,
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )

    def _builder(
        self, subject: x509.Name, public_key: ec.EllipticCurvePublicKey, *, days: float
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.now - timedelta(hours=1))
            .not_valid_after(self.now + timedelta(days=days))
        )


def with_x509_version(der: bytes, version: int) -> bytes:
    """Return a certificate that says another version of X.509; 2 stands for the third."""
    spoilt = bytearray(der)
    spoilt[spoilt.index(bytes.fromhex("a003020102")) + 4] = version
    return bytes(spoilt)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
