"""The line between two sites becomes thin: the centre is told how much still goes over it."""

import pytest

from bench.trunk_line import two_sites
from contracts.relay import RungName
from tests.fakes.relay import OUTER, RELAY, RelayProcess
from tests.lab.shape import Shape
from tests.lab.site import a_site
from tests.waiting import until

# Padding finds it in 6 s; on a machine with other work trials without it took 29 s and more.
BACK_S = 20

pytestmark = [pytest.mark.namespace, pytest.mark.alone]

THIN = Shape(rate_bps=200e3, delay_ms=40)  # a drawn room's large picture takes 300


def rung_to_outer(home: RelayProcess) -> RungName | None:
    """Return how much the home has last said that it sends; None: there is no line yet."""
    states = home.centre.states[RELAY].meetings[0].trunk_states
    return next((one.rung for one in states if one.relay == OUTER), None)


async def test_the_centre_is_told_while_a_line_between_sites_carries_little(tmp_path):
    with a_site(tmp_path) as site:
        async with two_sites(tmp_path, site) as (home, b):
            await until(lambda: rung_to_outer(home) == "high")
            site.lines[0].become(THIN)
            await until(lambda: rung_to_outer(home) != "high", 30, "the line carries little")
            site.lines[0].become(Shape())
            await until(lambda: rung_to_outer(home) == "high", BACK_S, "it carries all again")
            await until(lambda: b.shown("stage") == 1, 10)
