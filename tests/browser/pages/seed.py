"""A province on one afternoon, written through the real models: good, bad and missing things."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Engine
from sqlmodel import select

from contracts import codec
from contracts.floor import FloorMode, FloorState
from contracts.ids import MeetingId, PointId
from contracts.line import LineSection
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState, RelayState
from contracts.reports import (
    BandwidthBody,
    ClockState,
    GatewaySection,
    HealthBody,
    InterfaceFacts,
    InterfaceRate,
    InventoryBody,
    Report,
)
from controller.db.base import SeriesTable
from controller.db.engine import writing
from controller.ingest import problem_rows
from controller.ingest.tables import (
    Bandwidth,
    Figure1H,
    Figure5Min,
    Health1H,
    Health5Min,
    IngestSpan,
    Interface1H,
    Interface5Min,
    LatestReport,
    PresenceInterval,
    StoredReport,
)
from controller.meetings import event_queries, meeting_queries
from controller.meetings.meeting_queries import MeetingFacts
from controller.meetings.meeting_state import MeetingPhase
from controller.meetings.tables import Meeting
from controller.places.tables import Point
from monitoring import histogram
from monitoring.judgement.problem import Thresholds
from tests.bodies import health_body
from tests.browser.pages import (
    seed_carriers,
    seed_causes,
    seed_centre,
    seed_lan,
    seed_lines,
    seed_machine,
)

PLACES = """what,unit_id,parent_id,point_id,name,owner
unit,tinh,,,Tỉnh Lào Cai,people_committee
unit,van-chan,tinh,,Khu vực Văn Chấn,people_committee
unit,mu-cang-chai,tinh,,Khu vực Mù Cang Chải,people_committee
unit,van-yen,tinh,,Khu vực Văn Yên,council
unit,moi,tinh,,Khu vực mới sáp nhập,party
point,tinh,,ubnd-tinh,Văn phòng UBND tỉnh,people_committee
point,tinh,,tinh-uy,Văn phòng Tỉnh ủy,party
point,van-chan,,nghia-tam,Xã Nghĩa Tâm,people_committee
point,van-chan,,gia-hoi,Xã Gia Hội,people_committee
point,van-chan,,cat-thinh,Xã Cát Thịnh,people_committee
point,mu-cang-chai,,pung-luong,Xã Púng Luông,people_committee
point,mu-cang-chai,,lao-chai,Xã Lao Chải,people_committee
point,mu-cang-chai,,che-tao,Xã Chế Tạo,people_committee
point,van-yen,,na-hau,Xã Nà Hẩu,people_committee
point,van-yen,,chau-que,Xã Châu Quế,people_committee
point,van-yen,,phong-du,Xã Phong Dụ Thượng,people_committee
point,moi,,khanh-yen,Phường Trung tâm hành chính Khánh Yên Thượng mở rộng,people_committee
"""

LIVE, TO_COME, PAST = MeetingId("m-live"), MeetingId("m-to-come"), MeetingId("m-past")
DOWN, DEGRADED, NEW = PointId("che-tao"), PointId("lao-chai"), PointId("khanh-yen")
GAPPY = PointId("na-hau")
IN_MEETING = ("ubnd-tinh", "nghia-tam", "gia-hoi", "pung-luong", "na-hau")
MEASURED = (DOWN, DEGRADED, GAPPY, "pung-luong")
_BOOT = "0" * 32
_OUTBOX = "outbox-of-a-test"


@dataclass(frozen=True, slots=True)
class Life:
    """How one point has been lately."""

    point_id: str
    down_for: timedelta | None = None
    loss_ratio: float = 0.0
    rtt_ms: float = 12.0
    is_gappy: bool = False


def seed_state(engine: Engine, now: datetime) -> None:
    """Enrol all points but one, and set meetings: one on, one to come, one past."""
    with writing(engine) as session:
        for point in session.exec(select(Point)).all():
            if point.point_id != NEW:
                point.enrolled_at = now - timedelta(days=40)
                point.certificate_expires_at = now + timedelta(days=1000)
            if point.point_id == DEGRADED:
                point.contract_rate_bps, point.is_metered = 20_000_000, True
            session.add(point)
        seed_centre.seed(session, now)
        seed_carriers.seed(session, now)
    _meeting(engine, LIVE, "Giao ban công tác phòng, chống thiên tai tháng 11", now, -30)
    _meeting(
        engine, TO_COME, "Hội nghị chuyên đề chuyển đổi số cấp xã", now, 90, number="512/GM-UBND"
    )
    _meeting(engine, PAST, "Giao ban tháng 10", now, -60 * 24 * 3)
    with writing(engine) as session:
        _went(session.get_one(Meeting, LIVE), MeetingPhase.LIVE, now - timedelta(minutes=30))
        past = session.get_one(Meeting, PAST)
        _went(past, MeetingPhase.LIVE, past.begins_at)
        past.state, past.ended_at = MeetingPhase.ENDED.value, past.ends_at
        for point_id in IN_MEETING:
            event_queries.record(session, PAST, "joined", now=past.begins_at, point_id=point_id)
        event_queries.record(session, LIVE, "meeting_began", now=now - timedelta(minutes=30))
        for point_id in IN_MEETING:
            at = now - timedelta(minutes=33)
            event_queries.record(session, LIVE, "joined", now=at, point_id=point_id)


def _went(meeting: Meeting, phase: MeetingPhase, at: datetime) -> None:
    meeting.state, meeting.live_at = phase.value, at


def _meeting(
    engine: Engine, meeting_id: MeetingId, title: str, now: datetime, minutes: int, number: str = ""
) -> None:
    begins_at = now + timedelta(minutes=minutes)
    order = (*IN_MEETING, "lao-chai", "che-tao", "cat-thinh")
    facts = MeetingFacts(
        title=title,
        document_number=number,
        chair_point_id=PointId("ubnd-tinh"),
        point_ids=tuple(PointId(one) for one in order),
        begins_at=begins_at,
        ends_at=begins_at + timedelta(minutes=90),
        owner="people_committee",
        relay_id="relay-1",
    )
    with writing(engine) as session:
        meeting_queries.create(
            session,
            meeting_id,
            facts,
            phase=MeetingPhase.SCHEDULED,
            mode=FloorMode.ONE_MIC,
            actor="office",
            now=now - timedelta(days=4),
        )
        event_queries.record(
            session, meeting_id, "meeting_scheduled", now=now - timedelta(days=4), actor="office"
        )


LINES: dict[str, dict[str, Any]] = {
    IN_MEETING[-1]: {"loss_ratio": 0.084, "mos": 3.4, "bitrate_bps": 412_000, "rtt_ms": 96.0},
    IN_MEETING[-2]: {"loss_ratio": 0.0, "mos": 4.4, "stalled_ratio": 0.12},
}


def attendance(now: datetime, floor_epoch: int = 0, mos: float = 4.4) -> RelayState:
    """Return what the relay says of the meeting that is on."""
    return RelayState(
        reported_at=now,
        meetings=(
            MeetingState(
                meeting_id=LIVE,
                is_forwarding=True,
                floor=FloorState(epoch=floor_epoch),
                attendees=tuple(
                    Attendee(
                        subject=point_id,
                        participant_kind=ParticipantKind.POINT,
                        direction="publish",
                        joined_at=now - timedelta(minutes=33),
                        is_connected=True,
                        **LINES.get(point_id, {"loss_ratio": 0.001, "mos": mos, "rtt_ms": 12.0}),
                    )
                    for point_id in IN_MEETING
                ),
            ),
        ),
    )


def seed_series(engine: Engine, now: datetime, point_ids: list[str]) -> None:
    """Write a month of presence and a day of figures for all points but the new one."""
    lives = {
        DOWN: Life(DOWN, down_for=timedelta(hours=1, minutes=26)),
        DEGRADED: Life(DEGRADED, loss_ratio=0.041, rtt_ms=96),
        GAPPY: Life(GAPPY, is_gappy=True, rtt_ms=31),
    }
    with writing(engine) as session:
        session.add(IngestSpan(began_at=now - timedelta(days=60), alive_at=now + timedelta(days=2)))
        session.add_all(seed_carriers.tests(now))
        session.add_all(seed_lines.kept(PAST, IN_MEETING, now - timedelta(days=3)))
        for number, point_id in enumerate(point_ids):
            if point_id == NEW:
                continue
            life = lives.get(PointId(point_id), Life(point_id, rtt_ms=9 + 2 * number))
            session.add_all(_presence(life, now))
            session.add_all(_latest(life, now, number))
            if point_id in MEASURED:
                session.add_all(_day(life, now))
            session.add_all(_trains(life, now, number))
            if life.loss_ratio:
                session.add_all(_lossy_minutes(life, now, number))
    with writing(engine) as session:
        session.add(seed_causes.unsure(DOWN, now - timedelta(hours=1, minutes=26)))
        session.add_all(seed_causes.corrected(GAPPY, now - timedelta(hours=13)))
        problem_rows.judge(session.connection(), wanted=None, now=now, thresholds=Thresholds())


def _presence(life: Life, now: datetime) -> list[PresenceInterval]:
    spans: list[tuple[str, datetime, datetime | None]] = []
    first = now - timedelta(days=29, hours=3)
    blind = now - timedelta(days=4)
    cut = now - timedelta(hours=13)
    spans.append(("up", first, blind))
    spans.append(("unknown", blind, blind + timedelta(hours=2)))
    spans.append(("up", blind + timedelta(hours=2), cut))
    spans.append(("down" if life.is_gappy else "up", cut, cut + timedelta(minutes=50)))
    began = cut + timedelta(minutes=50)
    if life.down_for is not None:
        spans.append(("up", began, now - life.down_for))
        spans.append(("down", now - life.down_for, None))
    else:
        spans.append(("up", began, None))
    return [
        PresenceInterval(
            point_id=life.point_id, state=state, began_at=begin, noticed_at=begin, ended_at=end
        )
        for state, begin, end in spans
    ]


# With the two that the point uses: eight, named as long as Linux allows.
OTHER_PORTS = (
    "enx00e04c680001", "enp101s0f1np1d1", "wwp0s20f0u2i12", "br-0123456789ab",
    "tun-tinh-uy-ql1", "enp2s0.1234",
)  # fmt: skip


def _latest(life: Life, now: datetime, number: int) -> list[LatestReport]:
    at = now - (life.down_for or timedelta(seconds=4))
    health = health_body(
        cpu_ratio=0.11,
        memory_ratio=0.38,
        disk_ratio=0.71,
        uptime_s=5_443_200 + number,
        temperature_c=54.0,
        interfaces=(
            InterfaceRate(name="enp1s0", has_carrier=True, rx_bps=2_140_000, tx_bps=410_000),
            InterfaceRate(name="wlp2s0", has_carrier=False, errors_total=3, drops_total=12_345),
            *(
                InterfaceRate(name=name, has_carrier=True, rx_bps=987_654_321, tx_bps=87_654_321)
                for name in OTHER_PORTS
            ),
        ),
        gateway=GatewaySection(address="192.168.1.1", rtt_ms=0.6),
        link=LineSection(sent=3, received=3, rtt_ms=life.rtt_ms, jitter_ms=2.0),
        media="idle",
    )
    health = replace(
        health, dns=seed_lan.DNS, dhcp=seed_lan.DHCP, segment=seed_lan.SEGMENT,
        open={**health.open, "wifi": seed_lan.WIFI},
    )  # fmt: skip
    health = replace(health, **seed_machine.sections())
    inventory = InventoryBody(
        hostname=f"diemcau-{life.point_id}",
        system="Debian GNU/Linux 12 (bookworm)",
        agent_version="0.1.0",
        processor="Intel N100",
        processor_count=4,
        memory_bytes=8 * 2**30,
        disk_bytes=120 * 2**30,
        interfaces=(
            InterfaceFacts(
                name="enp1s0",
                speed_bps=1_000_000_000,
                duplex="full",
                addresses=("192.168.1.20/24",),
                is_uplink=True,
            ),
            *(
                InterfaceFacts(
                    name=name,
                    speed_bps=10_000_000_000,
                    duplex="full",
                    addresses=(
                        f"fd12:3456:789a:1:2e0:4cff:fe68:{number:04x}/64",
                        f"2402:800:6131:2f00:2e0:4cff:fe68:{number:04x}/64",
                    ),
                )
                for number, name in enumerate(OTHER_PORTS)
            ),
        ),
        **seed_machine.facts(number),
    )
    train = BandwidthBody(
        sent=20, received=20, train_bytes=28_000, available_bps=6_000_000, confidence_ratio=0.9
    )
    return [
        LatestReport(
            point_id=life.point_id,
            kind=kind,
            at=at,
            received_at=at,
            report=codec.encode(_report(body, at)).decode(),
        )
        for kind, body in (("health", health), ("inventory", inventory), ("bandwidth", train))
    ]


def _report(body: HealthBody | InventoryBody | BandwidthBody, at: datetime) -> Report:
    return Report(
        outbox_id=_OUTBOX,
        seq=1,
        measured_at=at,
        boot_id=_BOOT,
        monotonic_ms=1000,
        clock=ClockState(source="ntp", error_ms=8.0),
        body=body,
    )


def _day(life: Life, now: datetime) -> list[SeriesTable]:
    rows: list[SeriesTable] = []
    for table, rates, figures, step in (
        (Health5Min, Interface5Min, Figure5Min, timedelta(minutes=5)),
        (Health1H, Interface1H, Figure1H, timedelta(hours=1)),
    ):
        seconds = int(step.total_seconds())
        start = datetime.fromtimestamp(now.timestamp() // seconds * seconds, now.tzinfo)
        for back in range(int(timedelta(hours=24) / step)):
            at = start - back * step
            if _is_missing(life, now, at, step):
                continue
            rows.append(table(**_bucket(life, at, step)))
            load = 0.4 + 0.3 * math.sin(at.timestamp() / 4000)
            rows.append(
                figures(
                    point_id=life.point_id,
                    begins_at=at,
                    name="load_1min_count",
                    samples=5,
                    total=5 * load,
                    lowest=load / 2,
                    highest=2 * load,
                )
            )
            wave = 1 + 0.5 * math.sin(at.timestamp() / 3000)
            rows.append(
                rates(
                    point_id=life.point_id,
                    begins_at=at,
                    name="enp1s0",
                    samples=30,
                    rx_samples=30,
                    rx_sum_bps=int(30 * 1_800_000 * wave),
                    tx_samples=30,
                    tx_sum_bps=int(30 * 350_000 * wave),
                )
            )
    return rows


def _lossy_minutes(life: Life, now: datetime, number: int) -> list[StoredReport]:
    """Return the reports of the last minutes, by which a line is judged as it is now."""
    every = round(1 / (3 * life.loss_ratio))
    return [
        StoredReport(
            outbox_key=1000 + number,
            seq=seq,
            point_id=life.point_id,
            kind="health",
            at=now - seq * timedelta(seconds=10),
            measured_at=now - seq * timedelta(seconds=10),
            received_at=now - seq * timedelta(seconds=10),
            boot_key=1,
            monotonic_ms=10_000 * (100 - seq),
            clock_source="ntp",
            probes_sent=3,
            probes_received=2 if seq % every == 1 else 3,
            rtt_ms=life.rtt_ms,
            jitter_ms=2.0,
        )
        for seq in range(1, 60)
    ]


def _is_missing(life: Life, now: datetime, at: datetime, step: timedelta) -> bool:
    if life.down_for is not None and at + step > now - life.down_for:
        return True
    age = now - at
    is_cut = timedelta(hours=12, minutes=10) < age < timedelta(hours=13)
    is_unsent = timedelta(hours=5) < age < timedelta(hours=6, minutes=30)
    return life.is_gappy and (is_cut or is_unsent)


def _bucket(life: Life, at: datetime, step: timedelta) -> dict[str, Any]:
    samples = int(step / timedelta(seconds=10))
    wave = 1 + 0.2 * math.sin(at.timestamp() / 2500)
    rtt_ms = life.rtt_ms * wave
    sent = 3 * samples
    return {
        "point_id": life.point_id,
        "begins_at": at,
        "samples": samples,
        "probes_sent": sent,
        "probes_received": round(sent * (1 - life.loss_ratio)),
        "rtt_samples": samples,
        "rtt_sum_ms": rtt_ms * samples,
        "rtt_min_ms": rtt_ms * 0.8,
        "rtt_max_ms": rtt_ms * 1.6,
        "rtt_histogram": _spread(rtt_ms, round(sent * (1 - life.loss_ratio))),
        "jitter_samples": samples,
        "jitter_sum_ms": 2.5 * samples,
        "gateway_asked": samples,
        "gateway_answered": samples,
        "gateway_rtt_sum_ms": 0.6 * wave * samples,
        "cpu_samples": samples,
        "cpu_ratio_sum": 0.12 * wave**3 * samples,
        "cpu_ratio_max": min(1.0, 0.3 * wave**4),
        "memory_ratio_max": 0.38 * wave,
        "disk_ratio_max": 0.71,
        "temperature_max_c": 54.0 * wave,
    }


def _spread(rtt_ms: float, count: int) -> str:
    """Return the histogram of round trips about a mean, from four fifths to eight fifths of it."""
    found: dict[int, int] = {}
    for place in range(count):
        share = ((place + 0.5) / count) ** 2
        histogram.add(found, {histogram.bin_of(rtt_ms * (0.8 + 0.8 * share)): 1})
    return histogram.encoded(found)


def _trains(life: Life, now: datetime, number: int) -> list[Bandwidth]:
    return [
        Bandwidth(
            outbox_key=1000 + number,
            seq=seq + 1,
            point_id=life.point_id,
            at=now - timedelta(minutes=100 * seq + 3),
            sent=20,
            received=20,
            train_bytes=28_000,
            available_bps=6_000_000 + 300_000 * (seq % 4),
            confidence_ratio=0.9,
        )
        for seq in range(8)
    ]
