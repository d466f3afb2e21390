"""What a datagram is taken for, by its first byte."""

from media.transport.demultiplexing import demultiplexed


def test_every_first_byte_goes_to_the_protocol_of_its_range():
    taken = []
    received = demultiplexed(
        **{
            name: lambda *given, name=name: taken.append((name, *given))
            for name in ("stun", "dtls", "media", "other")
        }
    )
    for first in range(256):
        received(memoryview(bytes([first, 0])), 2, ("192.0.2.1", 9))
    names = [name for name, *_ in taken]
    # RFC 7983, section 7; ZRTP and TURN's channels are none of ours.
    ranges = {"stun": range(4), "dtls": range(20, 64), "media": range(128, 192)}
    for name, numbers in ranges.items():
        assert {i for i, found in enumerate(names) if found == name} == set(numbers)
    received(memoryview(b"\x80"), 1, ("192.0.2.1", 9))
    assert taken[-1][0] == "other"
