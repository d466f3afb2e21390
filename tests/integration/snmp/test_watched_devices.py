"""The agent's watch over sockets: a UPS by SNMP, with what was sealed, until the mains go."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from agent.health.device_watch import DeviceWatch
from contracts.devices import DeviceSecrets, SeenUps, SnmpBody, SnmpDevices
from contracts.ids import PointId
from runtime.clock import Clock
from tests.fakes.sealed_device import sealed_device
from tests.fakes.snmp_device import Asked, Recording, number, running_device
from tests.waiting import until

UPS = Path(__file__).parents[2] / "data/snmp/ups.snmprec"
OUTPUT_SOURCE = (1, 3, 6, 1, 2, 1, 33, 1, 4, 1, 0)
BATTERY, WORD = 5, "cong-tac"


async def test_a_ups_is_asked_and_its_battery_told(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    recording = Recording.of(UPS.read_text().splitlines())
    key_file, told, asked = tmp_path / "point.key", list[SnmpBody](), list[bytes]()
    key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    wanted: list[SnmpDevices] = []

    def answer(request: Asked) -> bytes | None:
        asked.append(request.community)
        return recording.answer(request)

    def want(port: int, asked_total: int) -> None:
        secrets = DeviceSecrets(community=WORD)
        device = sealed_device(key, "xa-1", "ups1", secrets, port=port, asked_total=asked_total)
        wanted[:] = [
            SnmpDevices(leader_epoch=1, generation=asked_total, issued_at=datetime.now(UTC),
                        devices=(device,))
        ]  # fmt: skip

    def last() -> SeenUps | None:
        return told[-1].devices[0].ups if told and told[-1].devices else None

    watch = DeviceWatch(
        PointId("xa-1"), key_file, Clock(tmp_path / "clock.json"),
        lambda: wanted[0] if wanted else None, lambda: False, lambda: True, told.append,
    )  # fmt: skip
    async with running_device(answer) as (port, _):
        want(port, 0)
        running = asyncio.create_task(watch.run())
        await until(last)
        assert last() == SeenUps(
            charge_percent=97, runtime_s=2520, load_percent=23, on_battery=False
        )
        recording.values[OUTPUT_SOURCE] = number(BATTERY)
        want(port, 1)
        await until(lambda: (one := last()) and one.on_battery)
        running.cancel()
    assert set(asked) == {WORD.encode()}
