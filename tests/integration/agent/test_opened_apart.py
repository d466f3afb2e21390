"""A device's secrets opened by a process of its own."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from agent.point import opened_apart
from contracts.devices import DeviceSecrets
from contracts.ids import PointId
from runtime.errors import NotOpened
from tests.fakes.sealed_device import sealed_device

POINT, OTHER = PointId("xa-1"), PointId("xa-2")
SECRETS = DeviceSecrets(community="cộng-tác")


async def test_what_was_sealed_to_the_point_is_opened_and_nothing_else(tmp_path: Path) -> None:
    key, key_file = ec.generate_private_key(ec.SECP256R1()), tmp_path / "point.key"
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    device = sealed_device(key, POINT, "switch1", SECRETS)
    assert await opened_apart.opened(device, POINT, key_file) == SECRETS
    with pytest.raises(NotOpened):
        await opened_apart.opened(device, OTHER, key_file)
    with pytest.raises(NotOpened):
        await opened_apart.opened(device, POINT, key_file.with_name("none"))
