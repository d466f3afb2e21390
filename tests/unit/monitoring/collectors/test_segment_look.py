"""What was seen on the segment holds for a while, and what cannot be read was not seen."""

import msgspec
import pytest

from contracts.lan import MAX_DHCP_SERVERS, DhcpServer
from monitoring.collectors.segment_look import FILE, HOLDS_S, SegmentLook, last_look

SERVER = DhcpServer(interface="eth0", address="10.0.0.1", router="10.0.0.1")


@pytest.fixture
def file(tmp_path):
    (tmp_path / FILE).parent.mkdir(parents=True)
    return tmp_path / FILE


def test_a_look_is_told_until_it_is_too_old(tmp_path, file):
    seen = SegmentLook(at_s=100.0, servers=(SERVER,))
    file.write_bytes(msgspec.json.encode(seen))
    assert last_look(tmp_path, now_s=100.0 + HOLDS_S) == seen
    assert last_look(tmp_path, now_s=100.1 + HOLDS_S) is None
    assert last_look(tmp_path, now_s=99.0) is None  # of before the machine was started


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b'{"at_s": "x"}', b"\xff" * 70_000,
        msgspec.json.encode({"at_s": 100, "servers": [SERVER] * (MAX_DHCP_SERVERS + 1)}),
        msgspec.json.encode({"at_s": 100, "servers": [{"interface": "eth0", "address": "\0"}]}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_was_not_seen(tmp_path, file, content):
    assert last_look(tmp_path, now_s=100.0) is None
    file.write_bytes(content)
    assert last_look(tmp_path, now_s=100.0) is None
