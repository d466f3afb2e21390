"""The agent where things are wrong: the clock, the disk, the line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from agent.point.line_rate import LineRate, measured
from agent.point.outbox import Outbox
from agent.point.stamp import Stamp
from contracts import codec
from contracts.desired import Policy, Probes
from contracts.ids import PointId
from contracts.reports import BandwidthBody, ClockState, HealthBody, Held
from monitoring.listeners.bandwidth import PACKETS
from runtime.clock import Clock
from tests.fakes.centre import running_centre
from tests.fakes.controller import running_controller
from tests.fakes.line import Shape, a_line
from tests.fakes.mosquitto import free_port, start_mosquitto
from tests.fakes.pki import Pki
from tests.fakes.point import make_point, running_agent, write_config
from tests.fakes.reflector import running_reflector
from tests.fakes.small_disk import mounted
from tests.fakes.wrong_clock import needs_faketime, wrong_clock
from tests.waiting import until

P1 = PointId("p1")


def cache(folder, name, document):
    folder.desired_dir.mkdir(exist_ok=True)
    (folder.desired_dir / f"{name}.json").write_bytes(codec.encode(document))


def every_second():
    return Policy(leader_epoch=1, generation=1, issued_at=datetime.now(UTC), sampling_interval_s=1)


@needs_faketime
@pytest.mark.parametrize("off", ["-7h", "+7h", "-1d", "-2190d", "+4200d"])
async def test_with_a_wrong_clock_reports_carry_the_right_time(tmp_path, off):
    pki = Pki(tmp_path / "pki")
    with running_controller(pki) as controller, start_mosquitto(tmp_path, pki=pki) as broker:
        folder = make_point(tmp_path / "p1", broker, controller_url=controller.url)
        async with running_centre(broker) as centre:
            with running_agent(folder, environment=wrong_clock(off)) as agent:
                await until(lambda: centre.received[P1], 20, agent.log)
                report = centre.received[P1][0]
    assert abs(report.measured_at - datetime.now(UTC)) < timedelta(seconds=30)
    assert report.clock.source == "centre"
    assert report.clock.error_ms < 1000


def old_and_acknowledged(folder, *, days):
    """Put reports that the centre holds into an outbox, as old as that."""
    outbox = Outbox(folder.outbox_file)
    clock = Clock()
    measured_at = datetime.now(UTC) - timedelta(days=days)
    stamped = Stamp(measured_at, clock.boot_id, 1, ClockState(source="ntp", error_ms=1))
    for _ in range(3):
        outbox.append(HealthBody(), stamped)
    outbox.apply(Held(outbox_id=outbox.outbox_id, ranges=((1, 3),)))
    outbox.close()


def kept(folder):
    outbox = Outbox(folder.outbox_file, is_read_only=True)
    try:
        return outbox.counts().total - outbox.counts().unacknowledged
    finally:
        outbox.close()


@needs_faketime
@pytest.mark.parametrize("off", ["+4200d", "+40d"])
async def test_by_a_clock_that_nobody_vouches_for_nothing_is_deleted(tmp_path, off):
    with start_mosquitto(tmp_path) as broker:
        folder = make_point(tmp_path / "p1", broker)  # and no centre to ask for the time
        old_and_acknowledged(folder, days=5)
        config = write_config(folder, log='{ level = "debug" }')
        with running_agent(folder, config, environment=wrong_clock(off)) as agent:
            await until(lambda: "housekeeping_done" in agent.log, 60, agent.log)
            assert "clock_unknown" in agent.log or "clock_not_checked" in agent.log
            assert kept(folder) == 3


async def test_by_a_clock_that_is_known_what_is_old_leaves(tmp_path):
    pki = Pki(tmp_path / "pki")
    with running_controller(pki) as controller, start_mosquitto(tmp_path, pki=pki) as broker:
        folder = make_point(tmp_path / "p1", broker, controller_url=controller.url)
        old_and_acknowledged(folder, days=31)
        with running_agent(folder) as agent:
            await until(lambda: kept(folder) == 0, 60, agent.log)


async def test_an_expired_certificate_of_the_broker_is_refused_by_the_corrected_time(tmp_path):
    pki = Pki(tmp_path / "pki", now=datetime.now(UTC) - timedelta(days=400))
    with running_controller(pki) as controller, start_mosquitto(tmp_path, pki=pki) as broker:
        folder = make_point(tmp_path / "p1", broker, controller_url=controller.url)
        with running_agent(folder) as agent:
            await until(lambda: "not valid at this time" in agent.log, 20, "refused")
            assert "bus_connected" not in agent.log
            assert "clock_corrected" in agent.log


@pytest.fixture
def small_disk(tmp_path):
    with mounted(tmp_path / "disk", "size=1m") as mount:
        yield mount


async def test_on_a_full_disk_the_agent_goes_on_and_stores_again_afterwards(tmp_path, small_disk):
    with start_mosquitto(tmp_path) as broker:
        folder = make_point(small_disk / "p1", broker)
        cache(folder, "policy", every_second())
        async with running_centre(broker) as centre:
            with running_agent(folder, log_file=tmp_path / "agent.log") as agent:
                await until(lambda: len(centre.held[P1]) >= 2, 20)
                ballast = fill(small_disk)
                await until(lambda: len({key[0] for key in centre.held[P1]}) == 2, 30)
                during = len(centre.held[P1])
                await until(lambda: len(centre.held[P1]) >= during + 3, 20)
                assert agent.exit_code is None
                ballast.unlink()
                first = min(centre.held[P1], key=lambda key: centre.held[P1][key].measured_at)
                highest = max(seq for outbox, seq in centre.held[P1] if outbox == first[0])
                await until(lambda: (first[0], highest + 2) in centre.held[P1], 20)
            log = agent.log
    uptimes = sorted(
        r.body.host.uptime_s for r in centre.held[P1].values() if isinstance(r.body, HealthBody)
    )
    assert max(b - a for a, b in pairwise(uptimes)) <= 3
    assert "outbox_stores_again" in log


def fill(mount):
    """Fill the file system to the last byte."""
    ballast = mount / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return ballast


async def test_the_line_is_measured_and_trains_run_off_meetings(tmp_path):
    port = free_port()
    with (
        start_mosquitto(tmp_path) as broker,
        running_reflector(tmp_path / "reflector", port=port) as reflector,
        a_line(reflector.host, reflector.port, Shape(rate_bps=2e6)) as line,
    ):
        folder = make_point(tmp_path / "p1", broker)
        target = replace(reflector.target(7), port=line.port)
        cache(folder, "policy", every_second())
        cache(folder, "probes", probes_for(target))
        async with running_centre(broker) as centre:
            with running_agent(folder) as agent:
                link = await until(
                    lambda: next(
                        (
                            r.body.line
                            for r in centre.received[P1]
                            if isinstance(r.body, HealthBody)
                            and r.body.line
                            and r.body.line.jitter_ms is not None
                        ),
                        None,
                    ),
                    20,
                    agent.log,
                )
                train = await until(
                    lambda: next(
                        (
                            r.body
                            for r in centre.received[P1]
                            # One whose answer a busy machine did not get to is sent again later.
                            if isinstance(r.body, BandwidthBody) and r.body.received
                        ),
                        None,
                    ),
                    30,
                    agent.log,
                )
    assert link.received == link.sent
    # The least of many: a busy machine makes some longer, none shorter.
    assert 0 < link.rtt_min_ms <= link.rtt_ms <= link.rtt_max_ms
    assert link.rtt_min_ms < 500
    assert (train.sent, train.received) == (PACKETS, PACKETS)
    assert train.train_bytes <= 30_000
    assert train.available_bps is not None
    # What is sure enough, each way by itself, is there for the room to begin with.
    sure = measured(train, None, now=datetime.now(UTC))
    if sure is None:
        assert not folder.line_file.exists()
    else:
        kept = codec.decode(LineRate, folder.line_file.read_bytes())
        assert (kept.up_bps, kept.down_bps) == (sure.up_bps, sure.down_bps)


def probes_for(target):
    import base64

    return Probes(
        leader_epoch=1, generation=1, issued_at=datetime.now(UTC),
        reflector_host=target.host, reflector_port=target.port, probe_id=target.probe_id,
        key_base64=base64.b64encode(target.key).decode(),
    )  # fmt: skip
