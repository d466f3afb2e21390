"""`diemcau-traps` beside net-snmp's snmptrap and snmpinform, from the datagram to the outbox."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.devices import DeviceSecrets
from tests.fakes.traps import (
    AUTH,
    IS_THERE,
    LINK_DOWN,
    PORT_9,
    PRIV,
    USER,
    V2C,
    V3,
    V3_SECRETS,
    WORD,
    TrapsProcess,
    captured,
    running_traps,
)  # fmt: skip
from tests.waiting import until_blocking

pytestmark = pytest.mark.skipif(not IS_THERE, reason="no snmptrap here")
DEVICES = (
    ("sw01", "127.0.0.1", DeviceSecrets(community=WORD)),
    ("ups1", "127.0.0.2", V3_SECRETS),
    ("sw03", "127.0.0.3", DeviceSecrets(community=WORD)),
)


@pytest.fixture
def traps(tmp_path: Path) -> Iterator[TrapsProcess]:
    with running_traps(tmp_path, DEVICES) as running:
        yield running


def kinds(traps: TrapsProcess) -> list[tuple[str, str]]:
    return [(one.device_id, one.kind) for one in traps.told()]


def test_a_trap_is_told_with_the_interface_within_a_moment(traps: TrapsProcess) -> None:
    assert traps.send(V2C, LINK_DOWN, *PORT_9) == 0
    sent_s = time.monotonic()
    assert until_blocking(lambda: bool(traps.told()), 5)
    assert time.monotonic() - sent_s < 1.0
    [told] = traps.told()
    assert (told.device_id, told.kind, told.index, told.name, told.count) == (
        "sw01", "link_down", 9, "Gi1/0/9", 1,
    )  # fmt: skip
    assert told.age_ms < 1000


def test_informs_of_both_versions_are_confirmed_and_told_once(traps: TrapsProcess) -> None:
    on_battery = "1.3.6.1.2.1.33.2.1"
    assert traps.send(V2C, LINK_DOWN, *PORT_9, command="snmpinform") == 0
    assert traps.send(V3, on_battery, command="snmpinform", source="127.0.0.2") == 0
    # Confirmed is what is on the disk, so that nothing has to be waited for.
    assert kinds(traps) == [("sw01", "link_down"), ("ups1", "on_battery")]


def test_a_user_of_v3_is_heard_by_the_engine_that_sends(traps: TrapsProcess) -> None:
    assert traps.send(V3, "1.3.6.1.6.3.1.1.5.1", source="127.0.0.2") == 0
    assert until_blocking(lambda: kinds(traps) == [("ups1", "cold_start")], 5), traps.told()


def test_an_inform_after_a_restart_is_confirmed(traps: TrapsProcess) -> None:
    first = traps.send(V3, "1.3.6.1.6.3.1.1.5.1", command="snmpinform", source="127.0.0.2")
    traps.stop()
    traps.start()
    again = traps.send(V3, "1.3.6.1.6.3.1.1.5.2", command="snmpinform", source="127.0.0.2")
    assert (first, again) == (0, 0)
    assert kinds(traps) == [("ups1", "cold_start"), ("ups1", "warm_start")]


def test_a_doubled_inform_is_confirmed_twice_and_told_once(traps: TrapsProcess) -> None:
    inform = captured(V2C, LINK_DOWN, *PORT_9, command="snmpinform")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(10)
        for _ in range(3):
            udp.sendto(inform, ("127.0.0.1", traps.port))
            assert udp.recv(8192)
    assert kinds(traps) == [("sw01", "link_down")]


def test_only_who_proves_itself_from_its_own_address_is_told(traps: TrapsProcess) -> None:
    wrong_priv = [*V3[:-1], "khoa-khac-han"]
    wrong_auth = [*V3[:8], "khoa-xac-sai-1", *V3[9:]]
    no_keys = ("-v3", "-l", "noAuthNoPriv", "-u", "giamsat")
    without_priv = ("-v3", "-l", "authNoPriv", *V3[3:9])
    old = captured(V3, LINK_DOWN, *PORT_9)
    for proof in (wrong_priv, wrong_auth, no_keys, without_priv, V2C):
        traps.send(proof, LINK_DOWN, *PORT_9, source="127.0.0.2")
    traps.send(("-v2c", "-c", "sai"), LINK_DOWN, *PORT_9)
    traps.send(("-v1", "-c", WORD), "127.0.0.1", "2", "0", "")
    traps.send(V3, LINK_DOWN, *PORT_9)
    traps.send(V2C, LINK_DOWN, *PORT_9, source="127.0.0.4")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.3", 0))
        for payload in (
            b"",
            b"\x30",
            b"\x30\x84\xff\xff\xff\xff",
            b"\xff" * 4000,
            b"a" * 9000,
            old,
        ):
            udp.sendto(payload, ("127.0.0.1", traps.port))
    traps.send(V2C, LINK_DOWN, *PORT_9, source="127.0.0.3")
    assert until_blocking(lambda: ("sw03", "link_down") in kinds(traps), 5), traps.told()
    assert [one for one in kinds(traps) if one[1] not in ("not_proved",)] == [("sw03", "link_down")]
    assert until_blocking(
        lambda: {("sw01", "not_proved"), ("ups1", "not_proved")} <= {*kinds(traps)}, 5
    )


def test_an_inform_by_another_user_or_key_is_told_as_such(traps: TrapsProcess) -> None:
    for proof in ([*V3[:4], "ai-do", *V3[5:]], [*V3[:8], "khoa-xac-sai-1", *V3[9:]]):
        assert traps.send(proof, LINK_DOWN, command="snmpinform", source="127.0.0.2") != 0
    assert until_blocking(lambda: ("ups1", "not_proved") in kinds(traps), 5), traps.told()
    assert traps.send(V3, LINK_DOWN, command="snmpinform", source="127.0.0.2") == 0
    assert kinds(traps) == [("ups1", "not_proved"), ("ups1", "link_down")]


def test_of_two_devices_at_one_address_each_is_confirmed(tmp_path: Path) -> None:
    other = DeviceSecrets(user="ai-do", auth_key=AUTH, priv_key=PRIV)
    devices = (("sw02", "127.0.0.2", other), ("ups1", "127.0.0.2", V3_SECRETS))
    with running_traps(tmp_path, devices) as traps:
        for user in ("ai-do", USER):
            proof = (*V3[:4], user, *V3[5:])
            assert traps.send(proof, LINK_DOWN, command="snmpinform", source="127.0.0.2") == 0
        assert kinds(traps) == [("sw02", "link_down"), ("ups1", "link_down")]


def test_secrets_of_any_letters_are_heard_and_stand_in_no_log(tmp_path: Path) -> None:
    word = "cộng-tác-bí-mật"
    v3 = (*V3[:8], word, *V3[9:-1], word)
    devices = (
        ("sw01", "127.0.0.1", DeviceSecrets(community=word)),
        ("ups1", "127.0.0.2", DeviceSecrets(user=USER, auth_key=word, priv_key=word)),
        ("sw03", "127.0.0.3", DeviceSecrets(user="x" * 40, auth_key=word, priv_key=word)),
    )
    with running_traps(tmp_path, devices) as traps:
        for command in ("snmptrap", "snmpinform"):
            assert traps.send(("-v2c", "-c", word), LINK_DOWN, command=command) == 0
            assert traps.send(v3, LINK_DOWN, command=command, source="127.0.0.2") == 0
        assert until_blocking(lambda: len(kinds(traps)) == 4, 5), kinds(traps)
        assert traps.said("device_not_heard") == 1
    assert word not in traps.log.read_text()
    assert traps.said("failed") == 0
