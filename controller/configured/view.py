"""The page of settings: what is set here, the default, and where to change it. No secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from controller.configured.texts import ELSEWHERE, SECTIONS, TEXTS
from controller.settings import ControllerSettings, KnownRelay
from controller.web.i18n.language import Language

FILE = "controller.toml"
_DATABASES = ("state_url", "series_url")
_SPANS = {"s": timedelta(seconds=1), "h": timedelta(hours=1), "days": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting. `value` has a line for each of several."""

    key: str
    what: str
    value: tuple[str, ...]
    default: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class SettingsSection:
    """The settings of one table of one file."""

    title: str
    where: str
    rows: tuple[SettingRow, ...]


@dataclass(frozen=True, slots=True)
class SettingsView:
    """All the page shows."""

    sections: tuple[SettingsSection, ...]


def view(
    words: Language, settings: ControllerSettings, unit_names: Mapping[str, str]
) -> SettingsView:
    """Return the page's view."""
    sections = [
        SettingsSection(
            title=words.gettext(title),
            where=f"{FILE} [{table}]" if table else FILE,
            rows=tuple(
                _row(words, settings, key, unit_names)
                for key in TEXTS
                if key.rpartition(".")[0] == table
            ),
        )
        for table, title in SECTIONS.items()
    ]
    elsewhere = SettingsSection(
        title=words.gettext("On the machines of relays and points"),
        where="relay.toml, room.toml",
        rows=tuple(
            SettingRow(
                key=f"{file}: {key}",
                what=words.gettext(text),
                value=(words.gettext("as the file of that machine says"),),
                default=shown(words, key, default),
                is_changed=False,
            )
            for text, file, key, default in ELSEWHERE
        ),
    )
    return SettingsView((*sections, elsewhere))


def _row(
    words: Language, settings: ControllerSettings, key: str, unit_names: Mapping[str, str]
) -> SettingRow:
    table, _, name = key.rpartition(".")
    holder: Any = getattr(settings, table) if table else settings
    value, default = getattr(holder, name), _default(type(holder), name)
    return SettingRow(
        key=name,
        what=words.gettext(TEXTS[key]),
        value=_lines(words, name, value, unit_names),
        default="" if default is msgspec.NODEFAULT else shown(words, name, default),
        is_changed=default is not msgspec.NODEFAULT and value != default,
    )


def _default(table: type[msgspec.Struct], name: str) -> object:
    field = next(one for one in msgspec.structs.fields(table) if one.name == name)
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


def _lines(
    words: Language, name: str, value: object, unit_names: Mapping[str, str]
) -> tuple[str, ...]:
    if isinstance(value, dict) and value:
        return tuple(f"{_unit(words, unit, unit_names)}: {text}" for unit, text in value.items())
    if isinstance(value, tuple) and value:
        return tuple(
            _relay(words, one, unit_names) if isinstance(one, KnownRelay) else str(one)
            for one in value
        )
    return (shown(words, name, value),)


def _relay(words: Language, relay: KnownRelay, unit_names: Mapping[str, str]) -> str:
    said = f"{relay.relay_id}: {relay.url}"
    if relay.home is None:
        return said
    part = words.gettext("worker of %(home)s", home=relay.home)
    if relay.serves:
        units = ", ".join(_unit(words, one, unit_names) for one in relay.serves)
        part = words.gettext("serves %(units)s", units=units)
    return f"{said} · {part}"


def _unit(words: Language, unit: str, unit_names: Mapping[str, str]) -> str:
    unknown = words.gettext("no such unit")
    return unit_names.get(unit) or f"{unit} ({unknown})"


def shown(words: Language, key: str, value: object) -> str:
    """Return a value as a person reads it, by the unit that its name ends in."""
    if key in _DATABASES:  # a URL may hold a password
        return "PostgreSQL" if value else words.gettext("SQLite, in the folder")
    if value is None or value in ("", (), {}):
        return words.gettext("not set")
    if isinstance(value, bool):
        return words.gettext("yes") if value else words.gettext("no")
    if not isinstance(value, int | float) or key.endswith("port"):
        return str(value)
    unit = key.rpartition("_")[2]
    if unit in _SPANS:
        return words.duration(value * _SPANS[unit])
    if unit in ("ratio", "confidence"):
        return words.percent(value)
    if unit == "ms":
        return words.milliseconds(value)
    if unit == "bps":
        return words.rate(value)
    if unit == "dbm":
        return f"{words.number(value)} dBm"
    return words.celsius(value) if unit == "c" else words.number(value)
