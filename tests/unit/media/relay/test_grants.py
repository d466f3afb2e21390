"""By what right somebody is in a meeting: certificates that are named, and who is kept out."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
import pytest

from contracts.desired import Barred
from contracts.ids import PointId
from contracts.participants import ParticipantKind
from media.relay.grants import Grant, is_locked_out, reason_to_leave
from media.sfu.slots import Viewer
from tests.fakes.relay import CHAIR, B, meeting

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
OLD, NEW = "a" * 64, "b" * 64
POINT = Viewer(B)


def test_only_certificates_that_are_named_stand_and_without_a_list_all_do() -> None:
    named = msgspec.structs.replace(meeting(), certificates={B: (NEW[:32],)})
    assert reason_to_leave(Grant(POINT, certificate_sha256=NEW), named) is None
    revoked = "the point's certificate is not accepted any more"
    assert reason_to_leave(Grant(POINT, certificate_sha256=OLD), named) == revoked
    chair = Grant(Viewer(CHAIR), certificate_sha256=NEW)
    assert reason_to_leave(chair, named) == revoked
    assert reason_to_leave(Grant(POINT, certificate_sha256=OLD), meeting()) is None


def test_a_point_that_is_put_out_leaves_and_a_person_of_the_same_name_stays() -> None:
    barred = msgspec.structs.replace(
        meeting(), barred=(Barred(subject=B, participant_kind=ParticipantKind.POINT),)
    )
    assert reason_to_leave(Grant(POINT), barred) == "put out of the meeting"
    person = Grant(Viewer(B, ParticipantKind.PERSON), token_ends_at=NOW)
    assert reason_to_leave(person, barred) is None


@pytest.mark.parametrize("direction", ["play", "publish"])
@pytest.mark.parametrize(("later_s", "leaves"), [(-1, True), (0, True), (1, False)])
def test_a_person_who_was_signed_out_leaves_unless_the_token_is_newer(
    direction: Literal["play", "publish"], later_s: int, leaves: bool
) -> None:
    barred = msgspec.structs.replace(meeting(), barred=(Barred(subject="lan", until=NOW),))
    viewer = Viewer("lan", ParticipantKind.PERSON)
    grant = Grant(viewer, token_ends_at=NOW + timedelta(seconds=later_s))
    assert (reason_to_leave(grant, barred) is not None) is leaves


def test_a_point_that_is_not_invited_any_more_leaves() -> None:
    stranger = Grant(Viewer(PointId("p-x")))
    assert reason_to_leave(stranger, meeting()) == "the point is no longer invited"


@pytest.mark.parametrize("kind", ParticipantKind)
def test_in_a_rehearsal_nobody_stays_but_points(kind: ParticipantKind) -> None:
    echo = msgspec.structs.replace(meeting(), is_echo=True)
    reason = reason_to_leave(Grant(Viewer(B, kind), token_ends_at=NOW, sees_all=True), echo)
    is_point = kind is ParticipantKind.POINT
    assert reason == (None if is_point else "only points take part in a rehearsal")


def test_outside_a_locked_meeting_wait_those_who_are_not_named_and_never_the_chair() -> None:
    locked = msgspec.structs.replace(meeting(), admitted=(B, "person:lan"))
    people = {name: Viewer(name, ParticipantKind.PERSON) for name in ("lan", "hoa")}
    waits = {
        "chair": Grant(Viewer(CHAIR)),
        "let in": Grant(POINT),
        "another point": Grant(Viewer(PointId("p-c"))),
        "recorder": Grant(Viewer("recorder-1", ParticipantKind.RECORDER)),
        "person let in": Grant(people["lan"], token_ends_at=NOW),
        "person": Grant(people["hoa"], token_ends_at=NOW),
        "secretary": Grant(people["hoa"], token_ends_at=NOW, sees_all=True),
    }
    outside = {name for name, grant in waits.items() if is_locked_out(grant, locked)}
    assert outside == {"another point", "person"}
    assert not any(is_locked_out(grant, meeting()) for grant in waits.values())
    assert not any(reason_to_leave(grant, locked) for grant in (waits["person"], waits["chair"]))
