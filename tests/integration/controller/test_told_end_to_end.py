"""The real web process tells a mail server of a cut, once, in a minute, and its end; syslog too."""

import re
import socket
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from contracts.ids import PointId
from controller.db.engine import open_engine, reading, writing
from controller.enrolment import pki
from controller.incidents import incident_queries
from controller.incidents.channel_entered import ChannelEntered
from controller.incidents.channels import AlertChannels
from controller.incidents.tables import AlertMessage
from controller.ingest import problem_rows
from monitoring.judgement.incident_times import moved
from monitoring.judgement.presence import PointCameUp, PointWentDown, PresenceChanged
from monitoring.judgement.problem import Thresholds
from tests.fakes.ingest_pulse import listening
from tests.fakes.receivers import mailbox
from tests.integration.controller.centre import Installation, web_process
from tests.waiting import until

pytestmark = pytest.mark.timeout(500)
NAMES = ("p-chair", "p-b", "p-c")
CALM = timedelta(minutes=2)
"""So long all has to be well before it counts as over (monitoring/judgement/incidents.py)."""


def says(series: Engine, kind: type[PresenceChanged], *names: str, ago_s: float = 0) -> None:
    """Write what ingest writes when it has judged presence."""
    now = datetime.now(UTC)
    changes = [kind(PointId(one), now - timedelta(seconds=ago_s), now) for one in names]
    with writing(series) as session:
        problem_rows.change_presence(
            session.connection(), changes=changes, now=now, thresholds=Thresholds()
        )


def states(state: Engine) -> list[str]:
    with reading(state) as session:
        return list(session.exec(select(AlertMessage.state)))


def is_calm(state: Engine) -> bool:
    """Return whether it is written that all points are well again."""
    with reading(state) as session:
        hits = [hit for one in incident_queries.open_incidents(session) for hit in one.hits]
    return bool(hits) and all(hit.calm_since is not None for hit in hits)


def let_pass(state: Engine, time: timedelta) -> None:
    """Leave what is known of incidents as if so much more time had passed since."""
    with writing(state) as session:
        for one in incident_queries.open_incidents(session):
            incident_queries.write(session, moved(one, -time))


def logged(log: socket.socket) -> list[str]:
    """Return of what a syslog server by UDP was told, each once; ends it."""
    with log:
        log.setblocking(False)
        found = [log.recv(65536).decode() for _ in range(2)]
    return [one[1] for one in (re.search(r' event="(\w+)"', text) for text in found) if one]


async def test_a_cut_is_one_letter_though_the_process_is_killed_meanwhile(
    installation: Installation,
) -> None:
    settings = installation.settings
    state = open_engine(settings.state_database_url, durability="FULL")
    series = open_engine(settings.series_database_url)
    log = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    log.bind(("127.0.0.1", 0))
    async with mailbox() as box, web_process(installation) as process:
        master = pki.load_probe_key(settings.pki_dir)
        channels = AlertChannels(state, master, lambda: datetime.now(UTC))
        channels.add(
            ChannelEntered(kind="syslog", name="SIEM", log_host="127.0.0.1", transport="udp",
                           log_port=str(log.getsockname()[1])),
            actor="admin",
        )  # fmt: skip
        channels.add(
            ChannelEntered(name="Trực", host="127.0.0.1", port=str(box.port), security="none",
                           sender="canh-bao@tinh.vn", recipients="truc@tinh.vn"),
            actor="admin",
        )  # fmt: skip
        says(series, PointCameUp, *NAMES, ago_s=300)
        async with listening(series):
            says(series, PointWentDown, *NAMES, ago_s=25)
            began_at = datetime.now(UTC) - timedelta(seconds=25)
            await until(lambda: box.letters, timeout_s=200, what="a letter has come")
            told_s = (datetime.now(UTC) - began_at).total_seconds()
            # Killed before it can write that one is sent, it sends the same once more.
            await until(lambda: states(state) == ["sent"] * 2, timeout_s=60, what="it is written")
            await process.kill()
            await process.start()
            says(series, PointCameUp, *NAMES)
            await until(lambda: is_calm(state), timeout_s=60, what="they are well again")
            assert len(box.letters) == 1, "not over before a calm"
            await process.kill()
            let_pass(state, CALM)  # nobody has to wait for it but the rule
            await process.start()
            await until(lambda: len(box.letters) > 1, timeout_s=60, what="it is over")
            await until(lambda: states(state) == ["sent"] * 4, timeout_s=60, what="all is sent")
    assert logged(log) == ["told", "recovered"]
    assert [one.partition(": ")[2][:8] for one in box.subjects] == ["Mất liên", "Đã hết: "]
    assert "3 điểm cầu cùng lúc" in box.subjects[0]
    assert "https://127.0.0.1:" in box.letters[0].get_content()
    print(f"told after {told_s:.0f} s")  # noqa: T201 - the figure, where it is asked for
    state.dispose()
    series.dispose()
