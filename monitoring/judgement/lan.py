"""What is wrong in a point's LAN: name servers, leases, addresses that two have, weak Wi-Fi."""

from collections.abc import Iterator

from contracts.lan import DhcpSection, DnsSection, SegmentSection
from contracts.reports import HealthBody
from contracts.section import Section
from monitoring.judgement.problem import Argument, Problem, ProblemKey, Severity, Thresholds

LEAST_LEASE_S = 600
"""Shorter ones are renewed so often that one renewal which is late says nothing."""
LATE_RATIO = 1 - 0.875
"""RFC 2131, section 4.4.5: from here on a client asks any server, its own having been silent."""


def lan_problems(body: HealthBody, limits: Thresholds) -> Iterator[Problem]:
    """Give what is wrong in the LAN by a point's last sections."""
    if body.dns is not None:
        yield from _dns_problems(body.dns)
    if body.dhcp is not None:
        yield from _dhcp_problems(body.dhcp)
    if body.segment is not None:
        yield from _segment_problems(body.segment)
    signal_dbm = body.open.get("wifi", Section()).figures.get("wifi_signal_dbm")
    if signal_dbm is not None and signal_dbm < limits.wifi_signal_dbm:
        yield Problem(ProblemKey.WIFI_WEAK, Severity.MINOR, {"dbm": round(signal_dbm)})


def is_nameless(dns: DnsSection) -> bool:
    """Whether the centre has a name that no name server finds where it is."""
    return bool(dns.asked) and not any(one.is_right for one in dns.resolvers)


def _dns_problems(dns: DnsSection) -> Iterator[Problem]:
    """Where one server still helps, the others cost seconds; where none does, the centre is lost.

    A point that finds the centre by its address needs none for that.
    """
    severity = Severity.SERIOUS if is_nameless(dns) else Severity.MINOR
    silent = [one.address for one in dns.resolvers if one.answer == "silent"]
    if silent:
        yield Problem(ProblemKey.DNS_SILENT, severity, {"address": ", ".join(silent)})
    others = [one.address for one in dns.resolvers if one.answer not in ("answers", "silent")]
    if others:
        arguments: dict[str, Argument] = {"address": ", ".join(others), "host": dns.asked}
        yield Problem(ProblemKey.DNS_WITHOUT_CENTRE, severity, arguments)
    astray = [one for one in dns.resolvers if one.elsewhere]
    if astray:
        arguments = {
            "address": ", ".join(one.address for one in astray),
            "elsewhere": ", ".join(sorted({one.elsewhere for one in astray})),
            "host": dns.asked,
        }
        yield Problem(ProblemKey.DNS_ELSEWHERE, severity, arguments)


def _dhcp_problems(dhcp: DhcpSection) -> Iterator[Problem]:
    for lease in dhcp.leases:
        whole_s = lease.whole_s or 0
        if whole_s >= LEAST_LEASE_S and lease.left_s < LATE_RATIO * whole_s:
            arguments: dict[str, Argument] = {
                "name": lease.interface,
                "address": lease.address,
                "minutes": lease.left_s // 60,
            }
            yield Problem(ProblemKey.LEASE_ENDING, Severity.SERIOUS, arguments)
    for interface in sorted({one.interface for one in dhcp.servers or ()}):
        servers = [one for one in dhcp.servers or () if one.interface == interface]
        if len({one.address for one in servers}) > 1:
            # Two that give the same way out may be meant so; one that gives another is a stranger.
            is_same = len({one.router for one in servers}) == 1
            shown = ", ".join(sorted({one.address for one in servers}))
            severity = Severity.MINOR if is_same else Severity.SERIOUS
            said: dict[str, Argument] = {"name": interface, "address": shown}
            yield Problem(ProblemKey.SECOND_DHCP, severity, said)


def _segment_problems(segment: SegmentSection) -> Iterator[Problem]:
    for one in segment.doubled:
        arguments: dict[str, Argument] = {
            "name": one.address,
            "macs": ", ".join(one.macs) or "?",
        }
        yield Problem(ProblemKey.ADDRESS_DOUBLED, Severity.SERIOUS, arguments)
