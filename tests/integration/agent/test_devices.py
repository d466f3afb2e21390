"""The agent's own process with a list of devices: asked once there is one, and from the cache."""

from datetime import UTC, datetime
from pathlib import Path

from agent.point.identity import PointFolder
from contracts import topics
from contracts.devices import DeviceSecrets, SeenDevice, SnmpBody, SnmpDevices, WantedDevice
from contracts.ids import PointId
from tests.fakes.centre import FakeCentre, running_centre
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.point import make_point, running_agent
from tests.fakes.sealed_device import key_of, sealed_device
from tests.fakes.snmp_device import Recording, running_device
from tests.waiting import until

P1 = PointId("p1")
UPS = Path(__file__).parents[2] / "data/snmp/ups.snmprec"
LIBRARY = "gufo/snmp"


def wanted(folder: PointFolder, port: int) -> WantedDevice:
    """Return a device at a port of this machine, its community sealed to the point's key."""
    secrets = DeviceSecrets(community="cong-tac")
    return sealed_device(key_of(folder), P1, "ups1", secrets, port=port)


def listed(generation: int, *devices: WantedDevice) -> SnmpDevices:
    """Return a list for the point."""
    return SnmpDevices(
        leader_epoch=1, generation=generation, issued_at=datetime.now(UTC), devices=devices
    )


def told(centre: FakeCentre) -> list[tuple[SeenDevice, ...]]:
    """Return what the point has told of its devices."""
    return [one.body.devices for one in centre.received[P1] if isinstance(one.body, SnmpBody)]


def has_loaded(pid: int, library: str) -> bool:
    """Say whether a process has a library of machine code in its memory."""
    return library in Path(f"/proc/{pid}/maps").read_text()


async def test_the_list_is_asked_once_there_is_one_until_it_is_empty_and_after_a_restart(
    tmp_path: Path,
) -> None:
    recording = Recording.of(UPS.read_text().splitlines())
    with start_mosquitto(tmp_path) as broker:
        folder = make_point(tmp_path / "p1", broker)
        async with running_centre(broker) as centre, running_device(recording.answer) as (port, _):
            devices = topics.desired(P1, "devices")
            with running_agent(folder) as agent:
                await until(lambda: centre.received[P1], 20, agent.log)
                assert not has_loaded(agent.pid, LIBRARY)
                await centre.declare(devices, listed(1))
                await until(lambda: centre.applied, 20, agent.log)
                assert not has_loaded(agent.pid, LIBRARY)
                await centre.declare(devices, listed(2, wanted(folder, port)))
                await until(lambda: told(centre), 20, agent.log)
                [ups] = told(centre)[-1]
                assert (ups.device_id, ups.answer) == ("ups1", "answers")
                assert ups.ups is not None and ups.ups.charge_percent == 97
                assert has_loaded(agent.pid, LIBRARY)
                assert agent.stop() == 0
            before = len(told(centre))
            with running_agent(folder) as agent:
                await until(lambda: len(told(centre)) > before, 20, agent.log)
                await centre.declare(devices, listed(3))
                await until(lambda: told(centre)[-1] == (), 20, agent.log)
                assert agent.stop() == 0
    assert not any(one.problem for one in centre.applied)
