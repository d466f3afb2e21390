"""The floor in a compound of RTCP: told beside a report, read back, and passed over by others."""

import pytest

from contracts import codec
from contracts.ids import PointId
from contracts.steering import FloorWord
from media.errors import MalformedPacket
from media.wire import floor_told, rtcp

WORD = FloorWord(floor_epoch=2**62, speaker=PointId("p" * 40), speaker_name="Ỹ" * 40, is_muted=True)


@pytest.mark.parametrize("word", [WORD, FloorWord(floor_epoch=1)])
def test_a_word_comes_as_it_was_told(word: FloorWord) -> None:
    compound = floor_told.build(7, codec.encode(word))
    assert len(compound) % 4 == 0
    assert len(compound) < 600  # one packet on any line
    read = floor_told.read(compound)
    assert read is not None
    assert codec.decode(FloorWord, read) == word


def test_who_does_not_know_it_reads_the_report_alone() -> None:
    assert rtcp.parse(floor_told.build(7, codec.encode(WORD))) == [rtcp.ReceiverReport(7)]


def test_other_compounds_tell_nothing() -> None:
    empty = rtcp.build_empty_slots(rtcp.EmptySlots(7, (1, 2)))
    for compound in (b"", b"\x80", rtcp.build_receiver_report(rtcp.ReceiverReport(7)), empty):
        assert floor_told.read(compound) is None


def test_what_is_cut_short_is_malformed() -> None:
    compound = floor_told.build(7, codec.encode(WORD))
    with pytest.raises(MalformedPacket):
        floor_told.read(compound[:-4])
