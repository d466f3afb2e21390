"""Interfaces and switch ports as a point's page draws them: which there are, and one over time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from contracts.devices import SnmpBody
from contracts.reports import InventoryBody
from controller.devices.view import DeviceRow
from controller.health.figure_queries import Over
from controller.health.link_queries import DROPS, ERRORS, IN, OUT, SIGNAL, NamedLink
from controller.health.spans import ChartSpan
from controller.health.steps import Step
from controller.health.views.device import InterfaceRow
from controller.health.views.figures import DrawnFigure
from controller.web.i18n.language import N_, Language

_EACH = {
    Step.FIVE_MINUTES: N_("in 5 minutes"),
    Step.HOUR: N_("in an hour"),
    Step.DAY: N_("in a day"),
}


@dataclass(frozen=True, slots=True)
class LinkOption:
    """One that can be chosen."""

    key: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Those of the machine, or of one device."""

    name: str
    options: tuple[LinkOption, ...]


@dataclass(frozen=True, slots=True)
class LinksView:
    """What can be chosen, and what is; `chosen` empty: there is none."""

    groups: tuple[LinkGroup, ...]
    chosen: str
    is_asked: bool
    file: str


def view(
    words: Language,
    asked: str,
    interfaces: Sequence[InterfaceRow],
    devices: Sequence[DeviceRow],
    query: str,
) -> LinksView:
    """Return what can be chosen; what was asked for is, else the first, which is the way out.

    Args:
        query: of the address, with the time and what was asked for.
    """
    machine = [(one.key, " · ".join(filter(None, (one.name, one.role)))) for one in interfaces]
    named = [(words.gettext("The point's machine"), machine)]
    for device in devices:
        ports = [
            (NamedLink(device.device_id, str(one.index)).key,
             " · ".join(filter(None, (one.name, one.alias, one.badge.word))))
            for one in device.ports
        ]  # fmt: skip
        named.append((device.name, ports))
    known = [key for _, links in named for key, _ in links]
    chosen = asked if asked in known else next(iter(known), "")
    return LinksView(
        groups=tuple(
            LinkGroup(name, tuple(LinkOption(key, text, key == chosen) for key, text in links))
            for name, links in named
            if links
        ),
        chosen=chosen,
        is_asked=bool(asked),
        file=f"links.json{query}" if asked in known else _with(query, chosen),
    )


def _with(query: str, key: str) -> str:
    return f"links.json{query}{'&' if query else '?'}{urlencode({'link': key}, safe='/')}"


def speed_of(link: NamedLink, inventory: InventoryBody | None, snmp: SnmpBody | None) -> int | None:
    """Return how fast it is now; None: not known."""
    if not link.device_id:
        facts = inventory.interfaces if inventory else ()
        return next((one.speed_bps for one in facts if one.name == link.name), None) or None
    devices = snmp.devices if snmp else ()
    return next(
        (
            port.speed_bps or None
            for one in devices
            if one.device_id == link.device_id
            for port in one.interfaces
            if str(port.index) == link.name
        ),
        None,
    )


def drawn(
    words: Language,
    found: Mapping[str, Sequence[Over]],
    span: ChartSpan,
    speed_bps: int | None,
) -> list[DrawnFigure]:
    """Return the charts of what was measured at all, as the script reads them."""
    every = _charts(words, found, span, speed_bps)
    return [one for one in every if any(value is not None for value in one.mean)]


def _charts(
    words: Language,
    found: Mapping[str, Sequence[Over]],
    span: ChartSpan,
    speed_bps: int | None,
) -> Iterator[DrawnFigure]:
    rates = {
        IN: words.gettext("In (Mbit/s)"),
        OUT: words.gettext("Out (Mbit/s)"),
    }
    for name, title in rates.items():
        yield _chart(words, name, title, found[name], 1e-6)
    if speed_bps:
        title = words.gettext(
            "Use of its speed now, %(speed)s, the busier direction (%%)",
            speed=words.rate(speed_bps),
        )
        busier = [_busier(*both) for both in zip(found[IN], found[OUT], strict=True)]
        yield _chart(words, "utilisation", title, busier, 100 / speed_bps)
    yield _chart(words, SIGNAL, words.gettext("Time with a signal (%)"), found[SIGNAL], 100)
    each = words.gettext(_EACH[span.figure_step])
    for name, title in (
        (ERRORS, words.gettext("Errors, %(each)s", each=each)),
        (DROPS, words.gettext("Dropped, %(each)s", each=each)),
    ):
        yield _chart(words, name, title, found[name], 1)


def _busier(received: Over, sent: Over) -> Over:
    means = [one.mean for one in (received, sent) if one.mean is not None]
    highest = [one.highest for one in (received, sent) if one.highest is not None]
    return Over(
        max(received.samples, sent.samples),
        max(means, default=None),
        None,
        max(highest, default=None),
    )


def _chart(
    words: Language, name: str, title: str, buckets: Sequence[Over], factor: float
) -> DrawnFigure:
    """Return one chart; its band is from the mean to the highest, which alone are kept."""

    def scaled(values: Sequence[float | None]) -> list[float | None]:
        return [None if value is None else round(value * factor, 4) for value in values]

    mean, highest = [one.mean for one in buckets], [one.highest for one in buckets]
    is_band = mean != highest and any(value is not None for value in highest)
    nothing: list[float | None] = [None] * len(mean)
    return DrawnFigure(
        name,
        title,
        mean=scaled(mean),
        lowest=scaled(mean) if is_band else nothing,
        highest=scaled(highest) if is_band else nothing,
        band=words.gettext("mean – highest"),
    )
