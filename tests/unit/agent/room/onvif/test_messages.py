"""What cameras answer is read as it is meant, and nothing else is taken for an answer."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.room.onvif import messages
from agent.room.onvif.messages import CameraAccount, Found, MalformedAnswer, Profile

DATA = Path(__file__).parents[4] / "data/onvif"
READERS = (
    messages.found,
    messages.camera_time,
    messages.media_address,
    messages.profiles,
    messages.stream_address,
    messages.fault,
)


def data(name: str) -> bytes:
    return (DATA / f"{name}.xml").read_bytes()


def test_two_makers_cameras_are_known_by_their_names() -> None:
    assert messages.found(data("match-env").replace(b"{service}", b"http://10.1.2.3/onvif/d")) == [
        Found(
            "Phòng họp 1 DS-2CD2143G2-I",
            ("http://[fe80::ff:fe00:1]/onvif/device_service", "http://10.1.2.3/onvif/d"),
        )
    ]
    (camera,) = messages.found(data("match-gsoap").replace(b"{service}", b"javascript:alert"))
    assert camera == Found("IPC-HFW2431S", ())


def test_streams_and_time_are_read_and_no_password_is_shown() -> None:
    assert messages.camera_time(data("time")) == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert messages.profiles(data("profiles")) == [
        Profile("Profile_1", "mainStream", "H264", 1920, 1080),
        Profile("Profile_2", "subStream", "H264", 640, 360),
    ]
    address = messages.stream_address(data("stream").replace(b"{profile}", b"1"))
    assert address == (
        "rtsp://127.0.0.1:554/Streaming/Channels/101?transportmode=unicast&profile=1"
    )
    assert "not authorized" in messages.fault(data("fault"))
    assert messages.fault(data("time")) == ""


@pytest.mark.parametrize(
    ("year", "ahead"),
    [
        (b"2021", timedelta(days=366)),
        (b"1970", timedelta(days=-18262)),
        (b"9999", timedelta()),
        (b"1" * 30, timedelta()),
        (b"0", timedelta()),
    ],
)
def test_a_clock_that_can_be_none_is_not_followed(year: bytes, ahead: timedelta) -> None:
    answer = data("time").replace(b"<tt:Year>2020<", b"<tt:Year>" + year + b"<")
    assert messages.clock_ahead(answer, datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)) == ahead


def test_the_password_is_signed_with_and_not_sent() -> None:
    account = CameraAccount("xem", "mật<khẩu>")
    at = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    sent = messages.request(messages.ASK_MEDIA, account, now=at, nonce=b"n" * 16)
    assert "mật" not in sent.decode() and "2020-01-02T03:04:05Z" in sent.decode()
    again = messages.request(messages.ASK_MEDIA, account, now=at, nonce=b"m" * 16)
    assert sent != again
    assert "mật" not in repr(account)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<a>",
        b"\xff\xfe<\x00a\x00/\x00>\x00",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<?xml version="1.0"?><!doctype a><a/>',
        b"<a/>" + b" " * messages.MAX_ANSWER_BYTES,
    ],
)
@pytest.mark.parametrize("read", READERS)
def test_what_is_no_answer_is_refused(read, answer: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        read(answer)


@given(st.sampled_from(sorted(DATA.glob("*.xml"))), st.data())
def test_whatever_comes_is_read_or_refused(path: Path, given_data) -> None:
    answer = bytearray(path.read_bytes())
    for _ in range(given_data.draw(st.integers(1, 8))):
        place = given_data.draw(st.integers(0, len(answer) - 1))
        answer[place] = given_data.draw(st.integers(0, 255))
    read = given_data.draw(st.sampled_from(READERS))
    try:
        result = read(bytes(answer))
    except MalformedAnswer as exc:
        result = str(exc)
    assert result is None or isinstance(result, list | str | datetime)
