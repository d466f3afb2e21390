"""A device as the centre tells a point of it: its secrets sealed to the point's key."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from agent.point.identity import PointFolder
from contracts import codec
from contracts.devices import DeviceSecrets, WantedDevice
from runtime import sealing


def key_of(folder: PointFolder) -> ec.EllipticCurvePrivateKey:
    """Return the key that a point was enrolled with."""
    key = load_pem_private_key(folder.key_file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def sealed_device(
    key: ec.EllipticCurvePrivateKey,
    point_id: str,
    device_id: str,
    secrets: DeviceSecrets,
    *,
    address: str = "127.0.0.1",
    **more: Any,
) -> WantedDevice:
    """Return a device whose secrets only this point opens. `more`: other fields of it."""
    sealed = sealing.seal(
        codec.encode(secrets), key.public_key(), context=f"{point_id} {device_id}".encode(),
        secret=b"s",
    )  # fmt: skip
    return WantedDevice(
        device_id=device_id, address=address, sealed={"0" * 32: sealing.as_text(sealed)}, **more
    )
