"""One frozen Settings per process, read from one TOML file, once.

An unknown key, a wrong type or a value out of range names the file, the key and
what was expected. Relative paths are taken from the file's own folder.
"""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from runtime.errors import SettingsError

S = TypeVar("S", bound="Settings")

_AT_PATH = re.compile(r" - at `\$\.?(?P<key>[^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `(?P<field>[^`]+)`")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every settings table. Field names are the keys of the TOML file."""


def load(settings_type: type[S], path: Path) -> S:
    """Return the file's settings.

    Raises:
        SettingsError: the file is missing, is no TOML, or holds something unexpected.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise SettingsError(path, "", f"cannot be read ({exc.strerror})") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise SettingsError(path, "", f"is not TOML: {exc}") from exc
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
        raise _explained(settings_type, path, str(exc)) from exc


def _explained(settings_type: type[Settings], path: Path, message: str) -> SettingsError:
    at = _AT_PATH.search(message)
    key = at["key"] if at else ""
    reason = _AT_PATH.sub("", message)
    unknown = _UNKNOWN.search(reason)
    if unknown is None:
        return SettingsError(path, key, reason)
    field = unknown["field"]
    known = _keys_of(settings_type, key)
    close = difflib.get_close_matches(field, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known keys are {', '.join(known)}"
    full_key = f"{key}.{field}" if key else field
    return SettingsError(path, full_key, f"this key is not known; {hint}")


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
