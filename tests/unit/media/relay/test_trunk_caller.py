"""How soon a meeting's home is called again."""

import asyncio
import time
from pathlib import Path

import pytest

from media.relay.trunk_caller import LIVED_S, TrunkCaller
from tests.waiting import until


class Calls(TrunkCaller):
    """Calls that come to the same each time."""

    def __init__(self, outcome):
        self.at, self.attempts, self.outcome = [], [], outcome

    async def _call(self, meeting, home, *, attempt):
        self.at.append(time.monotonic())
        self.attempts.append(attempt)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Home:
    """Where it is called."""

    url = "https://home.test"


@pytest.mark.parametrize("outcome", [0.1, FileNotFoundError(2, "no key", str(Path("key.pem")))])
async def test_a_home_whose_trunk_does_not_live_is_called_every_one_to_two_seconds(outcome):
    calls = Calls(outcome)
    keeping = asyncio.create_task(calls._keep(None, Home()))
    await until(lambda: len(calls.at) == 5)
    keeping.cancel()
    assert calls.attempts == [0, 1, 2, 3, 4]
    assert 1.0 <= calls.at[4] - calls.at[3] < 3.0


async def test_a_trunk_that_has_lived_is_called_anew_at_once():
    calls = Calls(LIVED_S)
    keeping = asyncio.create_task(calls._keep(None, Home()))
    await until(lambda: len(calls.at) == 3)
    keeping.cancel()
    assert calls.attempts == [0, 0, 0]
