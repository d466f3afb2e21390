"""The installation's own authority, and the certificates it gives to machines.

Keys are ECDSA P-256, understood by every TLS library of the last ten years. A point
makes its key itself and sends a signing request, of which only the public key is
used: names are the controller's to give.
"""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from controller import rights
from controller.errors import CertificateRequestError, InstallationError
from runtime import atomic, x509_door
from runtime.errors import UnreadableX509

AUTHORITY_YEARS = 20
# Not longer than programs accept of a server.
SERVICE_DAYS = 825
RENEWED_BEFORE = timedelta(days=90)
# Certificates begin a day early, for machines whose clock is a little behind.
BACKDATED = timedelta(days=1)
MAX_REQUEST_CHARS = 16_384

PublicKey = ec.EllipticCurvePublicKey


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate just made."""

    certificate_pem: bytes
    serial: str
    sha256: str
    expires_at: datetime
    public_key: str


@dataclass(frozen=True, slots=True)
class AuthorityCertificate:
    """Whom everybody trusts here."""

    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """The certificate, as enrolment codes fingerprint it."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate, as machines store it."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True, slots=True)
class Authority(AuthorityCertificate):
    """The installation's certificate and key: the enrolment process' alone."""

    key: ec.EllipticCurvePrivateKey

    def issue(
        self,
        public_key: ec.EllipticCurvePublicKey,
        common_name: str,
        *,
        valid_for: timedelta,
        now: datetime,
        hosts: tuple[str, ...] = (),
    ) -> Issued:
        """Return a certificate: a client's, and with hosts also a server's."""
        usages = [ExtendedKeyUsageOID.CLIENT_AUTH]
        if hosts:
            usages.append(ExtendedKeyUsageOID.SERVER_AUTH)
        expires_at = min(now + valid_for, self.certificate.not_valid_after_utc)
        builder = (
            _builder(common_name, self.certificate.subject, public_key, now, expires_at)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(is_authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
        )
        if hosts:
            names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        certificate = builder.sign(self.key, hashes.SHA256())
        return Issued(
            certificate.public_bytes(serialization.Encoding.PEM),
            f"{certificate.serial_number:x}",
            certificate.fingerprint(hashes.SHA256()).hex(),
            certificate.not_valid_after_utc,
            encoded_key(public_key),
        )


def new_authority(name: str, *, now: datetime) -> Authority:
    """Return a new self-signed authority that may sign machines' certificates only."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    expires_at = now + timedelta(days=365 * AUTHORITY_YEARS)
    certificate = (
        _builder(name, subject, key.public_key(), now, expires_at)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(is_authority=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(certificate, key)


def load_certificate(pki_dir: Path) -> AuthorityCertificate:
    """Return the authority's certificate.

    Raises:
        InstallationError: it is not there, or is none.
    """
    path = pki_dir / "ca.crt"
    try:
        return AuthorityCertificate(x509_door.certificate_from_pem(path.read_bytes()))
    except (OSError, UnreadableX509) as exc:
        raise _missing(path, exc) from exc


def load_authority(pki_dir: Path) -> Authority:
    """Return the installation's authority, whose key the enrolment process alone reads.

    Raises:
        InstallationError: it is not there, or is none.
    """
    certificate = load_certificate(pki_dir).certificate
    try:
        key = serialization.load_pem_private_key((pki_dir / "ca.key").read_bytes(), None)
    except (OSError, ValueError, UnsupportedAlgorithm) as exc:
        raise _missing(pki_dir / "ca.key", exc) from exc
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise InstallationError(f"{pki_dir / 'ca.key'} is no ECDSA key", "restore it from a backup")
    return Authority(certificate, key)


def load_token_key(pki_dir: Path) -> Ed25519PrivateKey:
    """Return the key that signs media tokens.

    Raises:
        InstallationError: it is not there, or is none.
    """
    path = pki_dir / "token.key"
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, UnsupportedAlgorithm) as exc:
        raise _missing(path, exc) from exc
    if not isinstance(key, Ed25519PrivateKey):
        raise InstallationError(f"{path} is no Ed25519 key", "restore it from a backup")
    return key


def load_probe_key(pki_dir: Path) -> bytes:
    """Return the master key of the line probes.

    Raises:
        InstallationError: it is not there, or is none.
    """
    path = pki_dir / "probe.key"
    try:
        key = path.read_bytes()
    except OSError as exc:
        raise _missing(path, exc) from exc
    if len(key) != 32:
        raise InstallationError(f"{path} does not hold 32 bytes", "restore it from a backup")
    return key


def requested_key(csr_pem: str) -> ec.EllipticCurvePublicKey:
    """Return the public key of a signing request, once the request proves it has the private one.

    Raises:
        CertificateRequestError: it is none, or of another kind of key than P-256.
    """
    if len(csr_pem) > MAX_REQUEST_CHARS:
        raise CertificateRequestError("it is too long")
    try:
        key = x509_door.public_key(x509_door.request_from_pem(csr_pem))
    except UnreadableX509 as exc:
        raise CertificateRequestError(f"it cannot be used: {exc.reason}") from exc
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CertificateRequestError("its key is not ECDSA P-256")
    return key


def request_pem(key: ec.EllipticCurvePrivateKey) -> str:
    """Return a signing request that proves a key and names nobody."""
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return request.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def encoded_key(key: ec.EllipticCurvePublicKey) -> str:
    """Return a public key as it is kept: its point, uncompressed, in hexadecimal."""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    ).hex()


def decoded_key(text: str) -> ec.EllipticCurvePublicKey:
    """Return a public key that was kept.

    Raises:
        ValueError: it is none.
    """
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(text))


def key_digest(key: ec.EllipticCurvePublicKey) -> str:
    """Return the SHA-256 of a public key."""
    return hashlib.sha256(
        key.public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    ).hexdigest()


def write_authority(pki_dir: Path, authority: Authority) -> None:
    """Put a new authority on the disk, the key first."""
    atomic.write_bytes(pki_dir / "ca.key", private_pem(authority.key))
    atomic.write_bytes(pki_dir / "ca.crt", authority.pem, mode=0o644)


def ensure_service(
    pki_dir: Path, name: str, authority: Authority, *, hosts: tuple[str, ...], now: datetime
) -> bool:
    """Give a service of the centre its key and certificate; True: a new one was made.

    The one that is there stays while it is the authority's, names the same hosts, is
    valid now and for another 90 days.
    """
    certificate_path, key_path = pki_dir / f"{name}.crt", pki_dir / f"{name}.key"
    if _is_usable(certificate_path, key_path, authority, hosts, now):
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    valid_for = timedelta(days=SERVICE_DAYS) - BACKDATED
    issued = authority.issue(key.public_key(), name, valid_for=valid_for, now=now, hosts=hosts)
    # The certificate last: a crash between the two is repaired by the next run.
    certificate_path.unlink(missing_ok=True)
    # Under its name it is readable at once: the broker may be told to look at any moment.
    new_path = pki_dir / f".new.{name}.key"
    atomic.write_bytes(new_path, private_pem(key))
    rights.give_key(new_path, name)
    new_path.replace(key_path)
    atomic.write_bytes(certificate_path, issued.certificate_pem, mode=0o644)
    return True


def ensure_secrets(pki_dir: Path) -> None:
    """Make the keys of media tokens and line probes where they are missing."""
    if not (pki_dir / "token.key").exists():
        atomic.write_bytes(pki_dir / "token.key", private_pem(Ed25519PrivateKey.generate()))
    public = load_token_key(pki_dir).public_key()
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    atomic.write_bytes(pki_dir / "token.pub", pem, mode=0o644)
    if not (pki_dir / "probe.key").exists():
        atomic.write_bytes(pki_dir / "probe.key", secrets.token_bytes(32))


def private_pem(key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    """Return a private key as PEM, not encrypted: the file's mode protects it."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _is_usable(
    certificate_path: Path,
    key_path: Path,
    authority: Authority,
    hosts: tuple[str, ...],
    now: datetime,
) -> bool:
    try:
        certificate = x509_door.certificate_from_pem(certificate_path.read_bytes())
        key = serialization.load_pem_private_key(key_path.read_bytes(), None)
        x509_door.check_issuer(certificate, authority.certificate)
        named = frozenset(x509_door.alternative_names(certificate))
        # One that begins later was made by a clock that was ahead, and serves nobody until then.
        is_valid = x509_door.is_valid_at(certificate, now)
    except (OSError, ValueError, TypeError, UnreadableX509):
        return False
    return (
        key.public_key() == certificate.public_key()
        and named == frozenset(_general_name(host) for host in hosts)
        and is_valid
        and certificate.not_valid_after_utc > now + RENEWED_BEFORE
        and certificate.not_valid_after_utc - certificate.not_valid_before_utc
        <= timedelta(days=SERVICE_DAYS)
    )


def _builder(
    common_name: str,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    now: datetime,
    expires_at: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)]))
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before((now - BACKDATED).astimezone(UTC))
        .not_valid_after(expires_at.astimezone(UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _missing(path: Path, exc: Exception) -> InstallationError:
    return InstallationError(
        f"{path} cannot be used ({exc})",
        "make an installation with `diemcau-controller init`, or restore one from a backup",
    )
