"""A point's LAN as last reported: name servers, leases, who else is on the segment."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.lan import DhcpSection, DnsSection, Lease, Resolver, SegmentDevice, SegmentSection
from contracts.reports import HealthBody
from controller.health.views import figures
from controller.health.views.device import SAID_ELSEWHERE, Fact
from controller.web.i18n.language import Language
from monitoring.figures import measured

_SAID_IN_ROWS = ("dns_rtt_ms", "segment_devices_count")


@dataclass(frozen=True, slots=True)
class NeighbourRow:
    """One device on the segment."""

    key: str
    address: str
    role: str
    maker: str
    mac: str


@dataclass(frozen=True, slots=True)
class LanPanel:
    """`devices`: how many there are; empty where the point does not tell."""

    facts: tuple[Fact, ...]
    devices: str
    rows: tuple[NeighbourRow, ...]
    left_out: str


def panel(words: Language, health: HealthBody | None) -> LanPanel | None:
    """Return what is known of the LAN; None: nothing was reported."""
    if health is None:
        return None
    segment = health.segment or SegmentSection()
    facts = (
        *_dns(words, health.dns or DnsSection()),
        *_dhcp(words, health.dhcp),
        *_doubled(words, segment),
        *(
            Fact(
                figures.label(words, one.figure),
                figures.shown(words, one.figure.unit, one.value),
                one.figure.name,
            )
            for one in measured(health)
            if one.figure.section in SAID_ELSEWHERE and one.figure.name not in _SAID_IN_ROWS
        ),
    )
    if not facts and health.segment is None:
        return None
    more = segment.total - len(segment.neighbours)
    return LanPanel(
        facts=facts,
        devices=words.ngettext(
            "%(n)s device heard within the hour",
            "%(n)s devices heard within the hour",
            segment.total,
        )
        if health.segment is not None
        else "",
        rows=tuple(_row(words, one) for one in segment.neighbours),
        left_out=words.ngettext("and %(n)s more device", "and %(n)s more devices", more)
        if more > 0
        else "",
    )


def _dns(words: Language, dns: DnsSection) -> list[Fact]:
    return [
        Fact(
            words.gettext("Name server"),
            f"{one.address} {_answer(words, one, dns.asked)}",
            f"dns-{one.address}",
        )
        for one in dns.resolvers
    ]


def _answer(words: Language, one: Resolver, asked: str) -> str:
    match one.answer:
        case "answers" if one.elsewhere:
            return words.gettext(
                "says that %(name)s is at %(address)s, where the centre is not",
                name=asked, address=one.elsewhere,
            )  # fmt: skip
        case "answers":
            shown = words.milliseconds(one.rtt_ms)
            return words.gettext("answers within %(time)s", time=shown)
        case "unknown_name":
            return words.gettext("says that %(name)s does not exist", name=asked)
        case "refuses":
            return words.gettext("refuses to answer")
        case "fails":
            return words.gettext("cannot find %(name)s out", name=asked)
        case _:
            return words.gettext("does not answer")


def _dhcp(words: Language, dhcp: DhcpSection | None) -> list[Fact]:
    if dhcp is None:
        return []
    found = [
        Fact(
            words.gettext("Address of %(name)s", name=one.interface),
            _lease(words, one),
            f"lease-{one.interface}",
        )
        for one in dhcp.leases
    ]
    if dhcp.servers is not None:
        servers = dict.fromkeys(one.address for one in dhcp.servers)
        shown = ", ".join(servers) or words.gettext("none answers")
        found.append(Fact(words.gettext("DHCP servers"), shown, "dhcp_servers"))
    return found


def _lease(words: Language, one: Lease) -> str:
    left = words.duration(timedelta(seconds=one.left_s))
    if not one.server:
        return words.gettext(
            "%(address)s, lent for another %(span)s", address=one.address, span=left
        )
    return words.gettext(
        "%(address)s, lent by %(server)s for another %(span)s",
        address=one.address, server=one.server, span=left,
    )  # fmt: skip


def _doubled(words: Language, segment: SegmentSection) -> list[Fact]:
    return [
        Fact(
            words.gettext("Used twice"),
            ", ".join((one.address, *one.macs)),
            f"doubled-{one.address}",
        )
        for one in segment.doubled
    ]


def _row(words: Language, one: SegmentDevice) -> NeighbourRow:
    is_made_up = one.mac[1:2] in ("2", "6", "a", "e")
    return NeighbourRow(
        key=f"{one.interface} {one.mac}",
        address=one.address,
        role=words.gettext("router") if one.is_router else "",
        maker=one.maker
        or (words.gettext("hides its maker") if is_made_up else words.gettext("maker not known")),
        mac=one.mac,
    )
