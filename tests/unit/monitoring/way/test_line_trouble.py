"""When a point takes its own line for one in trouble."""

import pytest

from contracts.line import LineSection
from contracts.reports import GatewaySection, HealthBody
from monitoring.way.line_trouble import NORMAL_SAMPLES, LineTrouble

ANSWERS = GatewaySection(address="192.168.1.1", rtt_ms=0.6)


def body(sent=50, received=50, rtt_ms: float | None = 20.0, gateway=ANSWERS):
    return HealthBody(
        line=LineSection(sent=sent, received=received, rtt_ms=rtt_ms), gateway=gateway
    )


def after(*bodies: HealthBody, normal: int = 20) -> str:
    trouble = LineTrouble()
    for one in (*[body()] * normal, *bodies):
        trouble.reported(one)
    return trouble.now


CUT = body(received=0, rtt_ms=None)


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ([body()], ""),
        ([CUT], ""),
        ([CUT, CUT], "cut"),
        ([CUT, CUT, body()], ""),
        ([body(received=0, rtt_ms=None, gateway=GatewaySection())] * 3, ""),
        ([body(received=0, rtt_ms=None, gateway=GatewaySection(address="192.168.1.1"))] * 3, ""),
        ([body(received=0, rtt_ms=None, gateway=None)] * 2, "cut"),
        ([body(received=46)] * 2, ""),
        ([body(received=46)] * 3, "loss"),
        ([body(received=49)] * 30, ""),
        ([body(rtt_ms=90)] * 3, "delay"),
        ([body(rtt_ms=45)] * 9, ""),
        ([body(rtt_ms=90, received=46)] * 3, "loss"),
        ([HealthBody()] * 3, ""),
        ([body(received=46), body(received=46), HealthBody(), body(received=46)], "loss"),
    ],
)
def test_what_is_above_what_is_normal_for_some_samples_is_trouble(bodies, expected):
    assert after(*bodies) == expected


def test_a_centre_that_was_never_reached_is_no_cut():
    assert after(*[CUT] * 5, normal=0) == ""


def test_a_line_that_is_slow_for_long_is_so_by_now():
    assert after(*[body(rtt_ms=90)] * (NORMAL_SAMPLES // 2 + 30), normal=NORMAL_SAMPLES) == ""


def test_a_line_that_always_loses_is_not_traced_for_that():
    assert after(*[body(received=45)] * 60, normal=0) == ""
