"""What the audit log is about is told by names, not by ids."""

from datetime import UTC, datetime

from controller.audit import subjects
from controller.audit.service import Action
from controller.audit.subjects import SubjectNames, SubjectPart
from controller.meetings.service import Meeting
from controller.web.i18n.catalogue import languages

BEGINS_AT = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
NAMES = SubjectNames(
    {"pt-thu-cuc": "Xã Thu Cúc"},
    {
        "m1": Meeting(
            meeting_id="m1",
            title="Giao ban",
            begins_at=BEGINS_AT,
            ends_at=BEGINS_AT,
            chair_point_id="pt-thu-cuc",
            owner="people_committee",
            state="ended",
            relay_id="relay-1",
            created_by="lan",
            created_at=BEGINS_AT,
        )
    },
    {"h-tan-son": "Huyện Tân Sơn"},
)


def parts(action: Action, subject: str, detail: str = "") -> tuple[SubjectPart, ...]:
    return subjects.parts(languages()["vi"], action.value, subject, detail, NAMES)


def test_a_unit_is_named_and_one_that_is_gone_is_shown_as_it_was_called() -> None:
    assert parts(Action.ADD_UNIT, "h-tan-son") == (SubjectPart("Huyện Tân Sơn", "/points"),)
    assert parts(Action.ADD_UNIT, "h-cu") == (SubjectPart("h-cu"),)


def test_points_and_meetings_are_named_and_lead_to_their_pages() -> None:
    assert parts(Action.REVOKE, "pt-thu-cuc") == (SubjectPart("Xã Thu Cúc", "/points/pt-thu-cuc"),)
    assert parts(Action.MOVE_FLOOR, "m1 pt-thu-cuc", "grant") == (
        SubjectPart("Giao ban, 08:30 26/11/2026", "/meetings/m1"),
        SubjectPart("Xã Thu Cúc", "/points/pt-thu-cuc"),
        SubjectPart("mời phát biểu"),
    )


def test_what_nothing_is_called_any_more_is_shown_as_written() -> None:
    assert parts(Action.ENROL, "pt-gone") == (SubjectPart("pt-gone"),)
    assert parts(Action.END_MEETING, "m2") == (SubjectPart("m2", "/meetings/m2"),)
    assert parts(Action.SIGN_IN, "") == ()
    assert parts(Action.IMPORT_PLACES, "các xã.csv", "+1 units, +2 points") == (
        SubjectPart("các xã.csv"),
        SubjectPart("+1 units, +2 points"),
    )


def test_a_person_called_like_a_point_stays_a_person() -> None:
    assert parts(Action.DISABLE_PERSON, "pt-thu-cuc") == (SubjectPart("pt-thu-cuc"),)
