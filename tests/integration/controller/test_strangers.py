"""A centre restored from a backup older than an enrolment says whose machine it shut out."""

import asyncio
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from sqlmodel import delete

from contracts import codec, topics
from contracts.ids import MeetingId, PointId, RelayId
from contracts.participants import ParticipantKind
from contracts.relay import RelayEvent
from controller.clock import WatchedClock
from controller.db.engine import reading, writing
from controller.dispatch.changes import Changes
from controller.enrolment.strangers import Refusal, strangers
from controller.enrolment.tables import PointCertificate
from controller.meetings import event_queries
from controller.meetings import service as meetings
from controller.meetings.attendance import Attendance
from controller.meetings.event_queries import MAX_REFUSALS
from controller.meetings.relay_events import RelayEvents
from controller.places import service as places
from controller.roles import Role
from runtime import x509_door
from runtime.bus import Received
from tests.integration.controller.centre import Centre, meeting_body
from tests.integration.controller.test_renewal import DUE, ask, enrolled
from tests.waiting import until

B, RELAY = PointId("p-b"), RelayId("relay-1")


def digest_of(pem: str) -> str:
    return x509_door.certificate_from_pem(pem).fingerprint(SHA256()).hex()[:32]


def forget(centre: Centre) -> None:
    """Be as a backup from before the enrolment is."""
    with writing(centre.web.state) as session:
        session.exec(delete(PointCertificate))
        places.clear_certificate(session, B)


def refusal(meeting_id: str, digest: str, seq: int = 1) -> RelayEvent:
    return RelayEvent(
        started_at=datetime.now(UTC),
        seq=seq,
        happened_at=datetime.now(UTC),
        meeting_id=MeetingId(meeting_id),
        kind="refused",
        subject=B,
        participant_kind=ParticipantKind.POINT,
        direction="publish",
        detail=digest,
    )


def refused(centre: Centre) -> list[Refusal]:
    now = centre.web.now()
    with reading(centre.web.state) as session:
        return meetings.refused_certificates(session, now, since=now - timedelta(days=1))


def found(centre: Centre) -> set[str]:
    with reading(centre.web.state) as session:
        points = places.points(session, at=centre.web.now())
        return strangers(session, points, refused(centre), ())


async def make_meeting(centre: Centre) -> str:
    office = await centre.sign_in(Role.OFFICE)
    made = await office.post("/api/v1/meetings", meeting_body(centre.time))
    return str(made.json()["meeting_id"])


async def test_what_a_relay_refuses_is_told_and_counted_until_the_point_enrols_anew(
    centre: Centre,
) -> None:
    _, pem = await enrolled(centre)
    meeting_id, digest, web = await make_meeting(centre), digest_of(pem), centre.web
    events = RelayEvents(
        web.state,
        frozenset((RELAY,)),
        attendance=web.part(Attendance),
        changes=web.part(Changes),
        hub=web.hub,
        metrics=web.metrics,
        clock=web.part(WatchedClock),
    )
    writer = asyncio.create_task(events.run(), name="events")
    topic = topics.relay_event(RELAY).name

    async def hear(event: RelayEvent) -> None:
        await events.handle(Received(topic, codec.encode(event), is_retained=False))

    def counted() -> float | None:
        return web.metrics.registry.get_sample_value("diemcau_unknown_certificates_total")

    await hear(refusal(meeting_id, digest))  # known: revoked, or its document is on its way
    await until(lambda: refused(centre), what="the refusal is kept")
    forget(centre)
    await hear(refusal(meeting_id, digest, seq=2))
    await until(lambda: counted() == 1, what="it is counted once")
    assert found(centre) == {B}
    writer.cancel()
    await enrolled(centre)
    assert found(centre) == set()


async def test_reports_of_a_point_that_was_never_given_a_certificate_tell_too(
    centre: Centre,
) -> None:
    await enrolled(centre)
    forget(centre)
    with reading(centre.web.state) as session:
        points = places.points(session, at=centre.web.now())
        assert strangers(session, points, (), [B]) == {B}
        assert strangers(session, points, [Refusal("nobody", "0" * 32, datetime.now(UTC))], ()) == (
            set()
        )


async def test_no_more_refusals_are_looked_through_than_are_needed(centre: Centre) -> None:
    meeting_id, now = await make_meeting(centre), centre.web.now()
    with writing(centre.web.state) as session:
        for seq in range(1, MAX_REFUSALS + 10):
            event = refusal(meeting_id, "0" * 32, seq)
            event_queries.record_from_relay(session, RELAY, event, now=now)
    assert len(refused(centre)) == MAX_REFUSALS


async def test_a_renewal_over_an_unknown_certificate_is_called_that(centre: Centre) -> None:
    key, pem = await enrolled(centre)
    forget(centre)
    centre.time.offset = DUE
    answer = await ask(centre, key, pem)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "certificate_unknown")
