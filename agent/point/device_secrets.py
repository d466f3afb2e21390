"""What proves this point to a device, opened with the key of its certificate."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from contracts import codec
from contracts.devices import DeviceSecrets, WantedDevice
from contracts.errors import MalformedPayload
from contracts.ids import PointId
from runtime import sealing
from runtime.errors import NotOpened


def unsealed(wanted: WantedDevice, point_id: PointId, key_file: Path) -> DeviceSecrets:
    """Return what proves the point to a device.

    Raises:
        NotOpened: nothing is sealed to this point's key, or nothing usable.
    """
    try:
        key = load_pem_private_key(key_file.read_bytes(), None)
    except (OSError, ValueError) as exc:
        raise NotOpened from exc
    context = f"{point_id} {wanted.device_id}".encode()
    for sealed in wanted.sealed.values():
        try:
            if isinstance(key, ec.EllipticCurvePrivateKey):
                octets = sealing.from_text(sealed)
                return codec.decode(DeviceSecrets, sealing.opened(octets, key, context=context))
        except (NotOpened, MalformedPayload):
            continue
    raise NotOpened
