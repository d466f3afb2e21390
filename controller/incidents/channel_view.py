"""Channels as an administrator reads them, and the form that adds or changes one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from controller.incidents import channel_entered
from controller.incidents.channel_entered import APPRISE, MAIL, SYSLOG, WEBHOOK, ChannelEntered
from controller.incidents.channels import place_of
from controller.incidents.fates import said_of
from controller.incidents.quiet_entered import as_typed
from controller.incidents.tables import AlertChannel
from controller.mail.entered import PLAIN, STARTTLS, TLS
from controller.web.elements import Badge, Crumb
from controller.web.i18n.language import Language
from monitoring.judgement.priority import Priority

CHANNELS = "/incidents/channels"


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One channel; `outcome`: of the last message or trial."""

    channel_id: str
    name: str
    href: str
    kind: str
    place: str
    badge: Badge
    outcome: str
    quiet: str


@dataclass(frozen=True, slots=True)
class ChannelsView:
    """The page with all of them."""

    crumbs: tuple[Crumb, ...]
    rows: tuple[ChannelRow, ...]


@dataclass(frozen=True, slots=True)
class ChannelForm:
    """The form."""

    crumbs: tuple[Crumb, ...]
    title: str
    action: str
    channel_id: str
    form: ChannelEntered
    securities: tuple[tuple[str, str], ...]
    transports: tuple[tuple[str, str], ...]
    lets: tuple[tuple[str, str], ...]


def channels_view(words: Language, now: datetime, rows: Iterable[AlertChannel]) -> ChannelsView:
    """Return the page."""
    return ChannelsView(_crumbs(words), tuple(_row(words, now, one) for one in rows))


def _crumbs(words: Language, *more: Crumb) -> tuple[Crumb, ...]:
    last = CHANNELS if more else ""
    return (
        Crumb(words.gettext("Incidents"), "/incidents"),
        Crumb(words.gettext("Who is told"), last),
        *more,
    )


def _row(words: Language, now: datetime, one: AlertChannel) -> ChannelRow:
    place = place_of(one)
    shown = f"{place.scheme}://…"
    if one.kind == MAIL:
        shown = f"{', '.join(place.recipients)} · {place.host}:{place.port}"
    elif one.kind == WEBHOOK:
        shown = place.url
    elif one.kind == SYSLOG:
        shown = f"{place.host}:{place.port} · {place.security.upper()}"
    badge, outcome = _state(words, now, one)
    kinds = {MAIL: words.gettext("E-mail"), WEBHOOK: "Webhook", SYSLOG: "Syslog"}
    return ChannelRow(
        channel_id=one.channel_id,
        name=one.name,
        href=f"{CHANNELS}/{one.channel_id}",
        kind=kinds.get(one.kind, "Apprise"),
        place=shown,
        badge=badge,
        outcome=outcome,
        quiet="–".join(hour for hour in as_typed(one) if hour),
    )


def _state(words: Language, now: datetime, one: AlertChannel) -> tuple[Badge, str]:
    if one.asked_at is not None:
        return Badge("unknown", "state-unknown", words.gettext("Being tried")), ""
    if one.tried_at is None:
        return Badge("unknown", "state-unknown", words.gettext("Never tried")), ""
    fate = one.outcome.partition(" ")[0]
    said = f"{words.moment(one.tried_at, now)} · {said_of(words, one.outcome)}"
    if fate == "sent":
        return Badge("up", "state-up", words.gettext("Works")), said
    if fate == "partly":
        return Badge("degraded", "state-degraded", words.gettext("Works in part")), said
    return Badge("down", "state-down", words.gettext("Does not work")), said


def entered_of(fields: Mapping[str, str]) -> ChannelEntered:
    """Return what was typed. Secrets are taken as they are: a space may be part of one."""
    names = ("kind", "name", "host", "port", "security", "user", "sender", "recipients",
             "hook", "log_host", "log_port", "transport",
             "quiet_from", "quiet_until", "quiet_lets")  # fmt: skip
    plain = {name: fields.get(name, "").strip() for name in names}
    plain["quiet_lets"] = plain["quiet_lets"] or Priority.HIGH.value
    secret = {name: fields.get(name, "") for name in ("password", "url", "key")}
    return ChannelEntered(**plain, **secret)


def kept_of(row: AlertChannel) -> ChannelEntered:
    """Return a channel as its form begins, without what is secret."""
    place, (begins, ends) = place_of(row), as_typed(row)
    form = ChannelEntered(
        row.kind, row.name, quiet_from=begins, quiet_until=ends, quiet_lets=row.quiet_lets
    )
    if row.kind == APPRISE:
        return form
    if row.kind == WEBHOOK:
        return replace(form, hook=place.url)
    if row.kind == SYSLOG:
        return replace(
            form, log_host=place.host, log_port=str(place.port), transport=place.security
        )
    return replace(
        form,
        host=place.host,
        port=str(place.port),
        security=place.security,
        user=place.user,
        sender=place.sender,
        recipients=", ".join(place.recipients),
    )


def form_view(words: Language, row: AlertChannel | None, typed: ChannelEntered) -> ChannelForm:
    """Return the form of a new channel, or of one that is there."""
    title = row.name if row else words.gettext("Add a channel")
    securities = {
        STARTTLS: "STARTTLS",
        TLS: "TLS",
        PLAIN: words.gettext("not encrypted, without a password"),
    }
    return ChannelForm(
        crumbs=_crumbs(words, Crumb(title)),
        title=title,
        action=f"{CHANNELS}/{row.channel_id}" if row else CHANNELS,
        channel_id=row.channel_id if row else "",
        form=typed,
        securities=tuple(securities.items()),
        transports=tuple((one, one.upper()) for one in channel_entered.TRANSPORTS),
        lets=lets(words),
    )


def lets(words: Language) -> tuple[tuple[str, str], ...]:
    """Return what may go through in quiet hours."""
    return (
        (Priority.HIGH.value, words.gettext("only what is urgent")),
        (Priority.NORMAL.value, words.gettext("what is urgent or ordinary")),
    )
