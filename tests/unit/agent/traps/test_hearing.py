"""Who is heard at an address, with net-snmp's messages and secrets sealed as the centre does."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from agent.traps.engine_file import TrapEngine
from agent.traps.hearing import DeviceHearing
from contracts.devices import DeviceSecrets, SeenTrap
from monitoring import udp
from runtime.guard import beside
from tests.fakes.traps import (
    AUTH,
    IS_THERE,
    LINK_DOWN,
    POINT,
    PRIV,
    USER,
    V2C,
    V3,
    V3_SECRETS,
    WORD,
    captured,
    device,
)
from tests.waiting import until

pytestmark = pytest.mark.skipif(not IS_THERE, reason="no snmptrap here")
ENGINE = TrapEngine(b"\x80\x00\x4f\xb8\x05diemcau-test", 1)
KEY = ec.derive_private_key(12345, ec.SECP256R1())
SWITCH = ("sw01", DeviceSecrets(community=WORD))
UPS = ("ups1", V3_SECRETS)
OTHER = ("sw02", DeviceSecrets(user="ai-do", auth_key=AUTH, priv_key=PRIV))


@dataclass
class Hears:
    """One process' hearing; what it answers arrives at `socket`, as at a device."""

    key_file: Path
    socket: socket.socket
    told: list[tuple[SeenTrap, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hearing = DeviceHearing(POINT, self.key_file, ENGINE, self.tell)

    def tell(self, trap: SeenTrap, _: float, stored: Callable[[], None]) -> None:
        self.told.append((trap, stored))

    async def hear(self, *devices: tuple[str, DeviceSecrets]) -> None:
        """Hear these, all at one address."""
        await self.hearing.hear([device(KEY, name, "127.0.0.1", one) for name, one in devices])

    def take(self, payload: bytes) -> None:
        """Let one come."""
        address, port = self.socket.getsockname()
        self.hearing.take(self.socket, udp.Datagram(payload, (address, port, ""), 0), now_s=1000.0)

    async def look(self, count: int) -> None:
        """Look into so many."""
        before = self.hearing.totals
        async with beside(self.hearing.run, name="hearing"):
            await until(lambda: sum(self.hearing.totals.values()) == sum(before.values()) + count)

    def answers(self) -> list[bytes]:
        """Return what was answered since the last time."""
        return [one.payload for one in iter(lambda: udp.receive(self.socket, 4096), None)]


@pytest.fixture
def hears(tmp_path: Path) -> Iterator[Hears]:
    key_file = tmp_path / "key.pem"
    key_file.write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with udp.open_socket("127.0.0.1", 0) as at:
        yield Hears(key_file, at)


def inform_of(user: str) -> bytes:
    """Return an inform of v3 by somebody who knows who we are, and not what time it is."""
    known = ("-e", f"0x{ENGINE.engine_id.hex()}")
    return captured((*V3[:4], user, *V3[5:], *known), LINK_DOWN, command="snmpinform")


async def test_an_inform_that_is_not_on_the_disk_is_confirmed_by_no_new_list(hears: Hears) -> None:
    inform = captured(V2C, LINK_DOWN, command="snmpinform")
    for devices in ([SWITCH], [SWITCH, UPS]):
        await hears.hear(*devices)
        hears.take(inform)
        await hears.look(1)
    assert hears.answers() == []
    [(_, stored)] = hears.told
    stored()
    assert len(hears.answers()) == 1


async def test_what_waits_is_looked_into_by_the_new_list(hears: Hears) -> None:
    await hears.hear(SWITCH)
    hears.take(captured(V2C, LINK_DOWN))
    await hears.hear(OTHER, SWITCH)
    await hears.look(1)
    assert [trap.device_id for trap, _ in hears.told] == ["sw01"]


@pytest.mark.parametrize("user", ["ai-do", USER])
async def test_of_two_users_at_one_address_each_is_told_the_time(hears: Hears, user: str) -> None:
    await hears.hear(OTHER, UPS)
    hears.take(inform_of(user))
    await hears.look(1)
    assert (hears.hearing.totals, len(hears.answers())) == ({"question": 1}, 1)


async def test_a_user_of_none_of_two_is_refused_once(hears: Hears) -> None:
    await hears.hear(OTHER, UPS)
    hears.take(inform_of("ke-la"))
    await hears.look(1)
    assert (hears.told, len(hears.answers())) == ([], 1)
    assert hears.hearing.totals == {"refused": 1}
