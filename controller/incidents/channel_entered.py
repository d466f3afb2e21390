"""A channel as people type it: what counts, and what may be shown of it again."""

import re
from dataclasses import dataclass, field, replace

from controller import entered
from controller.entered import Label
from controller.errors import BadEntry
from controller.incidents.quiet_entered import QuietTaken, quiet
from controller.mail.entered import (
    MAX_ADDRESS_CHARS,
    SECURITIES,
    STARTTLS,
    address,
    host,
    password,
    port,
    refuse_open_password,
)
from monitoring.judgement.priority import Priority

MAIL, APPRISE, WEBHOOK, SYSLOG = "mail", "apprise", "webhook", "syslog"
KINDS = (MAIL, APPRISE, WEBHOOK, SYSLOG)
LOG_TLS, LOG_TCP, LOG_UDP = "tls", "tcp", "udp"
TRANSPORTS = (LOG_TLS, LOG_TCP, LOG_UDP)
MAX_NAME_CHARS, MAX_URL_CHARS, MAX_RECIPIENTS = 60, 1000, 10
LEAST_KEY_CHARS = 16

_NAME = Label("Tên kênh", "The channel's name")
_USER = Label("Người dùng", "The user")
_LOG_SERVER = Label("Máy chủ syslog", "The syslog server")
_HOOK = re.compile(r"https?://[^\s/?#@]+(?:[/?][^\s#]*)?")
_URL = re.compile(r"([a-z][a-z0-9+.-]{0,30})://\S+")
# They speak to the machine of the centre itself: nobody sits before it.
_LOCAL = frozenset(("dbus", "file", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"))


@dataclass(frozen=True, slots=True)
class ChannelEntered:
    """A channel as typed; what is secret is in no repr, and in no page again."""

    kind: str = MAIL
    name: str = ""
    host: str = ""
    port: str = "587"
    security: str = STARTTLS
    user: str = ""
    sender: str = ""
    recipients: str = ""
    password: str = field(default="", repr=False)
    url: str = field(default="", repr=False)
    hook: str = ""
    key: str = field(default="", repr=False)
    log_host: str = ""
    log_port: str = "6514"
    transport: str = LOG_TLS
    quiet_from: str = ""
    quiet_until: str = ""
    quiet_lets: str = Priority.HIGH.value
    problem: str = ""

    def again(self, problem: str) -> "ChannelEntered":
        """Return the same without its secrets, with a sentence on what is wrong."""
        return replace(self, password="", url="", key="", problem=problem)


@dataclass(frozen=True, slots=True)
class ChannelPlace:
    """Where a channel leads, as far as it may be shown.

    `scheme` is of an address of Apprise, `url` that of a webhook; of a syslog server `security` is
    one of TRANSPORTS.
    """

    scheme: str = ""
    host: str = ""
    port: int = 0
    security: str = ""
    user: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    url: str = ""

    @property
    def server(self) -> tuple[str, int, str, str, str]:
        """Who gets to know the password."""
        return (self.host, self.port, self.security, self.user, self.url)


@dataclass(frozen=True, slots=True)
class ChannelTaken:
    """What is kept of what was typed; `secret` None: it was left open."""

    kind: str
    name: str
    place: ChannelPlace
    secret: str | None = field(repr=False)
    quiet: QuietTaken = field(default_factory=QuietTaken)


def taken(typed: ChannelEntered) -> ChannelTaken:
    """Return what counts of what was typed.

    Raises:
        BadEntry: a field cannot be taken.
    """
    found = _taken(typed)
    if found.kind == SYSLOG:
        return found  # a record sleeps never
    return replace(found, quiet=quiet(typed.quiet_from, typed.quiet_until, typed.quiet_lets))


def _taken(typed: ChannelEntered) -> ChannelTaken:
    name = entered.line(_NAME, typed.name, most=MAX_NAME_CHARS)
    if typed.kind == APPRISE:
        scheme, url = _url(typed.url)
        return ChannelTaken(APPRISE, name, ChannelPlace(scheme=scheme), url)
    if typed.kind == WEBHOOK:
        return ChannelTaken(WEBHOOK, name, ChannelPlace(url=_hook(typed.hook)), _key(typed.key))
    if typed.kind == SYSLOG and typed.transport in TRANSPORTS:
        server = host(typed.log_host, _LOG_SERVER)
        place = ChannelPlace(host=server, port=port(typed.log_port), security=typed.transport)
        return ChannelTaken(SYSLOG, name, place, "")
    if typed.kind != MAIL or typed.security not in SECURITIES:
        raise BadEntry("Chọn loại kênh và cách mã hóa.", "Choose the kind and the encryption.")
    user = entered.line(_USER, typed.user, most=MAX_ADDRESS_CHARS, least=0)
    refuse_open_password(user, typed.password, typed.security)
    place = ChannelPlace(
        host=host(typed.host),
        port=port(typed.port),
        security=typed.security,
        user=user,
        sender=address(typed.sender),
        recipients=_recipients(typed.recipients),
    )
    return ChannelTaken(MAIL, name, place, password(typed.password))


def _url(typed: str) -> tuple[str, str | None]:
    url = typed.strip()
    if not url:
        return "", None
    found = _URL.fullmatch(url)
    if found is None or not url.isprintable() or len(url) > MAX_URL_CHARS:
        raise BadEntry(
            "Địa chỉ Apprise không dùng được: dạng dich-vu://… theo hướng dẫn của Apprise.",
            "This is no address of Apprise: it looks like service://…, as its guide says.",
        )
    if found[1] in _LOCAL:
        raise BadEntry(
            "Dịch vụ này chỉ hiện thông báo trên chính máy chủ: chọn dịch vụ khác.",
            "This service shows messages on the server itself only: choose another.",
        )
    return found[1], url


def _hook(typed: str) -> str:
    url = typed.strip()
    is_plain = url.isascii() and url.isprintable() and len(url) <= MAX_URL_CHARS
    if not is_plain or _HOOK.fullmatch(url) is None:
        raise BadEntry(
            "Địa chỉ webhook không dùng được: dạng https://may-chu/duong-dan, không kèm mật khẩu.",
            "This is no webhook's address: https://server/path, without a password in it.",
        )
    return url


def _key(typed: str) -> str | None:
    key = password(typed)
    if key is not None and len(key) < LEAST_KEY_CHARS:
        raise BadEntry(
            f"Khóa ký phải có ít nhất {LEAST_KEY_CHARS} ký tự.",
            f"The signing key has at least {LEAST_KEY_CHARS} characters.",
        )
    return key


def _recipients(typed: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(address(one) for one in re.split(r"[,;\s]+", typed) if one))
    if not 1 <= len(found) <= MAX_RECIPIENTS:
        raise BadEntry(
            f"Nhập từ 1 đến {MAX_RECIPIENTS} địa chỉ người nhận.",
            f"Enter 1 to {MAX_RECIPIENTS} recipients.",
        )
    return found
