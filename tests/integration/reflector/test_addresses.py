"""A reflector with several addresses, of either family: it answers from the one that was asked."""

import asyncio
import socket

import pytest

from monitoring import udp
from tests.fakes.namespace import a_machine
from tests.waiting import until

pytestmark = pytest.mark.namespace


@pytest.mark.parametrize(
    ("is_v6", "host"),
    [(False, "0.0.0.0"), (False, "::"), (True, "::")],  # noqa: S104 - what the test is about
    ids=["4", "4 on 6", "6"],
)
@pytest.mark.parametrize("which", ["1", "9"])
async def test_an_answer_leaves_from_the_address_that_was_asked(is_v6, host, which):
    with a_machine(is_v6=is_v6) as machine:
        machine.also_at(f"{machine.host[:-1]}9")
        asked = f"{machine.host[:-1]}{which}"
        family = socket.AF_INET6 if is_v6 else socket.AF_INET
        asker = machine.inside(lambda: socket.socket(family, socket.SOCK_DGRAM))
        with asker, udp.open_socket(host, 0) as reflector:
            asker.sendto(b"question", (asked, reflector.getsockname()[1]))
            question = await until(lambda: udp.receive(reflector, 1500))
            assert udp.send(reflector, b"answer", question.source)
            asker.setblocking(False)
            answer = await asyncio.wait_for(
                asyncio.get_running_loop().sock_recvfrom(asker, 100), timeout=5
            )
    assert (answer[0], answer[1][0]) == (b"answer", asked)
