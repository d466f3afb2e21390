"""A point's machine as a thing: its parts with serial numbers, disks, screens, boots."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.machine import BootFacts, DiskFacts, DiskHealth, FileSystemUse, ScreenState
from contracts.reports import ClockState, HealthBody, InventoryBody
from controller.health.boot_queries import KnownBoot
from controller.health.screen_makers import maker_name
from controller.health.views.device import Fact
from controller.web.elements import Badge
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part: a disk, a file system, a screen. `second`: what is less often looked for."""

    key: str
    name: str
    second: str
    badge: Badge
    figures: str


@dataclass(frozen=True, slots=True)
class BootRow:
    """One boot, and why there was one."""

    key: str
    when: str
    why: str


@dataclass(frozen=True, slots=True)
class MachineView:
    """Of what nothing is known a list is empty."""

    facts: tuple[Fact, ...]
    disks: tuple[PartRow, ...]
    file_systems: tuple[PartRow, ...]
    screens: tuple[PartRow, ...]
    boots: tuple[BootRow, ...]
    unasked: str = ""


def view(
    words: Language,
    now: datetime,
    health: HealthBody | None,
    inventory: InventoryBody | None,
    clock: ClockState | None,
    boots: Sequence[KnownBoot],
) -> MachineView:
    """Return what is known of a machine."""
    machine = inventory.machine if inventory else None
    disks = health.disks if health else None
    about = {one.name: one for one in machine.disks} if machine else {}
    return MachineView(
        facts=tuple(_facts(words, inventory, clock)),
        disks=tuple(_disk(words, one, about.get(one.name)) for one in disks.disks) if disks else (),
        file_systems=tuple(
            _file_system(words, one)
            for one in (health.disk.file_systems if health and health.disk else ())
        ),
        screens=tuple(
            _screen(words, one)
            for one in (health.screens.screens if health and health.screens else ())
        ),
        boots=tuple(_boot(words, now, one) for one in boots),
        unasked=_unasked(words) if disks and disks.disks and not disks.is_asked else "",
    )


def _facts(
    words: Language, inventory: InventoryBody | None, clock: ClockState | None
) -> Iterator[Fact]:
    machine = inventory.machine if inventory else None
    if machine is not None:
        named = (
            (words.gettext("Maker and model"), f"{machine.maker} {machine.model}"),
            (words.gettext("Serial number"), machine.serial),
            (words.gettext("Mainboard"), f"{machine.board} {machine.board_serial}"),
            (words.gettext("Firmware"), machine.firmware),
        )
        yield from (Fact(name, shown.strip()) for name, shown in named if shown.strip())
    if clock is not None:
        yield Fact(words.gettext("Clock"), _clock(words, clock), "clock")


def _clock(words: Language, clock: ClockState) -> str:
    if clock.error_ms is None or clock.source == "unknown":
        return words.gettext("nobody sets it")
    source = "NTP" if clock.source == "ntp" else words.gettext("from the centre")
    return words.gettext(
        "%(source)s, wrong by at most %(error)s",
        source=source,
        error=words.milliseconds(clock.error_ms),
    )


def _disk(words: Language, one: DiskHealth, about: DiskFacts | None) -> PartRow:
    said: list[str] = []
    if one.temperature_c is not None:
        said.append(words.celsius(one.temperature_c))
    if one.worn_percent is not None:
        worn = words.percent(one.worn_percent / 100, 0)
        said.append(words.gettext("%(worn)s of its writes done", worn=worn))
    if one.bad_sectors or one.media_errors:
        count = max(one.bad_sectors or 0, one.media_errors or 0)
        said.append(words.ngettext("%(n)s bad place", "%(n)s bad places", count))
    if one.on_hours is not None:
        span = words.duration(timedelta(hours=min(one.on_hours, 1_000_000)))
        said.append(words.gettext("ran for %(span)s", span=span))
    if one.unsafe_stops:
        said.append(
            words.ngettext("lost power %(n)s time", "lost power %(n)s times", one.unsafe_stops)
        )
    parts = (about.model, about.serial, words.size(about.bytes_total)) if about else ()
    return PartRow(
        key=one.name,
        name=one.name,
        second=" · ".join(part for part in parts if part),
        badge=_verdict(words, one),
        figures=" · ".join(said),
    )


def _verdict(words: Language, one: DiskHealth) -> Badge:
    if one.has_passed is False or one.warnings:
        return Badge("down", "state-down", words.gettext("About to fail"))
    if one.bad_sectors or one.media_errors:
        return Badge("degraded", "state-degraded", words.gettext("Has errors"))
    if one.has_passed is None:
        return Badge("unknown", "state-unknown", words.gettext("Unknown"))
    return Badge("up", "state-up", words.gettext("Good"))


def _unasked(words: Language) -> str:
    return words.gettext(
        "Nobody on the machine asks the disks: install smartmontools there, then run "
        "systemctl start diemcau-hardware."
    )


def _file_system(words: Language, one: FileSystemUse) -> PartRow:
    badge = (
        Badge("excluded", "state-excluded", words.gettext("Read only"))
        if one.is_read_only
        else Badge("up", "state-up", words.gettext("In use"))
    )
    files = words.gettext("%(share)s of its files", share=words.percent(one.inode_ratio, 0))
    return PartRow(
        key=one.path,
        name=one.path,
        second=f"{one.kind} · {words.size(one.bytes_total)}",
        badge=badge,
        figures=" · ".join(
            part
            for part in (
                words.percent(one.disk_ratio, 0) if one.disk_ratio is not None else "",
                files if one.inode_ratio is not None else "",
            )
            if part
        ),
    )


def _screen(words: Language, one: ScreenState) -> PartRow:
    badge = (
        Badge("up", "state-up", words.gettext("Plugged in"))
        if one.is_connected
        else Badge("excluded", "state-excluded", words.gettext("Nothing plugged in"))
    )
    name = f"{maker_name(one.maker)} {one.model}".strip()
    made = words.gettext("made %(year)s", year=one.made_year) if one.made_year else ""
    return PartRow(
        key=one.connector,
        name=name or one.connector,
        second=" · ".join(part for part in (one.connector if name else "", one.serial) if part),
        badge=badge,
        figures=made,
    )


def _boot(words: Language, now: datetime, one: KnownBoot) -> BootRow:
    return BootRow(
        key=f"{one.first_at:%Y%m%d%H%M%S%f}",
        when=words.moment(one.first_at, now),
        why=_why(words, now, one.facts or BootFacts()),
    )


def _why(words: Language, now: datetime, facts: BootFacts) -> str:
    said = {
        "stopped": words.gettext("switched off or restarted in order"),
        "cut": words.gettext("power was lost, or the machine hung"),
        "unknown": words.gettext("why is not known"),
    }[facts.before]
    reset = {
        "watchdog": words.gettext("the machine hung, its watchdog restarted it"),
        "heat": words.gettext("the machine became too hot"),
        "power": words.gettext("the supply's voltage fell"),
        None: "",
    }[facts.reset_by]
    if facts.seen_until is None:
        return reset or said
    seen = words.gettext("seen until %(time)s", time=words.moment(facts.seen_until, now))
    return f"{reset or said} · {seen}"
