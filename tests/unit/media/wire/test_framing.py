"""Datagrams on a stream, in whatever pieces it comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.errors import MalformedPacket
from media.wire.framing import MAX_FRAME, MIN_FRAME, Frames, framed


@given(
    datagrams=st.lists(st.binary(min_size=MIN_FRAME, max_size=60), max_size=12),
    cuts=st.lists(st.integers(1, 40)),
)
def test_what_was_framed_comes_out_as_it_was(datagrams, cuts):
    stream = b"".join(framed(datagram) for datagram in datagrams)
    frames, found = Frames(), []
    for cut in cuts:
        found += frames.feed(stream[:cut])
        stream = stream[cut:]
    assert found + frames.feed(stream) == datagrams


def test_a_frame_longer_or_shorter_than_any_datagram_is_refused():
    assert Frames().feed(framed(bytes(MAX_FRAME))) == [bytes(MAX_FRAME)]
    with pytest.raises(MalformedPacket):
        Frames().feed((MAX_FRAME + 1).to_bytes(2))
    with pytest.raises(MalformedPacket):
        Frames().feed(bytes(2 * 1000))
