"""Whose stream an SSRC is."""

import pytest

from media.sfu.stream_routes import RouteIds, SentLine, StreamRoutes
from media.wire.rtp import RtpPacket

VIDEO, SOUND = 96, 111
MID, RID, REPAIRED = 1, 2, 3


def packet(ssrc, payload_type=VIDEO, **named):
    ids = {"mid": MID, "rid": RID, "repaired": REPAIRED}
    extensions = {ids[name]: value.encode() for name, value in named.items()}
    return RtpPacket(payload_type, False, 1, 1, ssrc, b"", extensions)


@pytest.fixture
def routes():
    lines = {
        "0": SentLine(SOUND, {"": "sound"}),
        "1": SentLine(VIDEO, {"h": "large", "l": "small"}),
    }
    return StreamRoutes(lines, RouteIds(MID, RID, REPAIRED))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (packet(1, SOUND), "sound"),
        (packet(1, SOUND, mid="0"), "sound"),
        (packet(1, SOUND, rid="h"), "sound"),  # alone on its line: whatever it is called
        (packet(1, mid="1", rid="h"), "large"),
        (packet(1, rid="l"), "small"),
        (packet(1), None),  # one of two, and does not say which
        (packet(1, rid="m"), None),
        (packet(1, rid="h", mid="0"), None),  # another line's payload type
        (packet(1, 97, mid="1", rid="h"), None),
        (packet(1, mid="1", repaired="h"), None),
        (packet(1, SOUND, mid="9"), "sound"),
    ],
)
def test_a_new_stream_is_of_what_it_names(routes, given, expected):
    assert routes.find(given) == expected
    assert routes.owner(1) == expected


def test_what_is_known_needs_no_name_but_its_payload_type(routes):
    routes.find(packet(1, rid="h"))
    assert routes.find(packet(1)) == "large"
    assert routes.find(packet(1, SOUND)) is None


def test_a_new_stream_takes_the_place_of_its_encodings_last_one_only(routes):
    for ssrc, rid in ((1, "h"), (2, "l"), (3, "h")):
        routes.find(packet(ssrc, rid=rid))
    assert [routes.owner(ssrc) for ssrc in (1, 2, 3)] == [None, "small", "large"]
    assert routes.find(packet(4, repaired="h")) is None
    assert routes.owner(3) == "large"


def test_what_was_agreed_on_is_known_before_its_first_packet(routes):
    routes.learn(5, "small", VIDEO)
    assert routes.find(packet(5)) == "small"


def test_lines_of_one_payload_type_need_their_mid():
    lines = {"a": SentLine(VIDEO, {"": "one"}), "b": SentLine(VIDEO, {"": "other"})}
    routes = StreamRoutes(lines, RouteIds(mid=MID))
    assert routes.find(packet(1)) is None
    assert routes.find(packet(1, mid="b")) == "other"
