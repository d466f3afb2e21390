"""Who sends sound alone, and what is said of it."""

from datetime import UTC, datetime
from typing import Literal

import pytest

from contracts.floor import FloorState
from contracts.ids import MeetingId
from contracts.participants import ParticipantKind
from contracts.relay import Attendee, MeetingState
from contracts.reports import DeviceState, RoomSection
from controller.meetings.views.seats import only_sound, without_picture
from controller.web.i18n.catalogue import languages

AT = datetime(2026, 11, 24, 1, 25, tzinfo=UTC)
Sent = tuple[Literal["audio", "video"], ...] | None


def attendee(subject: str, sends: Sent, *, is_connected: bool = True) -> Attendee:
    return Attendee(
        subject=subject,
        direction="publish" if sends is not None else "play",
        joined_at=AT,
        is_connected=is_connected,
        participant_kind=ParticipantKind.POINT,
        sends=sends,
    )


def test_only_who_sends_sound_and_nothing_else_is_without_picture() -> None:
    attendees = (
        attendee("xa-a", ("audio",)),
        attendee("xa-a", None),
        attendee("xa-b", ("audio", "video")),
        attendee("xa-c", ()),
        attendee("xa-d", ("audio",), is_connected=False),
        attendee("xa-e", None),
    )
    state = MeetingState(
        meeting_id=MeetingId("m1"), is_forwarding=True, floor=FloorState(epoch=1),
        attendees=attendees,
    )  # fmt: skip
    assert without_picture(state) == {"xa-a"}
    assert without_picture(None) == frozenset()


@pytest.mark.parametrize(
    ("camera", "said"),
    [
        (None, "chỉ có tiếng"),
        (DeviceState(state="open", name="BRIO"), "chỉ có tiếng"),
        (DeviceState(state="missing"), "chỉ có tiếng, camera chưa cắm"),
        (
            DeviceState(state="busy", name="BRIO"),
            "chỉ có tiếng, camera chương trình khác đang dùng: BRIO",
        ),
        (
            DeviceState(state="refused", name="BRIO"),
            "chỉ có tiếng, camera chính sách trình duyệt chưa cho phép: BRIO",
        ),
    ],
)
def test_the_reason_is_said_by_name(camera: DeviceState | None, said: str) -> None:
    assert only_sound(languages()["vi"], RoomSection(camera=camera)) == said
