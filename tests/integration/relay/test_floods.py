"""What a viewer among five sees while one who may be there floods the relay.

`bench.hostile` has all acts.
"""

from functools import partial

import pytest

from bench import _calls as calls
from bench._load import FRAMES_PER_S
from bench.hostile import acts, perform
from bench.relay import relay_process

SECONDS = 1.5
TRIES = 3  # of a machine that stands still, which is no act's doing
ENOUGH = 0.9


@pytest.mark.parametrize("name", ["crumbs", "unseen", "long-checks", "reports"])
async def test_the_others_of_a_call_see_and_hear_as_before(name: str) -> None:
    async with relay_process() as (pid, join):
        call = await calls.begin(pid, join, 5)
        act = await acts(join)[name]()
        found = []
        for _ in range(TRIES):
            found.append(await calls.measured(call, SECONDS, partial(perform, act)))
            if _is_enough(found[-1]):
                break
        await act.client.close()
    assert _is_enough(found[-1]), [calls.told(name, [one], [one]) for one in found]


def _is_enough(figures: calls.Figures) -> bool:
    return figures.arrived >= ENOUGH and figures.frames_per_s >= ENOUGH * FRAMES_PER_S
