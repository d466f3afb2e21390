"""One frozen Settings per process, read from one TOML file, once.

An unknown key, a wrong type or a value out of range names the file, the key and
what was expected. Relative paths are taken from the file's own folder. Hosts and
addresses (the field types below) are kept in their one form, see contracts/hosts.py.
"""

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec

from contracts import hosts
from contracts.errors import MalformedHost
from runtime.errors import SettingsError
from runtime.os_fault import reasons

Host = Annotated[str, hosts.host]
Address = Annotated[str, hosts.address]
HttpsOrigin = Annotated[str, hosts.origin_url]

S = TypeVar("S", bound="Settings")

_AT_PATH = re.compile(r" - at `\$\.?(?P<key>[^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `(?P<field>[^`]+)`")
_VALUE = "giá trị này không dùng được"
_WRONG = (
    ("Object missing required field `([^`]+)`", "thiếu khóa `{}`"),
    ("Expected `([^`]+)`, got `([^`]+)`", "cần `{}`, đang là `{}`"),
    ("Expected `([^`]+)` ([<>]=?) (.+)", "cần `{}` {} {}"),
    ("Invalid enum value (.+)", "không có giá trị {}"),
)


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every settings table. Field names are the keys of the TOML file."""

    def __post_init__(self) -> None:
        """Give hosts and addresses their one form, or refuse them."""
        for name, in_one_form in _host_fields(type(self)):
            value = getattr(self, name)
            try:
                if isinstance(value, str):
                    found: Any = in_one_form(value)
                else:
                    found = value and type(value)(map(in_one_form, value))
            except MalformedHost as exc:
                raise FieldError(name, str(exc)) from exc
            msgspec.structs.force_setattr(self, name, found)


class FieldError(ValueError):
    """What msgspec cannot say: which field of a table was refused. For `__post_init__`."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(reason)


OneForm = Callable[[str], str]


@lru_cache(maxsize=64)
def _host_fields(settings_type: type[msgspec.Struct]) -> tuple[tuple[str, OneForm], ...]:
    hints = get_type_hints(settings_type, include_extras=True)
    return tuple((name, one) for name, hint in hints.items() for one in _one_forms(hint))


def _one_forms(hint: Any) -> Iterator[OneForm]:  # noqa: ANN401 - whatever a field may be
    for mark in getattr(hint, "__metadata__", ()):
        if mark in (hosts.host, hosts.address, hosts.origin_url):
            yield mark
    for inner in get_args(hint):
        yield from _one_forms(inner)


def load(settings_type: type[S], path: Path) -> S:
    """Return the file's settings.

    Raises:
        SettingsError: the file is missing, is no TOML, or holds something unexpected.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        said = f"cannot be read ({exc.strerror})"
        raise SettingsError(path, "", said, vietnamese=reasons(exc)[0]) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        vietnamese = "không đúng dạng TOML"
        raise SettingsError(path, "", f"is not TOML: {exc}", vietnamese=vietnamese) from exc
    return from_table(settings_type, table, path)


def from_table(settings_type: type[S], table: dict[str, Any], path: Path) -> S:
    """Return a parsed TOML table as settings; `path` is the file it came from.

    Raises:
        SettingsError: the table holds something unexpected.
    """
    folder = path.resolve().parent

    def to_path(expected: type, value: object) -> object:
        if expected is Path and isinstance(value, str):
            return folder / Path(value).expanduser()
        raise TypeError(f"expected a {expected.__name__} as text, got {type(value).__name__}")

    try:
        return msgspec.convert(table, settings_type, dec_hook=to_path)
    except msgspec.ValidationError as exc:
        raise _explained(settings_type, path, exc) from exc


def _explained(
    settings_type: type[Settings], path: Path, fault: msgspec.ValidationError
) -> SettingsError:
    message = str(fault)
    at = _AT_PATH.search(message)
    key = at["key"] if at else ""
    reason = _AT_PATH.sub("", message)
    if isinstance(fault.__cause__, FieldError):
        named, vietnamese = f"{key}.{fault.__cause__.name}".lstrip("."), _VALUE
        return SettingsError(path, named, reason, vietnamese=vietnamese)
    unknown = _UNKNOWN.search(reason)
    if unknown is None:
        return SettingsError(path, key, reason, vietnamese=_in_vietnamese(reason))
    field = unknown["field"]
    known = _keys_of(settings_type, key)
    close = difflib.get_close_matches(field, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known keys are {', '.join(known)}"
    asked = f"có phải {close[0]!r}?" if close else "các khóa dùng được ở cuối câu"
    full_key = f"{key}.{field}" if key else field
    said, vietnamese = f"this key is not known; {hint}", f"không có khóa này; {asked}"
    return SettingsError(path, full_key, said, vietnamese=vietnamese)


def _in_vietnamese(reason: str) -> str:
    """Return what msgspec says of a value, in Vietnamese."""
    for pattern, said in _WRONG:
        if found := re.fullmatch(pattern, reason):
            return said.format(*found.groups())
    return _VALUE


def _keys_of(settings_type: type[Settings], key: str) -> list[str]:
    """Return the known keys of the table that `key` (dotted) names."""
    current: Any = settings_type
    for part in filter(None, key.split(".")):
        fields = {f.encode_name: f.type for f in msgspec.structs.fields(current)}
        found = fields.get(part.split("[")[0])
        if not (isinstance(found, type) and issubclass(found, msgspec.Struct)):
            return []
        current = found
    return sorted(f.encode_name for f in msgspec.structs.fields(current))
