"""Incidents in a syslog server: a real rsyslog by UDP, TCP and TLS, and servers that hang."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlmodel import col, select

from controller.db.engine import reading, writing
from controller.incidents import courier, syslog
from controller.incidents.channel_entered import ChannelEntered, ChannelPlace
from controller.incidents.channels import AlertChannels
from controller.incidents.logbook import LATELY, Logbook
from controller.incidents.parcel import Delivery, Parcel
from controller.incidents.service import Incidents
from controller.incidents.tables import AlertMessage, IncidentPoint, IncidentRow
from controller.incidents.telling import why_nobody
from controller.people.accounts import Accounts
from controller.roles import Role
from tests.fakes.rsyslog import HAS_TLS, IS_HERE, rsyslog
from tests.integration.controller.centre import PASSWORD, Centre, Installation
from tests.integration.controller.test_alerts import LINK, mail_to, sending
from tests.waiting import until

# Each delivery is a process of its own, which takes its time where the machine is busy.
pytestmark = pytest.mark.timeout(500)
needs_rsyslog = pytest.mark.skipif(not IS_HERE, reason="not checked: no rsyslog")
SAID_AT = datetime(2026, 11, 27, 7, 5, 0, 123456, UTC)
EVIL = 'Xã Phú\nHộ\r\n<0>1 - evil\u202e\x1b[2J \u2028]"\\ hết'


def parcel(port: int, by: str, **changed: object) -> Parcel:
    place = ChannelPlace(host="127.0.0.1", port=port, security=by)
    told = Parcel("syslog", place, "", "Tiêu đề", EVIL, "alert-12-2026", "told", 7, "high",
                  "https://hop.tinh.vn:8443/incidents/7", "", SAID_AT)  # fmt: skip
    return msgspec.structs.replace(told, **changed)


def certificate(installation: Installation) -> tuple[Path, Path]:
    folder = installation.settings.pki_dir
    return folder / "server.crt", folder / "server.key"


@needs_rsyslog
@pytest.mark.parametrize("by", ["udp", "tcp", "tls"])
async def test_rsyslog_reads_each_part_and_no_text_ends_a_message(
    by: str, installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by == "tls" and not HAS_TLS:
        pytest.skip("not checked: rsyslog without TLS")
    monkeypatch.setenv("SSL_CERT_FILE", str(installation.settings.pki_dir / "ca.crt"))
    async with rsyslog(tmp_path, certificate(installation)) as server:
        port = server.tls_port if by == "tls" else server.port
        assert await courier.deliver(parcel(port, by), limit_s=200) == Delivery("sent")
        assert syslog.send(parcel(port, by, event="recovered", text="Đã hết")) == Delivery("sent")
        await until(lambda: len(server.lines) == 2, timeout_s=30, what="both are there")
        first, second = server.lines
    assert first == {
        "pri": str(16 * 8 + 2), "protocol-version": "1", "time": "2026-11-27T07:05:00.123Z",
        "hostname": "hop.tinh.vn", "app-name": "diemcau", "procid": "-", "msgid": "told",
        "structured-data": '[diemcau@32473 id="alert-12-2026" incident="7" event="told" '
        'priority="high" link="https://hop.tinh.vn:8443/incidents/7"]',
        "msg": '\ufeffXã Phú Hộ  <0>1 - evil  [2J  ]"\\ hết',
    }  # fmt: skip
    assert (second["pri"], second["msg"]) == (str(16 * 8 + 5), "\ufeffĐã hết")


@needs_rsyslog
async def test_a_certificate_that_nobody_vouches_for_is_refused(
    installation: Installation, tmp_path: Path
) -> None:
    if not HAS_TLS:
        pytest.skip("not checked: rsyslog without TLS")
    async with rsyslog(tmp_path, certificate(installation)) as server:
        assert syslog.send(parcel(server.tls_port, "tls")).fate == "tls"
        assert server.lines == []


@contextmanager
def silent() -> Iterator[int]:
    """Give the port of a server that takes connections, and neither reads nor closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_what_goes_wrong_is_told_and_never_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syslog, "TIMEOUT_S", 0.3)
    with silent() as port:
        assert syslog.send(parcel(port, "tcp")) == Delivery("slow")
        assert syslog.send(parcel(port, "tls")) == Delivery("slow")
    for by in ("tcp", "tls", "udp"):
        assert syslog.send(parcel(1, by)) == Delivery("unreachable")


def test_values_cannot_leave_their_place() -> None:
    line = syslog.line_of(parcel(1, "udp", priority='a"] [x@1 y="\n', event="told")).decode()
    assert 'priority="a\\"\\] [x@1 y=\\" "' in line
    assert "\n" not in line and "\x1b" not in line


def happen(centre: Centre) -> int:
    """Write an incident as the watch does; return its number."""
    now = centre.web.now()
    with writing(centre.web.state) as session:
        row = IncidentRow(key="down", reach="point", told_reach="point", began_at=now,
                          opened_at=now, joined_at=now, told_at=now)  # fmt: skip
        session.add(row)
        session.flush()
        number = row.number or 0
        session.add(IncidentPoint(number=number, point_id="p-b", began_at=now))
    return number


def log_to(port: int, by: str = "tcp") -> ChannelEntered:
    return ChannelEntered(kind="syslog", name="SIEM", log_host="127.0.0.1", log_port=str(port),
                          transport=by)  # fmt: skip


def told(centre: Centre) -> list[tuple[str, str]]:
    with reading(centre.web.state) as session:
        rows = session.exec(select(AlertMessage).order_by(col(AlertMessage.message_id))).all()
    return [(one.what, one.text) for one in rows]


def logbook(centre: Centre) -> Logbook:
    web = centre.web
    return Logbook(web.state, web.series, web.hub, web.now, LINK)


def ends(centre: Centre, number: int, ending: str, into: int | None = None) -> None:
    with writing(centre.web.state) as session:
        row = session.get(IncidentRow, number)
        assert row is not None
        row.over_at, row.ending, row.merged_into = centre.web.now(), ending, into
        session.add(row)


async def test_told_taken_and_over_are_each_written_once_by_whatever_way(centre: Centre) -> None:
    channels, book = centre.web.part(AlertChannels), logbook(centre)
    before = happen(centre)
    channels.add(log_to(1), actor="admin")
    with reading(centre.web.state) as session:
        assert why_nobody(session) == "nobody", "a record is nobody who was told"
    centre.time.offset += timedelta(seconds=1)
    number = happen(centre)
    assert book.look() == [number] and book.look() == []
    centre.web.part(Incidents).acknowledge(number, actor="truc.ban")
    centre.web.part(Incidents).acknowledge(before, actor="truc.ban")
    assert book.look() == [number]
    ends(centre, number, "recovered")
    assert book.look() == [number] and book.look() == []
    said = told(centre)
    assert [what for what, _ in said] == ["told", "taken", "recovered"]
    assert said[0][1].startswith("Mất liên lạc với Xã B.")
    assert said[1][1].startswith("truc.ban đã nhận xử lý: Mất liên lạc với Xã B.")
    assert said[2][1].startswith("Đã hết: Mất liên lạc với Xã B.")


def test_who_took_it_is_called_by_name_beside_what_they_sign_in_with(
    sqlite_centre: Centre,
) -> None:
    web, book = sqlite_centre.web, logbook(sqlite_centre)
    web.part(Accounts).add("zq.lan.84", "Trần Thị <Lan>", Role.OFFICE, PASSWORD)
    web.part(AlertChannels).add(log_to(1), actor="admin")
    named, by_answer = happen(sqlite_centre), happen(sqlite_centre)
    web.part(Incidents).acknowledge(named, actor="zq.lan.84")
    web.part(Incidents).acknowledge(by_answer, actor="An · Trực mạng")
    book.look()
    said = [text.partition(" đã nhận")[0] for what, text in told(sqlite_centre) if what == "taken"]
    assert said == ["Trần Thị Lan · zq.lan.84", "An · Trực mạng"]


async def test_what_ends_otherwise_is_told_too_and_what_is_long_over_is_not(
    sqlite_centre: Centre,
) -> None:
    centre, book = sqlite_centre, logbook(sqlite_centre)
    centre.web.part(AlertChannels).add(log_to(1), actor="admin")
    part, left, old = (happen(centre) for _ in range(3))
    book.look()
    ends(centre, part, "merged", into=left)
    ends(centre, left, "excluded")
    book.look()
    assert [what for what, _ in told(centre)] == ["told"] * 3 + ["merged", "excluded"]
    assert told(centre)[3][1].startswith(f"Thuộc sự cố {left}: Mất liên lạc với Xã B.")
    assert told(centre)[4][1].startswith("Không báo nữa: Mất liên lạc với Xã B.")
    ends(centre, old, "recovered")
    centre.time.offset += LATELY + timedelta(seconds=5)
    assert book.look() == []


async def test_one_that_hangs_holds_up_no_other(sqlite_centre: Centre) -> None:
    centre, taken = sqlite_centre, []
    channels = centre.web.part(AlertChannels)

    def take(server: socket.socket) -> None:
        one, _ = server.accept()
        with one:
            while piece := one.recv(65536):
                taken.append(piece)

    with silent() as bad, socket.create_server(("127.0.0.1", 0)) as good:
        thread = threading.Thread(target=take, args=(good,), daemon=True)
        thread.start()
        channels.add(replace(log_to(bad), name="Treo"), actor="admin")
        channels.add(log_to(good.getsockname()[1]), actor="admin")
        happen(centre)
        logbook(centre).look()

        def has_it() -> bool:
            with reading(centre.web.state) as session:
                rows = session.exec(select(AlertMessage)).all()
            return {one.channel_name for one in rows if one.state == "sent"} == {"SIEM"}

        async with sending(centre):
            await until(has_it, timeout_s=200, what="the other has it")
        await asyncio.to_thread(thread.join, 20)
    line = b"".join(taken).decode()
    length, _, rest = line.partition(" ")
    assert int(length) == len(rest.encode()) and rest.startswith("<131>1 ")


async def test_a_record_is_no_rung_and_no_channel_of_a_person(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    admin = await centre.sign_in(Role.ADMIN)
    channels = centre.web.part(AlertChannels)
    channels.add(log_to(601), actor="admin")
    channels.add(mail_to(25, "Thư trực"), actor="admin")
    page = (await admin.get("/incidents/channels")).text
    assert "127.0.0.1:601 · TCP" in page and "Syslog" in page
    for path in ("/incidents/duty/people/new", "/incidents/duty/ladder"):
        shown = (await admin.get(path)).text
        assert "Thư trực" in shown and "SIEM" not in shown, path
