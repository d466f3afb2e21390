"""Which meetings a list is of."""

import pytest

from controller.meetings.kinds import HeldAs, MeetingKind
from controller.meetings.list_filter import EVERY, ListFilter


@pytest.mark.parametrize(
    ("wanted", "asked", "fits"),
    [
        (EVERY, {}, True),
        (ListFilter(MeetingKind.TRAINING), {"kind": "training"}, True),
        (ListFilter(MeetingKind.BRIEFING), {"kind": "briefing"}, False),
        (ListFilter(held_as=HeldAs.IN_PERSON), {"held_as": "in_person"}, True),
        (ListFilter(held_as=HeldAs.ONLINE), {"held_as": "online"}, False),
        (ListFilter(host_unit_id="xa-b"), {"host": "xa-b"}, True),
        (
            ListFilter(MeetingKind.TRAINING, None, "xa-c"),
            {"kind": "training", "host": "xa-c"},
            False,
        ),
    ],
)
def test_a_filter_is_an_address_and_a_question(wanted, asked, fits):
    assert wanted.asked() == asked
    assert wanted.fits(kind="training", held_as="in_person", host_unit_id="xa-b") is fits
