"""Who floods a segment with frames of one kind hides nothing of the other."""

import socket
import threading

import pytest

from agent.segment.look import MOST_HEARD, Card, SegmentEar, hear

CARD = Card("eth0", bytes(6), (), ())


@pytest.mark.parametrize(("floods_servers", "is_whole"), [(False, True), (True, False)])
def test_a_flood_of_one_kind_hides_nothing_of_the_other(floods_servers, is_whole):
    flooded, flooding = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    quiet, speaking = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard: list[bytes] = []
    count = [0]

    def count_one(_: bytes) -> None:
        count[0] += 1
        if count[0] == MOST_HEARD:
            speaking.send(b"offer")

    def flood() -> None:
        try:
            while True:
                flooding.send(b"frame")
        except OSError:
            return  # the other end is closed: it is over

    ears = [
        SegmentEar(CARD, flooded, lambda: None, count_one, hears_servers=floods_servers),
        SegmentEar(CARD, quiet, lambda: None, heard.append, hears_servers=not floods_servers),
    ]
    thread = threading.Thread(target=flood)
    thread.start()
    try:
        assert hear(ears, 0.5) is is_whole
    finally:
        flooded.close()
        thread.join(10)
        for one in (flooding, quiet, speaking):
            one.close()
    assert (count[0], heard) == (MOST_HEARD, [b"offer"])
