"""Ways through real routers, traced without rights: cut, silent, in circles, narrow, over IPv6."""

import asyncio
import json
import socket
import subprocess
import sys

import pytest

from contracts.way import WayBody
from monitoring.judgement.way_compared import WayFinding, WayFound, compared
from monitoring.listeners import way_tracer
from monitoring.listeners.target import ProbeTarget
from monitoring.reflector.probe import point_key
from monitoring.way import way_body
from monitoring.way.trace import Traced, TraceLimits, WayEnd
from tests.fakes.point import PROJECT
from tests.lab.routers import Routers, a_way
from tests.lab.shape import Shape
from tests.lab.site import a_site
from tests.waiting import until_blocking

pytestmark = pytest.mark.namespace

FAMILIES = pytest.mark.parametrize("is_v6", [False, True], ids=["4", "6"])


SOON = TraceLimits(wait_s=0.4)


def traced(way: Routers, limits: TraceLimits = SOON) -> WayBody:
    """Trace from the point to the centre."""
    family = socket.AF_INET6 if way.is_v6 else socket.AF_INET
    address = (family, (way.centre, way_tracer.PLAIN_PORT))
    tracing = way_tracer.trace(address, way_tracer.PlainQuestions(), limits)
    found = way.inside(0, lambda: asyncio.run(tracing))
    return way_body.body_of(found, reason="usual", to=way.centre)


def addresses(body: WayBody) -> list[str]:
    return [hop.address for hop in body.hops]


@FAMILIES
def test_each_router_is_seen_and_where_the_way_was_cut(is_v6):
    with a_way(is_v6=is_v6) as way:
        usual = traced(way)
        assert (addresses(usual), usual.ending) == (way.way, "refused")
        assert all(len(hop.round_trips_ms) == hop.sent == 3 for hop in usual.hops)
        way.mute(2)
        muted = traced(way)
        assert addresses(muted) == [way.way[0], "", *way.way[2:]]
        assert [one.finding for one in compared(muted, usual)] == [WayFinding.REFUSED]
        way.cut(3)
        cut = traced(way)
    assert (addresses(cut), cut.ending) == ([way.way[0], "", way.way[2], ""], "silent")
    place = {"hop": 3, "address": way.way[2], "usual": way.way[3]}
    assert compared(cut, usual)[0] == WayFound(WayFinding.STOPPED_SHORT, place)


@FAMILIES
def test_a_narrow_link_is_named_with_what_it_takes(is_v6):
    with a_way(is_v6=is_v6) as way:
        way.at(2, "ip", "link", "set", "far", "mtu", "1400")
        way.at(3, "ip", "link", "set", "near", "mtu", "1400")
        narrow = traced(way)
    assert (narrow.mtu_bytes, narrow.mtu_from) == (1400, way.way[1])
    assert addresses(narrow) == way.way


@FAMILIES
def test_packets_that_go_round_and_a_router_that_knows_no_way_on(is_v6):
    with a_way(is_v6=is_v6) as way:
        usual = traced(way)
        way.route(3, way.centre, way.near(2))
        circle = traced(way)
        family = ("-6",) if is_v6 else ()
        way.at(3, "ip", *family, "route", "delete", way.centre)
        way.at(3, "ip", *family, "route", "replace", "unreachable", f"{way.centre}")
        refused = traced(way)
    assert circle.ending == "loop"
    assert compared(circle, usual)[0].finding is WayFinding.LOOP
    assert compared(circle, usual)[0].arguments["hop"] in (2, 3)
    assert refused.ending == "unreachable"
    place = {"hop": 3, "address": way.way[2]}
    assert compared(refused, usual)[0] == WayFound(WayFinding.UNREACHABLE, place)
    assert refused.hops[2].says in ("no_host", "no_network")


def test_a_change_of_the_way_out_alone_is_seen_where_it_leaves_the_usual_one():
    with a_way() as way:
        usual = traced(way)
        other = way.detour(1)
        now = traced(way)
    assert now.ending == "refused" and now.hops[1].address == other
    arguments = {"hop": 2, "address": other, "usual": way.way[1]}
    assert WayFound(WayFinding.ANOTHER_WAY, arguments) in compared(now, usual)


def test_a_slow_line_is_as_slow_as_its_emulator(tmp_path):
    with a_site(tmp_path) as site:
        address = (socket.AF_INET, (site.lines[0].host, way_tracer.PLAIN_PORT))

        def ask() -> WayBody:
            tracing = way_tracer.trace(address, way_tracer.PlainQuestions())
            found = site.machine.inside(lambda: asyncio.run(tracing))
            return way_body.body_of(found, reason="usual", to=site.lines[0].host)

        usual = ask()
        site.lines[0].become(Shape(delay_ms=60))
        slow = ask()
    [found] = [one for one in compared(slow, usual) if one.finding is WayFinding.SLOWER]
    assert found.arguments["hop"] == 1
    assert int(found.arguments["ms"]) == pytest.approx(120, abs=25)


def test_the_reflector_answers_at_the_end_of_the_way(tmp_path):
    master = bytes(range(32))
    (tmp_path / "probe.key").write_bytes(master)
    config = tmp_path / "reflector.toml"
    config.write_text('key_file = "probe.key"\nport = 8862\n')
    with a_way(count=2) as way:
        command = ["ip", "netns", "exec", way.name(3), sys.executable, "-m"]
        command += ["monitoring.reflector", "run", "--config", str(config)]
        reflector = subprocess.Popen(command, cwd=PROJECT, stderr=subprocess.DEVNULL)
        try:
            target = ProbeTarget(way.centre, 8862, 17, point_key(master, 17))
            asked = way_tracer.StampQuestions(target)
            address = (socket.AF_INET, (way.centre, 8862))
            found: list[Traced] = []

            def is_reached() -> bool:
                tracing = way_tracer.trace(address, asked)
                found.append(way.inside(0, lambda: asyncio.run(tracing)))
                return found[-1].ending is WayEnd.REACHED

            assert until_blocking(is_reached, 30)
        finally:
            reflector.terminate()
            reflector.wait(10)
    assert [hop.address for hop in found[-1].hops] == way.way
    assert all(len(hop.round_trips_ms) == 3 for hop in found[-1].hops)


def test_the_command_prints_the_way_for_programs_and_for_people():
    with a_way(count=1) as way:
        command = ["ip", "netns", "exec", way.name(0), sys.executable, "-m", "agent.health"]
        command += ["probe", "trace", way.centre]
        told = subprocess.run(
            [*command, "--json"], cwd=PROJECT, capture_output=True, check=True, text=True
        )
        shown = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True, text=True)
    body = json.loads(told.stdout)
    assert [hop["address"] for hop in body["hops"]] == way.way
    assert all(address in shown.stdout for address in way.way)
    assert "Kết thúc" in shown.stdout
