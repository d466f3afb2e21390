"""What a foreign conference is sent: how it is described, addressed and named."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from agent.room.gstreamer.session_file import judge
from agent.room.gstreamer.stage_out import stage_pipeline, stage_session
from agent.room.settings import StageOutSettings

RTP = StageOutSettings(kind="rtp", address="rtp://10.1.2.3:5004")
RTSP = StageOutSettings(kind="rtsp", address="rtsp://10.1.2.3/stage?token=1", user="gui")


@pytest.mark.parametrize("sound", ["aac", "opus", "pcma"])
def test_what_is_sent_is_described_so_that_we_could_take_it_in(sound: Any) -> None:
    text = stage_session(msgspec.structs.replace(RTP, sound=sound))
    judge(Path("stage.sdp"), text.replace("\r\n", "\n"), has_sound=True)
    assert "m=video 5004 RTP/AVP 96\r\n" in text and "m=audio 5006 " in text


def test_an_address_of_ipv6_is_described_as_one() -> None:
    text = stage_session(msgspec.structs.replace(RTP, address="rtp://[fd00::3]:5004"))
    assert "c=IN IP6 fd00::3\r\n" in text


def test_addresses_and_passwords_are_no_part_of_the_description() -> None:
    by_rtp = stage_pipeline(RTP, 4)
    assert "10.1.2.3" not in by_rtp.description
    assert [one["port"] for one in by_rtp.properties.values()] == [5004, 5005, 5006, 5007]
    pushed = stage_pipeline(RTSP, 4, "bí mật")
    assert "bí mật" not in repr(pushed) and "token" not in pushed.description
    assert pushed.properties["outlet"]["user-pw"] == "bí mật"
    assert "in-5" in pushed.description and "in-6" not in pushed.description


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("rtp", ""),
        ("rtp", "rtp://10.1.2.3"),
        ("rtp", "rtp://10.1.2.3:80"),
        ("rtp", "rtp://10.1.2.3:65533"),
        ("rtp", "rtp://a:b@10.1.2.3:5004"),
        ("rtp", "rtsp://10.1.2.3/stage"),
        ("rtsp", "rtp://10.1.2.3:5004"),
        ("rtsp", "rtsp://gui:mk@10.1.2.3/stage"),
        ("rtsp", "http://10.1.2.3/stage"),
    ],
)
def test_an_address_that_cannot_be_sent_to_is_no_setting(kind: str, address: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"kind": kind, "address": address}, StageOutSettings)
