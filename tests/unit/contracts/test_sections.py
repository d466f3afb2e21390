"""Reports of agents that knew no sections mean what they meant."""

from datetime import timedelta

import msgspec
import pytest

from contracts import codec
from contracts.devices import SnmpBody
from contracts.line import LineSection
from contracts.reports import (
    MAX_SECTIONS,
    CollectorFailure,
    FlatHealthBody,
    GatewaySection,
    HealthBody,
    HostSection,
    Report,
    of_sections,
)
from contracts.section import Section
from tests.contract import golden


@pytest.mark.parametrize("name", [n for n in golden.TYPES if n.startswith("report-health")])
def test_every_older_payload_comes_out_in_sections(name):
    report = codec.decode(Report, golden.payload(name))
    flat, body = report.body, report.in_sections().body
    assert isinstance(flat, FlatHealthBody)
    assert body.host.cpu_ratio == flat.cpu_ratio
    assert (body.disk.disk_ratio, body.disk.inode_ratio) == (flat.disk_ratio, flat.inode_ratio)
    assert body.interfaces.rates == flat.interfaces
    assert body.gateway == (flat.gateway or GatewaySection())
    assert body.line == (flat.link or LineSection())
    assert (body.room.media, body.open["load"].figures) == (flat.media, flat.figures)
    assert [one.error for one in body.failures] == [one.error for one in flat.failures]
    assert codec.decode(Report, codec.encode(report.in_sections())) == report.in_sections()


_SEEN = {"device_id": "switch1", "asked_at": "2026-11-27T01:00:00Z", "answer": "answers"}


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "sections", "host": {"uptime_s": 10**10 + 1}},
        {"kind": "health", "uptime_s": 10**10 + 1},
        {
            "kind": "sections",
            "dhcp": {"leases": [{"interface": "a", "address": "b", "left_s": 10**10 + 1}]},
        },
        {"kind": "snmp", "devices": [_SEEN | {"uptime_s": 10**10 + 1}]},
        {"kind": "snmp", "devices": [_SEEN | {"ups": {"runtime_s": 10**10 + 1}}]},
    ],
)
def test_no_span_arrives_that_a_page_cannot_hold(body):
    """A point's page would fail for as long as this stood in its last report."""
    with pytest.raises(msgspec.ValidationError, match="<= 10000000000"):
        msgspec.convert(body, HealthBody | FlatHealthBody | SnmpBody)
    assert timedelta(seconds=10**10).days == 115740


def test_what_failed_then_has_no_section():
    failed = tuple(CollectorFailure(collector=c, error="x", duration_ms=1) for c in ("lan", "link"))
    body = FlatHealthBody(cpu_ratio=0.5, failures=failed).in_sections()
    assert body.interfaces is body.line is None
    assert body.host == HostSection(cpu_ratio=0.5)
    assert [one.collector for one in body.failures] == ["interfaces", "line"]


def test_a_report_of_today_stays_as_it_is():
    report = codec.decode(Report, golden.payload("report-sections"))
    assert report.in_sections() is report


def test_sections_are_put_where_their_names_say_and_an_open_one_takes_nobodys_place():
    load = Section(figures={"swap_ratio": 0.5})
    assert of_sections({"load": load, "host": HostSection()}) == HealthBody(
        host=HostSection(), open={"load": load}
    )
    assert HealthBody(open={"host": load, "load": load}).sections == {"load": load}
    assert len(HealthBody(open={f"s{n}": load for n in range(MAX_SECTIONS)}).sections) == 16
