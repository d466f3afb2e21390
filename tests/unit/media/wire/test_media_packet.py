"""A picture's packets, made of one size so that they leave in one call."""

from hypothesis import given
from hypothesis import strategies as st

from media.wire.media_packet import MediaPacket, evened


def packets(sizes, timestamp=0):
    return [MediaPacket(n, timestamp, False, bytes(size)) for n, size in enumerate(sizes)]


def sent(burst):
    evened(burst)
    return [packet.sent_bytes for packet in burst]


def test_the_first_ones_of_a_browsers_picture_get_a_byte_more():
    assert sent(packets((698, 698, 699))) == [699, 699, 699]


def test_what_is_shorter_by_more_stays_as_it_is():
    assert sent(packets((700, 700, 300))) == [700, 700, 300]
    assert sent(packets((300, 700, 698))) == [300, 700, 698]


def test_each_picture_is_evened_for_itself():
    burst = packets((99, 100), timestamp=1) + packets((100, 101), timestamp=2)
    assert sent(burst) == [100, 100, 101, 101]


@given(st.lists(st.integers(0, 1400), min_size=1, max_size=20))
def test_no_packet_becomes_larger_than_the_largest(sizes):
    found = sent(packets(sizes))
    assert max(found) == max(sizes)
    assert all(0 <= now - before <= 1 for now, before in zip(found, sizes, strict=True))
