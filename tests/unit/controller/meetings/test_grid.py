"""The grid's tiles: points in protocol order, then whoever takes part by a browser."""

from datetime import UTC, datetime

from contracts.floor import FloorState
from contracts.ids import MeetingId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState
from controller.meetings.views.grid import tiles
from controller.meetings.views.seats import MeetingRoster
from controller.web.i18n.catalogue import languages

AT = datetime(2026, 11, 24, 1, 25, tzinfo=UTC)
LAN, HA = "person:lan", "person:ha"


def attendee(subject: str, *, sends: tuple[str, ...] | None, loss_ratio: float = 0) -> Attendee:
    return Attendee(
        subject=subject,
        direction="play" if sends is None else "publish",
        joined_at=AT,
        is_connected=True,
        participant_kind=ParticipantKind.PERSON,
        sends=sends,  # type: ignore[arg-type]
        loss_ratio=loss_ratio,
    )


def roster(*attendees: Attendee, can_act: bool = True) -> MeetingRoster:
    floor = FloorState(epoch=1, holders=(LAN,), muted=(HA,))
    state = MeetingState(
        meeting_id=MeetingId("m1"), is_forwarding=True, floor=floor, attendees=attendees
    )
    return MeetingRoster(
        chair_id="tinh",
        points=(),
        floor=floor,
        attendance=state,
        point_states={},
        spoken={},
        is_live=True,
        is_open=True,
        can_act=can_act,
    )


def test_people_who_take_part_have_tiles_and_those_who_watch_have_none() -> None:
    words = languages()["vi"]
    seen = roster(
        attendee("lan", sends=("audio", "video")),
        attendee("ha", sends=("audio",), loss_ratio=0.2),
        attendee("khach", sends=None),
    )
    ha, lan = tiles(words, seen, {LAN: "Trần Thị Lan", HA: "Lê Thu Hà"})
    assert (lan.point_id, lan.name, lan.is_speaker, lan.badges) == (LAN, "Trần Thị Lan", True, ())
    assert (ha.point_id, ha.is_present, ha.is_speaker) == (HA, True, False)
    assert [one.icon for one in ha.badges] == ["muted", "unknown", "degraded"]
    assert tiles(words, roster(can_act=False), {}) == ()
