"""Signs what time it is, with a key of its own that the authority certifies."""

import base64
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contracts.signed_time import SIGNER, signed_bytes
from controller.errors import InstallationError, RequestError


class TimeInDoubt(RequestError):
    """The centre's clock is not one to set others by."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "time_in_doubt",
            "Đồng hồ của máy chủ trung tâm đang không đáng tin. Hãy thử lại sau.",
            "The centre's clock is in doubt. Try again later.",
        )


@dataclass(frozen=True, slots=True)
class TimeSigner:
    """The key and its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate_pem: str

    def sign(self, nonce: bytes, time_text: str) -> str:
        """Return base64 of a signature that says what time it is, for one nonce."""
        signature = self.key.sign(signed_bytes(nonce, time_text), ec.ECDSA(hashes.SHA256()))
        return base64.b64encode(signature).decode()


def load_time_signer(pki_dir: Path) -> TimeSigner:
    """Return what signs the time.

    Raises:
        InstallationError: it is not there, or is none.
    """
    path = pki_dir / f"{SIGNER}.key"
    remedy = "run `diemcau-controller init`, which makes what is missing"
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        certificate_pem = path.with_suffix(".crt").read_text()
    except (OSError, ValueError, UnsupportedAlgorithm) as exc:
        raise InstallationError(f"{path} cannot be used ({exc})", remedy) from exc
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise InstallationError(f"{path} is no ECDSA key", remedy)
    return TimeSigner(key, certificate_pem)
