"""A point whose line is cut: it notices, it comes back, and every sample arrives."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from contracts import codec
from contracts.desired import Policy
from contracts.ids import PointId
from contracts.reports import HealthBody
from tests.fakes.centre import running_centre
from tests.fakes.mosquitto import start_mosquitto
from tests.fakes.namespace import a_machine
from tests.fakes.point import make_point, running_agent
from tests.waiting import until

pytestmark = pytest.mark.namespace

P1 = PointId("p1")


async def test_every_sample_of_a_cut_arrives_afterwards_with_its_own_time(tmp_path):
    with a_machine() as machine, start_mosquitto(tmp_path, host=machine.host) as broker:
        folder = make_point(tmp_path / "p1", broker)
        folder.desired_dir.mkdir()
        policy = Policy(
            leader_epoch=1, generation=1, issued_at=datetime.now(UTC), sampling_interval_s=1
        )
        (folder.desired_dir / "policy.json").write_bytes(codec.encode(policy))
        async with running_centre(broker) as centre:
            with running_agent(folder, prefix=machine.prefix) as agent:
                await until(lambda: len(centre.held[P1]) >= 3, 20)
                machine.cut()
                before = max(seq for _, seq in centre.held[P1])
                await until(lambda: "bus_disconnected" in agent.log, 40, agent.log)
                machine.mend()
                # A connection attempt that is under way has 5 s, the wait after it 5 s more.
                await until(lambda: max(seq for _, seq in centre.held[P1]) > before + 10, 20)
                await until(lambda: whole(centre), 20, agent.log)
        healths = [r for r in centre.held[P1].values() if isinstance(r.body, HealthBody)]
    instants = sorted(report.measured_at for report in healths)
    gaps = [(b - a).total_seconds() for a, b in pairwise(instants)]
    assert max(gaps) < 4.5
    # While nothing answers the gateway's echo, a sample takes two seconds more.
    during = [r for r in healths if r.seq > before and not r.body.interfaces.rates[0].has_carrier]
    assert len(during) >= 5


def whole(centre):
    seqs = sorted(seq for _, seq in centre.held[P1])
    return seqs == list(range(1, len(seqs) + 1))
