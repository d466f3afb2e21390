"""What is signed for a renewal, and when one is due."""

from datetime import UTC, datetime, timedelta

from contracts.renewal import due_at, signed_bytes


def test_what_is_signed_names_its_purpose_and_the_whole_request():
    assert signed_bytes("abc").hex() == (
        "6469656d6361752d72656e65772d763100"
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    assert signed_bytes("abd") != signed_bytes("abc")


def test_it_is_due_from_two_thirds_of_the_life():
    begins_at = datetime(2026, 1, 1, tzinfo=UTC)
    assert due_at(begins_at, begins_at + timedelta(days=825)) == begins_at + timedelta(days=550)
