"""Who is told what."""

from controller.meetings.invited.invitees import (
    Invitee,
    LetterKind,
    Reached,
    ToTell,
    at_most,
    invitees,
    is_a_change,
    to_tell,
)


def test_an_address_is_one_person_however_it_is_written_and_of_every_point() -> None:
    reached = [
        Reached("Hoa@xa.vn", "Hoa", "Xã B"),
        Reached("ba@xa.vn", "Ba", "Xã B"),
        Reached("hoa@XA.vn", "Nguyễn Hoa", "Xã C"),
        Reached("Hoa@xa.vn", "Hoa", "Xã B"),
    ]
    assert invitees(reached) == [
        Invitee("Hoa@xa.vn", "Hoa", ("Xã B", "Xã C")),
        Invitee("ba@xa.vn", "Ba", ("Xã B",)),
    ]


def test_each_is_told_what_they_do_not_know_and_nobody_twice() -> None:
    told = {"same": "1", "changed": "1", "gone": "1", "gone-before": "", "back": ""}
    wanted = {"same": "1", "changed": "2", "new": "2", "back": "2"}
    letters = to_tell(wanted, told)
    assert letters == [
        ToTell(LetterKind.UPDATE, "changed", "2"),
        ToTell(LetterKind.REQUEST, "new", "2"),
        ToTell(LetterKind.REQUEST, "back", "2"),
        ToTell(LetterKind.CANCEL, "gone", ""),
    ]
    after = told | wanted | {"gone": ""}
    assert to_tell(wanted, after) == []


def test_the_sequence_grows_unless_somebody_is_only_new() -> None:
    def grows(kind: LetterKind, told: dict[str, str]) -> bool:
        return is_a_change([ToTell(kind, "a", "1")], told)

    assert not grows(LetterKind.REQUEST, {})
    assert grows(LetterKind.REQUEST, {"a": ""})
    assert grows(LetterKind.UPDATE, {"a": "0"})
    assert grows(LetterKind.CANCEL, {"a": "0"})
    assert not is_a_change([], {"a": "0"})


def test_of_too_many_those_who_are_invited_stay_and_nobody_of_them_is_told_otherwise() -> None:
    people = [Invitee(f"{name}@xa.vn", name, ("Xã B",)) for name in ("A", "B", "C", "D")]
    told = {"c@xa.vn": "1", "d@xa.vn": "1", "b@xa.vn": ""}
    assert [one.name for one in at_most(people, told, count=3)] == ["A", "C", "D"]
    assert at_most(people, told, count=4) == people
