"""What became different of what is kept."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from contracts import codec
from controller.meetings.after.kept import (
    Changed,
    KeptGap,
    KeptParticipant,
    KeptRecord,
    KeptSpan,
    KeptSpeech,
    MachineSeen,
    differences,
)
from controller.meetings.after.rules import Leaving

T0 = datetime(2026, 11, 28, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
GAP = KeptGap(began_at=T0 + MINUTE, ended_at=T0 + 3 * MINUTE, leaving=Leaving.CUT)
SPANS = (
    KeptSpan(began_at=T0, ended_at=T0 + MINUTE),
    KeptSpan(began_at=T0 + 3 * MINUTE, ended_at=T0 + 9 * MINUTE),
)
ONE = KeptParticipant(subject="p-b", name="Xã B", spans=SPANS, gaps=(GAP,))
RECORD = KeptRecord(held_from=T0, held_until=T0 + 9 * MINUTE, is_heard=True, participants=(ONE,))


def test_it_is_read_as_it_was_written() -> None:
    assert codec.decode(KeptRecord, codec.encode(RECORD)) == RECORD
    assert (ONE.length, ONE.gone, RECORD.came) == (7 * MINUTE, 2 * MINUTE, 1)


def test_each_thing_that_is_different_is_named_once() -> None:
    assert list(differences(RECORD, RECORD)) == []
    known = replace(ONE, gaps=(replace(GAP, cause="line", known=MachineSeen.OUT),))
    assert list(differences(RECORD, replace(RECORD, participants=(known,)))) == [
        (Changed.CAUSES, "p-b")
    ]
    longer = replace(ONE, spans=SPANS[:1], gaps=())
    other = KeptParticipant(subject="p-c", name="Xã C")
    spoke = KeptSpeech(who="p-b", name="Xã B", began_at=T0, ended_at=T0 + MINUTE)
    after = replace(RECORD, held_from=T0 - MINUTE, participants=(longer, other), speeches=(spoke,))
    assert list(differences(RECORD, after)) == [
        (Changed.HOURS, ""),
        (Changed.TIMES, "p-b"),
        (Changed.GAPS, "p-b"),
        (Changed.WHO, "p-c"),
        (Changed.SPEECHES, ""),
    ]
    assert list(differences(after, replace(after, participants=(longer,)))) == [
        (Changed.WHO, "p-c")
    ]
