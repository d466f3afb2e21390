"""The way from a point to the centre as a person reads it: what was seen, hop by hop."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from contracts.way import WayBody, WayHop
from controller.health.states import PointState
from controller.health.way_queries import KeptAddress, KeptWay
from controller.ways.service import Asked
from controller.web.i18n.language import N_, Language
from monitoring.judgement import way_compared
from monitoring.judgement.way_compared import WayFinding, WayFound

ANSWER_WITHIN = timedelta(seconds=45)
"""A trace takes ten seconds at most; the rest is the way of question and answer."""
MOST_NAMED = 5
# RFC 1918, RFC 6598 (behind a carrier's NAT), RFC 3927, RFC 4193, RFC 4291, section 2.5.6.
_OWN_NETWORKS = tuple(
    ipaddress.ip_network(one)
    for one in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16",
        "127.0.0.0/8", "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
UNKNOWN = "–"
SILENT = "*"


@dataclass(frozen=True, slots=True)
class WaySeen:
    """What is known of a point's way.

    `others`: names of points that come from the same address now.
    """

    ways: Sequence[KeptWay] = ()
    usual: KeptWay | None = None
    asked: Asked | None = None
    addresses: Sequence[KeptAddress] = ()
    others: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class HopRow:
    """One hop; `is_other`: usually another router answers there."""

    ttl: int
    address: str
    usual: str
    round_trip: str
    lost: str
    is_other: bool
    says: str


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """One trace of before."""

    key: str
    when: str
    why: str
    what: str


@dataclass(frozen=True, slots=True)
class WayPanel:
    """The panel of the point's page. `progress`: what became of the last asking."""

    can_ask: bool
    is_waiting: bool
    progress: str
    when: str
    what: tuple[str, ...]
    rows: tuple[HopRow, ...]
    empty: str
    earlier: tuple[EarlierRow, ...]
    earlier_title: str
    address: str
    shared: str
    addresses: tuple[tuple[str, str], ...]
    addresses_title: str


def panel(words: Language, now: datetime, state: PointState, seen: WaySeen) -> WayPanel:
    """Return the panel."""
    traced = [one for one in seen.ways if one.body.ending != "not_traced"]
    newest = traced[0] if traced else None
    usual = seen.usual.body if seen.usual and seen.usual is not newest else None
    is_here = state not in (PointState.DOWN, PointState.NOT_ENROLLED)
    is_waiting, progress = _progress(words, now, seen)
    if not is_here and state is PointState.DOWN:
        progress = words.gettext(
            "The point cannot be asked now. It traces by itself and sends what it found once it is "
            "back."
        )
    earlier = traced[1:]
    return WayPanel(
        can_ask=is_here and not is_waiting,
        is_waiting=is_waiting and is_here,
        progress=progress,
        when=_when(words, now, newest) if newest else "",
        what=tuple(_said(words, one) for one in _found(newest, usual)),
        rows=_rows(words, newest.body, usual) if newest else (),
        empty=""
        if newest
        else words.gettext(
            "No trace yet. A point traces its way once a day, and when its line is in trouble."
        ),
        earlier=tuple(_earlier(words, now, one, seen.usual) for one in earlier),
        earlier_title=words.ngettext("%(n)s earlier trace", "%(n)s earlier traces", len(earlier)),
        address=_address(words, now, seen.addresses),
        shared=_shared(words, seen.others),
        addresses=tuple((one.address, _span(words, now, one)) for one in seen.addresses[1:]),
        addresses_title=words.ngettext(
            "%(n)s earlier address", "%(n)s earlier addresses", len(seen.addresses) - 1
        )
        if len(seen.addresses) > 1
        else "",
    )


def _progress(words: Language, now: datetime, seen: WaySeen) -> tuple[bool, str]:
    """Return whether an answer is waited for, and what is said of the last asking."""
    asked = seen.asked
    if asked is None or now - asked.at > timedelta(minutes=10):
        return False, ""
    answers = [one for one in seen.ways if one.body.reason == "asked"]
    answer = next((one for one in answers if one.body.traces_asked >= asked.total), None)
    if answer is None and now - asked.at <= ANSWER_WITHIN:
        return True, words.gettext("The point traces its way now: up to 15 seconds.")
    if answer is None:
        return False, words.gettext(
            "The point was asked at %(time)s and has not answered: its agent may be of an older "
            "version, or its line too bad. Ask again.",
            time=words.moment(asked.at, now),
        )
    if answer.body.ending == "not_traced":
        return False, words.gettext(
            "The point has traced as often as it may in a day, or a minute ago. Ask again later."
        )
    return False, ""


def _found(newest: KeptWay | None, usual: WayBody | None) -> tuple[WayFound, ...]:
    return way_compared.compared(newest.body, usual) if newest else ()


def _when(words: Language, now: datetime, one: KeptWay) -> str:
    return f"{words.moment(one.at, now)} · {_why(words, one.body)}"


def _why(words: Language, body: WayBody) -> str:
    if body.reason == "asked":
        return words.gettext("somebody asked")
    if body.reason == "usual":
        return words.gettext("daily, while all is well")
    return {
        "cut": words.gettext("the centre did not answer"),
        "loss": words.gettext("more loss than is normal"),
        "delay": words.gettext("slower than is normal"),
    }.get(body.trouble, words.gettext("the line was in trouble"))


def _said(words: Language, found: WayFound) -> str:
    text = _TEXTS[found.finding]
    return words.gettext(text, **found.arguments)


def _earlier(words: Language, now: datetime, one: KeptWay, usual: KeptWay | None) -> EarlierRow:
    before = usual.body if usual and usual.at < one.at else None
    what = " ".join(_said(words, found) for found in way_compared.compared(one.body, before)[:2])
    return EarlierRow(one.key, words.moment(one.at, now), _why(words, one.body), what)


def _rows(words: Language, body: WayBody, usual: WayBody | None) -> tuple[HopRow, ...]:
    before = {hop.ttl: hop for hop in usual.hops} if usual and usual.to == body.to else {}
    rows = [_row(words, hop, before.get(hop.ttl)) for hop in body.hops]
    last = body.hops[-1].ttl if body.hops else 0
    missing = [hop for ttl, hop in sorted(before.items()) if ttl > last]
    if body.ending not in way_compared.WHOLE:
        rows += [
            HopRow(hop.ttl, UNKNOWN, _shown(words, hop), UNKNOWN, UNKNOWN, False, "")
            for hop in missing
        ]
    return tuple(rows)


def _row(words: Language, hop: WayHop, usual: WayHop | None) -> HopRow:
    is_other = bool(
        usual
        and usual.address
        and hop.address
        and not {hop.address, *hop.others} & {usual.address, *usual.others}
    )
    says = {
        "no_network": words.gettext("says: no way to that network"),
        "no_host": words.gettext("says: no such machine"),
        "prohibited": words.gettext("says: not let through"),
    }.get(hop.says, "")
    return HopRow(
        hop.ttl,
        ", ".join((hop.address or SILENT, *hop.others)),
        _shown(words, usual) if usual else "",
        _middle(words, hop),
        f"{hop.sent - len(hop.round_trips_ms)}/{hop.sent}" if hop.address else UNKNOWN,
        is_other,
        says,
    )


def _shown(words: Language, hop: WayHop) -> str:
    return f"{hop.address or SILENT} · {_middle(words, hop)}" if hop.address else SILENT


def _middle(words: Language, hop: WayHop) -> str:
    times = hop.round_trips_ms
    return words.milliseconds(median(times)) if times else UNKNOWN


def _address(words: Language, now: datetime, known: Sequence[KeptAddress]) -> str:
    if not known:
        return ""
    one = known[0]
    text = words.gettext(
        "The centre sees it at %(address)s since %(time)s.",
        address=one.address,
        time=words.moment(one.began_at, now),
    )
    if _is_of_own_network(one.address):
        private = words.gettext("A private address: by an internal network or a VPN.")
        return f"{text} {private}"
    return text


def _is_of_own_network(address: str) -> bool:
    """Return whether addresses like it are given within networks, and are nobody's outside."""
    found = ipaddress.ip_address(address)
    return any(found in one for one in _OWN_NETWORKS)


def _span(words: Language, now: datetime, one: KeptAddress) -> str:
    return words.gettext(
        "from %(begins)s to %(ends)s",
        begins=words.moment(one.began_at, now),
        ends=words.moment(one.seen_at, now),
    )


def _shared(words: Language, others: Sequence[str]) -> str:
    if not others:
        return ""
    named = ", ".join(others[:MOST_NAMED])
    more = len(others) - MOST_NAMED
    if more > 0:
        return words.gettext(
            "From the same address: %(points)s and %(count)s more.", points=named, count=more
        )
    return words.gettext("From the same address: %(points)s.", points=named)


_TEXTS = {
    WayFinding.STOPPED: N_("It stops after hop %(hop)s, %(address)s."),
    WayFinding.STOPPED_SHORT: N_(
        "It stops after hop %(hop)s, %(address)s; usually it goes on to %(usual)s."
    ),
    WayFinding.STOPPED_AS_USUAL: N_(
        "Beyond hop %(hop)s, %(address)s, nobody answers; it is so on other days."
    ),
    WayFinding.NOBODY: N_("Nobody answers, not even the first router."),
    WayFinding.NO_WAY: N_("The machine could send nothing: it has no way out."),
    WayFinding.WHOLE: N_("It goes all the way to the centre: %(hops)s hops."),
    WayFinding.REFUSED: N_(
        "It goes all the way: the centre's machine %(address)s answers, its reflector does not."
    ),
    WayFinding.UNREACHABLE: N_("Hop %(hop)s, %(address)s, says that it knows no way on."),
    WayFinding.LOOP: N_("Packets go round in circles from hop %(hop)s, %(address)s, on."),
    WayFinding.TOO_FAR: N_("More than 30 hops, and not there yet."),
    WayFinding.NOT_TRACED: N_("Not traced."),
    WayFinding.SLOWER: N_(
        "From hop %(hop)s, %(address)s, on it takes %(ms)s ms longer than usual."
    ),
    WayFinding.LOSSY: N_(
        "From hop %(hop)s, %(address)s, on packets are lost: %(lost)s of %(sent)s."
    ),
    WayFinding.ANOTHER_WAY: N_(
        "It takes another way from hop %(hop)s on: %(address)s, usually %(usual)s."
    ),
    WayFinding.NARROW: N_("Packets of more than %(bytes)s bytes go no further than %(address)s."),
}
