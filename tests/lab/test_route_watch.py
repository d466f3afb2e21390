"""The kernel says when an interface or an address comes."""

import asyncio

import pytest

from media.transport.route_watch import RouteWatch
from tests.lab.site import a_site

pytestmark = pytest.mark.namespace


async def test_a_new_line_of_this_machine_is_told_of(tmp_path):
    is_told = asyncio.Event()
    watch = RouteWatch(is_told.set)
    watch.start()
    assert watch.is_watching
    with a_site(tmp_path):
        await asyncio.wait_for(is_told.wait(), 5)
    watch.close()
    assert not watch.is_watching
