"""A device as people type it: what counts, and what of a form is kept as it was."""

import ipaddress
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar, get_args

from contracts import hosts, numbers
from contracts.devices import DeviceSecrets
from contracts.errors import MalformedHost, MalformedNumber
from controller import entered
from controller.entered import Label
from controller.errors import BadEntry

T = TypeVar("T", bound=str)
Auth = Literal["SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"]
Priv = Literal["AES", "AES-192", "AES-256"]
AUTH: tuple[Auth, ...] = get_args(Auth)
PRIV: tuple[Priv, ...] = get_args(Priv)
VERSIONS = ("v2c", "v3")
DEFAULT_PORT, MAX_PORT = 161, 65_535
# Two keys of three bytes a letter still have room in one seal; of four they may have none.
MAX_NAME_CHARS, MAX_SECRET_CHARS = 60, 64
# RFC 3414, section 5: usmUserName is of so many octets.
MAX_USER_BYTES = 32
# RFC 3414, section 11.2: a shorter one is guessed.
LEAST_KEY_CHARS = 8

_NAME = Label("Tên thiết bị", "The device's name")
_USER = Label("Người dùng SNMP", "The SNMP user")
_COMMUNITY = Label("Community", "The community")
_AUTH_KEY = Label("Khóa xác thực", "The authentication key")
_PRIV_KEY = Label("Khóa mã hóa", "The privacy key")


@dataclass(frozen=True, slots=True)
class DeviceEntered:
    """A device as typed; what is secret is in no repr, and in no page again."""

    name: str = ""
    address: str = ""
    port: str = str(DEFAULT_PORT)
    version: str = "v2c"
    user_name: str = ""
    auth: str = "SHA-256"
    priv: str = "AES"
    community: str = field(default="", repr=False)
    auth_key: str = field(default="", repr=False)
    priv_key: str = field(default="", repr=False)
    problem: str = ""

    def again(self, problem: str) -> "DeviceEntered":
        """Return the same without its secrets, with a sentence on what is wrong."""
        return replace(self, community="", auth_key="", priv_key="", problem=problem)


@dataclass(frozen=True, slots=True)
class DevicePlace:
    """Which device this is and where, as it is kept."""

    name: str
    address: str
    port: int
    user_name: str
    auth: str
    priv: str


def place_of(typed: DeviceEntered) -> DevicePlace:
    """Return what is kept beside the secrets.

    Raises:
        BadEntry: a field cannot be taken.
    """
    name = entered.line(_NAME, typed.name, most=MAX_NAME_CHARS)
    if typed.version not in VERSIONS:
        raise BadEntry("Chọn phiên bản SNMP.", "Choose the version of SNMP.")
    user, auth, priv = "", "", ""
    if typed.version == "v3":
        user = _user(typed.user_name)
        auth, priv = _chosen(AUTH, typed.auth), _chosen(PRIV, typed.priv)
    return DevicePlace(name, _address(typed.address), _port(typed.port), user, auth, priv)


def secrets_of(typed: DeviceEntered, kept: DeviceSecrets | None) -> DeviceSecrets:
    """Return what proves the point to the device; a secret that was left open stays.

    Raises:
        BadEntry: one is missing, too short or too long.
    """
    if typed.version == "v2c":
        before = kept.community if kept else None
        word = _secret(_COMMUNITY, typed.community, before, least=1)
        if word is None:
            raise BadEntry("Community chưa được nhập.", "The community is empty.")
        return DeviceSecrets(community=word)
    auth, priv = _chosen(AUTH, typed.auth), _chosen(PRIV, typed.priv)
    is_v3 = kept is not None and kept.community is None
    auth_key = _secret(
        _AUTH_KEY, typed.auth_key, kept.auth_key if kept and is_v3 else None, least=LEAST_KEY_CHARS
    )
    priv_key = _secret(
        _PRIV_KEY, typed.priv_key, kept.priv_key if kept and is_v3 else None, least=LEAST_KEY_CHARS
    )
    if auth_key is None or priv_key is None:
        raise BadEntry(
            "SNMP v3 cần cả khóa xác thực và khóa mã hóa.",
            "SNMP v3 needs both the authentication key and the privacy key.",
        )
    user = _user(typed.user_name)
    return DeviceSecrets(user=user, auth_key=auth_key, priv_key=priv_key, auth=auth, priv=priv)


def _user(typed: str) -> str:
    name = entered.line(_USER, typed, most=MAX_USER_BYTES)
    if len(name.encode()) > MAX_USER_BYTES:
        raise BadEntry(
            f"Người dùng SNMP dài quá {MAX_USER_BYTES} byte: dùng chữ không dấu và chữ số.",
            f"The SNMP user has more than {MAX_USER_BYTES} bytes: use plain letters and digits.",
        )
    return name


def _address(typed: str) -> str:
    try:
        found = ipaddress.ip_address(hosts.address(typed.strip()))
    except MalformedHost as exc:
        raise BadEntry(
            f"Địa chỉ IP “{typed.strip()[:60]}” không dùng được: nhập như 192.168.1.2.",
            f"“{typed.strip()[:60]}” is no IP address: enter one like 192.168.1.2.",
        ) from exc
    if found.is_multicast or found.is_unspecified or str(found) == "255.255.255.255":
        raise BadEntry("Địa chỉ này không phải của một thiết bị.", "This is no device's address.")
    return str(found)


def _port(typed: str) -> int:
    try:
        return numbers.whole(typed.strip() or str(DEFAULT_PORT), least=1, most=MAX_PORT)
    except MalformedNumber as exc:
        raise BadEntry(
            f"Cổng phải là số từ 1 đến {MAX_PORT}.", f"The port is a number from 1 to {MAX_PORT}."
        ) from exc


def _secret(label: Label, typed: str, kept: str | None, *, least: int) -> str | None:
    if not typed:
        return kept
    if not typed.isprintable():
        raise BadEntry(
            f"{label.vi} có ký tự không dùng được.",
            f"{label.en} has a character that cannot be used.",
        )
    if not least <= len(typed) <= MAX_SECRET_CHARS:
        raise BadEntry(
            f"{label.vi} phải có từ {least} đến {MAX_SECRET_CHARS} ký tự.",
            f"{label.en} has {least} to {MAX_SECRET_CHARS} characters.",
        )
    return typed


def _chosen(known: tuple[T, ...], typed: str) -> T:
    for one in known:
        if one == typed:
            return one
    raise BadEntry("Chọn một thuật toán trong danh sách.", "Choose an algorithm of the list.")
