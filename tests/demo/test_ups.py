"""The demo's switch and power supply, asked by the product's own reader."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from monitoring.collectors.snmp.asking import by_gufo
from monitoring.collectors.snmp.report import DeviceReport
from monitoring.collectors.snmp.target import AskingLimits, Community, DeviceTarget
from scripts.demo import commands, plan
from scripts.demo.lan import answers
from scripts.demo.lan.names import SWITCH_ADDRESS, SWITCH_WORD, UPS_ADDRESS, UPS_WORD
from scripts.demo.plan import Plan
from tests.waiting import until, until_blocking


@pytest.fixture
def made(tmp_path: Path) -> Plan:
    return plan.fresh(tmp_path, -1, "127.0.0.1", ["pt-a"])


@pytest.fixture
def ups(made: Plan) -> Iterator[subprocess.Popen[bytes]]:
    """Give the power supply, while snmpsim answers for both."""
    answers.prepare(made)
    with subprocess.Popen(commands.ups(made, None).argv) as ups:
        assert until_blocking(answers.recording(made).exists, 30)
        with subprocess.Popen(commands.devices(made, None).argv) as snmpsim:
            try:
                assert until_blocking(lambda: answers.is_answering(made, snmpsim.pid), 60)
                yield ups
            finally:
                snmpsim.terminate()
                ups.terminate()


async def asked(made: Plan, address: str, word: str) -> DeviceReport:
    target = DeviceTarget(address, Community(word), made.ports["snmp"])
    return await by_gufo(target, AskingLimits(request_s=10))


async def test_its_mains_are_taken_and_given_back_and_each_is_said_unasked(
    made: Plan, ups: subprocess.Popen[bytes]
) -> None:
    async def is_on_battery(wanted: bool) -> bool:
        state = (await asked(made, UPS_ADDRESS, UPS_WORD)).ups
        return state is not None and state.on_battery is wanted

    assert await is_on_battery(False)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", made.ports["traps"]))
        heard.settimeout(10)
        for number, wanted in ((signal.SIGUSR1, True), (signal.SIGUSR2, False)):
            ups.send_signal(number)
            assert heard.recvfrom(2000)[1][0] == UPS_ADDRESS
            await until(partial(is_on_battery, wanted), 30, f"on battery: {wanted}")


async def test_its_switch_is_believed_whole(made: Plan, ups: subprocess.Popen[bytes]) -> None:
    switch = await asked(made, SWITCH_ADDRESS, SWITCH_WORD)
    assert [one.index for one in switch.interfaces if one.is_up] == [1, 2, 3, 8]
    assert list(switch.problems) == []
