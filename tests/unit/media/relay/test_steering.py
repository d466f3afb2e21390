"""Who may move the floor at a relay, and whose word the relay takes for the centre's last."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from contracts.desired import Barred, RelayAddress, RelayMeeting
from contracts.floor import FloorState
from contracts.ids import PointId
from contracts.participants import ParticipantKind
from contracts.steering import MovedFloor, word_for
from media.errors import AccessRefused
from media.relay import steering
from media.relay.grants import Grant
from media.relay.relayed_meeting import RelayedMeeting
from media.sfu.slots import Viewer
from tests.fakes.relay import RELAY, B, C, meeting

NOW = datetime(2026, 11, 29, 8, tzinfo=UTC)
LAN = Viewer("lan", ParticipantKind.PERSON)
SECRETARY = Grant(LAN, token_ends_at=NOW + timedelta(minutes=10), sees_all=True)
DOCUMENT = meeting(begins_at=NOW)
HOME = RelayAddress(relay_id=RELAY, url="https://10.0.0.1:8444")


def refused(grant: Grant, document: RelayMeeting, *, is_over: bool = False) -> str:
    """Return the code of the refusal, with a sentence in both languages; empty: there is none."""
    try:
        steering.check_may_steer(grant, document, is_over=is_over)
    except AccessRefused as refusal:
        assert refusal.message_vi
        assert refusal.message_en
        return refusal.code
    return ""


def test_the_secretary_of_a_meeting_may() -> None:
    assert refused(SECRETARY, DOCUMENT) == ""


@pytest.mark.parametrize(
    ("grant", "changes", "is_over", "code"),
    [
        (Grant(LAN), {}, False, "floor_not_allowed"),  # a viewer
        (Grant(Viewer(B), sees_all=True), {}, False, "floor_not_allowed"),  # a point
        (SECRETARY, {"barred": (Barred(subject="lan"),)}, False, "put_out"),
        (SECRETARY, {"barred": (Barred(subject="lan", until=NOW + timedelta(hours=1)),)}, False,
         "put_out"),
        (SECRETARY, {}, True, "meeting_over"),
        (SECRETARY, {"is_echo": True}, False, "meeting_over"),
        (SECRETARY, {"home": HOME}, False, "not_home"),
    ],
)  # fmt: skip
def test_others_may_not(grant: Grant, changes: dict[str, Any], is_over: bool, code: str) -> None:
    document = msgspec.structs.replace(DOCUMENT, **changes)
    assert refused(grant, document, is_over=is_over) == code


def test_who_signed_out_before_the_token_was_given_is_not_kept_out() -> None:
    barred = (Barred(subject="lan", until=NOW + timedelta(minutes=9)),)
    assert refused(SECRETARY, msgspec.structs.replace(DOCUMENT, barred=barred)) == ""


def test_an_older_document_that_comes_late_takes_nothing_back() -> None:
    at_relay = cast("RelayedMeeting", SimpleNamespace(centre_floor=None))
    for epoch, expected in ((3, 3), (2, 3), (4, 4)):
        steering.note_centre(at_relay, FloorState(epoch=epoch))
        assert at_relay.centre_floor == FloorState(epoch=expected)


def test_each_room_is_told_of_itself() -> None:
    floor = FloorState(epoch=6, holders=(B,), muted=(C,))
    moved = MovedFloor(floor=floor, names={B: "Xã Bình Yên"})
    own, muted = word_for(moved, B), word_for(moved, C)
    assert (own.is_holder, own.is_muted, own.speaker, own.speaker_name) == (
        True, False, B, "Xã Bình Yên",
    )  # fmt: skip
    assert (muted.is_holder, muted.is_muted, muted.floor_epoch) == (False, True, 6)


def test_a_person_who_has_the_floor_is_told_by_name_alone() -> None:
    floor = FloorState(epoch=6, holders=("person:lan",))
    word = word_for(MovedFloor(floor=floor, names={"person:lan": "Trần Thị Lan"}), PointId("p-b"))
    assert (word.speaker, word.speaker_name) == (None, "Trần Thị Lan")
