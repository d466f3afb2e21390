"""What is said of the LAN, and how serious it is."""

import pytest

from contracts.lan import (
    DhcpSection,
    DhcpServer,
    DnsSection,
    DoubledAddress,
    Lease,
    Resolver,
    SegmentSection,
)
from contracts.reports import HealthBody
from contracts.section import Section
from monitoring.judgement.lan import lan_problems
from monitoring.judgement.problem import Problem, ProblemKey, Severity, Thresholds

SERIOUS, MINOR = Severity.SERIOUS, Severity.MINOR


def problems(**sections):
    return list(lan_problems(HealthBody(**sections), Thresholds()))


def said(**sections):
    return [(one.key, one.severity) for one in problems(**sections)]


def dns(*answers, asked="hop.example"):
    resolvers = (Resolver(address=f"10.0.0.{n}", answer=one) for n, one in enumerate(answers, 1))
    return DnsSection(asked=asked, resolvers=tuple(resolvers))


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (dns("answers", "answers"), []),
        (dns(), []),
        (dns("silent", "answers"), [(ProblemKey.DNS_SILENT, MINOR)]),
        (dns("silent", "silent"), [(ProblemKey.DNS_SILENT, SERIOUS)]),
        (dns("silent", asked=""), [(ProblemKey.DNS_SILENT, MINOR)]),
        (dns("unknown_name"), [(ProblemKey.DNS_WITHOUT_CENTRE, SERIOUS)]),
        (dns("answers", "refuses"), [(ProblemKey.DNS_WITHOUT_CENTRE, MINOR)]),
        (
            dns("silent", "fails"),
            [(ProblemKey.DNS_SILENT, SERIOUS), (ProblemKey.DNS_WITHOUT_CENTRE, SERIOUS)],
        ),
    ],
)
def test_name_servers(section, expected):
    assert said(dns=section) == expected


def test_the_servers_are_named():
    (one,) = problems(dns=dns("silent", "answers", "silent"))
    assert one == Problem(ProblemKey.DNS_SILENT, MINOR, {"address": "10.0.0.1, 10.0.0.3"})


def test_who_says_that_the_centre_is_elsewhere_does_not_find_it():
    liar = Resolver(address="10.0.0.7", answer="answers", elsewhere="192.0.2.99")
    right = Resolver(address="10.0.0.8", answer="answers")
    (one,) = problems(dns=DnsSection(asked="hop.example", resolvers=(liar,)))
    arguments = {"address": "10.0.0.7", "elsewhere": "192.0.2.99", "host": "hop.example"}
    assert one == Problem(ProblemKey.DNS_ELSEWHERE, SERIOUS, arguments)
    both = DnsSection(asked="hop.example", resolvers=(liar, right))
    assert said(dns=both) == [(ProblemKey.DNS_ELSEWHERE, MINOR)]


@pytest.mark.parametrize(
    ("left_s", "whole_s", "is_wrong"),
    [(450, 3600, False), (449, 3600, True), (1, 599, False), (1, None, False), (0, 600, True)],
)
def test_a_lease_that_nobody_renewed_until_all_servers_are_asked(left_s, whole_s, is_wrong):
    lease = Lease(interface="eth0", address="10.0.0.9", left_s=left_s, whole_s=whole_s)
    expected = [(ProblemKey.LEASE_ENDING, SERIOUS)] if is_wrong else []
    assert said(dhcp=DhcpSection(leases=(lease,))) == expected


def servers(*pairs):
    return DhcpSection(
        servers=tuple(
            DhcpServer(interface=name, address=address, router=router)
            for name, address, router in pairs
        )
    )


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (DhcpSection(), []),
        (servers(), []),
        (servers(("eth0", "10.0.0.1", "10.0.0.1")), []),
        (servers(("eth0", "10.0.0.1", "10.0.0.1"), ("eth1", "10.9.0.1", "10.9.0.1")), []),
        (servers(("eth0", "10.0.0.1", "10.0.0.1"), ("eth0", "10.0.0.2", "10.0.0.1")), [MINOR]),
        (servers(("eth0", "10.0.0.1", "10.0.0.1"), ("eth0", "10.0.0.2", "10.0.0.2")), [SERIOUS]),
    ],
)
def test_a_second_server_is_serious_where_it_gives_another_way_out(section, expected):
    assert said(dhcp=section) == [(ProblemKey.SECOND_DHCP, severity) for severity in expected]


def test_an_address_of_two_and_weak_wifi():
    doubled = DoubledAddress(address="10.0.0.9", macs=("aa:bb:cc:00:00:01",), is_own=True)
    assert said(segment=SegmentSection(doubled=(doubled,))) == [
        (ProblemKey.ADDRESS_DOUBLED, SERIOUS)
    ]
    wifi = {"wifi": Section(figures={"wifi_signal_dbm": -75.5})}
    assert said(open=wifi) == [(ProblemKey.WIFI_WEAK, MINOR)]
    assert said(open={"wifi": Section(figures={"wifi_signal_dbm": -75.0})}) == []
