"""What is said of each thing of the centre: what it is, how it is, and what to do."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from controller.web.i18n.language import N_, Language
from monitoring.judgement.centre import CentreKey, CentrePart, CentreVerdict
from monitoring.judgement.problem import Argument

_PARTS = {
    CentrePart.BROKER: N_("Broker"),
    CentrePart.INGEST: N_("Intake of reports"),
    CentrePart.DATABASE: N_("Database %(name)s"),
    CentrePart.VOLUME: N_("Disk %(name)s"),
    CentrePart.BACKUP: N_("Backup"),
    CentrePart.CERTIFICATE: N_("Certificate %(name)s"),
    CentrePart.CLOCK: N_("Clock"),
    CentrePart.MACHINE: N_("The centre's machine"),
}
_ABOUT = {
    "state": N_("of meetings and people"),
    "series": N_("of measurements"),
    "broker": N_("of the broker"),
    "recordings": N_("of recordings"),
    "backups": N_("of backups"),
    "ca": N_("of the installation's authority"),
    "server": N_("of the pages"),
}

# What is known of each, in the order in which it is told, as far as it is known.
_FACTS = {
    CentrePart.BROKER: {
        "loop_ms": N_("a message comes back in %(loop_ms)s ms"),
        "clients": N_("%(clients)s clients"),
        "bytes": N_("keeps %(bytes)s on the disk"),
    },
    CentrePart.INGEST: {
        "lag_ms": N_("reports take %(lag_ms)s ms"),
        "waiting": N_("%(waiting)s wait"),
        "newest": N_("the last came %(newest)s"),
    },
    CentrePart.DATABASE: {
        "bytes": N_("%(bytes)s"),
        "grown": N_("grows by %(grown)s a day"),
        "percent": N_("%(percent)s %% of its connections in use"),
        "checked": N_("pages checked %(checked)s"),
    },
    CentrePart.VOLUME: {
        "free": N_("%(free)s free of %(bytes)s"),
        "inodes": N_("%(inodes)s %% of all files"),
        "days": N_("lasts %(days)s days at this rate"),
    },
    CentrePart.BACKUP: {
        "at": N_("made %(at)s and read again whole"),
        "name": N_("in %(name)s"),
    },
    CentrePart.CERTIFICATE: {"at": N_("until %(at)s"), "days": N_("%(days)s days left")},
    CentrePart.CLOCK: {"error_ms": N_("to within %(error_ms)s ms")},
    CentrePart.MACHINE: {
        "percent": N_("memory %(percent)s %% used"),
        "load": N_("load %(load)s for each processor"),
        "celsius": N_("%(celsius)s °C"),
    },
}

_KEYS = {
    CentreKey.WELL: N_("In order"),
    CentreKey.BROKER_SILENT: N_("No message comes back from the broker since %(since)s"),
    CentreKey.BROKER_SLOW: N_("Messages are slow through the broker"),
    CentreKey.BROKER_DROPPED: N_("The broker dropped %(count)s messages at %(at)s"),
    CentreKey.BROKER_STORE: N_("It keeps many messages that nobody fetches"),
    CentreKey.INGEST_SILENT: N_("The intake of reports says nothing since %(since)s"),
    CentreKey.INGEST_FAILING: N_("Reports cannot be written"),
    CentreKey.INGEST_BEHIND: N_("Reports are late"),
    CentreKey.INGEST_LOST: N_("%(count)s messages could not be kept at %(at)s"),
    CentreKey.DATABASE_AWAY: N_("Does not answer: %(error)s"),
    CentreKey.DATABASE_DAMAGED: N_("Damaged: %(error)s"),
    CentreKey.DATABASE_READ_ONLY: N_("Can be read only: it is a standby server"),
    CentreKey.DATABASE_BUSY: N_("Most of its connections are in use"),
    CentreKey.DATABASE_UNCHECKED: N_("Its pages were not checked of late"),
    CentreKey.VOLUME_SILENT: N_("Does not answer: %(error)s"),
    CentreKey.VOLUME_READ_ONLY: N_("Can be read only"),
    CentreKey.VOLUME_FULL: N_("%(percent)s %% full"),
    CentreKey.VOLUME_FILES: N_("%(inodes)s %% of all files that it can hold exist"),
    CentreKey.VOLUME_FILLING: N_("Full in %(days)s days at this rate"),
    CentreKey.BACKUP_NONE: N_("No backup was ever made"),
    CentreKey.BACKUP_FAILED: N_("The backup of %(failed)s failed: %(error)s"),
    CentreKey.BACKUP_OLD: N_("The last good one is %(age)s old"),
    CentreKey.CERTIFICATE_OVER: N_("Ended %(at)s"),
    CentreKey.CERTIFICATE_ENDING: N_("Ends in %(days)s days"),
    CentreKey.CERTIFICATE_UNREAD: N_("Cannot be read: %(error)s"),
    CentreKey.CLOCK_DOUBTED: N_("Points or stored data contradict it"),
    CentreKey.CLOCK_UNKEPT: N_("No time server keeps it right"),
    CentreKey.CLOCK_FAR: N_("May be wrong by %(error_ms)s ms"),
    CentreKey.MEMORY_FULL: N_("Memory %(percent)s %% used"),
    CentreKey.BUSY: N_("Overloaded: %(load)s tasks wait for each processor"),
    CentreKey.HOT: N_("Hot: %(celsius)s °C"),
    CentreKey.UNMEASURED: N_("Not known yet"),
}

_SPACE = N_("Free space or enlarge the disk; see what grows: df -h, du -xh --max-depth=2.")
_READ_ONLY = N_("Read dmesg: a disk with errors is mounted so. Replace it and restore the backup.")
_RENEW = N_("Run diemcau-controller renew and read why it fails; then systemctl reload.")
_TIME = N_("Enter a time server and see that it is reached: timedatectl timesync-status.")

_STEPS = {
    CentreKey.BROKER_SILENT: N_("systemctl status diemcau-broker; restart it if it hangs."),
    CentreKey.BROKER_SLOW: N_("See what keeps the machine busy, and how fast its disk is."),
    CentreKey.BROKER_DROPPED: N_("Nothing: points send again. If it goes on, see who is slow."),
    CentreKey.BROKER_STORE: N_("See that ingest and all relays run and are connected."),
    CentreKey.INGEST_SILENT: N_("systemctl status diemcau-controller-ingest; restart it."),
    CentreKey.INGEST_FAILING: N_("See the disk and the database; points keep what they measured."),
    CentreKey.INGEST_BEHIND: N_("Wait; if it goes on, see processor and disk of the centre."),
    CentreKey.INGEST_LOST: N_("Read the log of diemcau-controller-ingest; see that disk."),
    CentreKey.DATABASE_AWAY: N_("Start the database's server, or see its file and disk."),
    CentreKey.DATABASE_DAMAGED: N_("Stop the centre and restore the last backup at once."),
    CentreKey.DATABASE_READ_ONLY: N_("Make this server the primary, or name the one that is."),
    CentreKey.DATABASE_BUSY: N_("Raise max_connections of PostgreSQL, or find who keeps them."),
    CentreKey.DATABASE_UNCHECKED: N_(
        "Make a backup: it checks all pages. On PostgreSQL switch checksums on."
    ),
    CentreKey.VOLUME_SILENT: N_("See the disk and its cable, or the server that lends it: dmesg."),
    CentreKey.VOLUME_READ_ONLY: _READ_ONLY,
    CentreKey.VOLUME_FULL: _SPACE,
    CentreKey.VOLUME_FILES: N_("Delete small files that nobody needs on this disk."),
    CentreKey.VOLUME_FILLING: _SPACE,
    CentreKey.BACKUP_NONE: N_("sudo diemcau-controller backup FOLDER, best by a timer each night."),
    CentreKey.BACKUP_FAILED: N_("See folder and space, and make it anew by hand."),
    CentreKey.BACKUP_OLD: N_("sudo diemcau-controller backup FOLDER; see why the timer did not."),
    CentreKey.CERTIFICATE_OVER: _RENEW,
    CentreKey.CERTIFICATE_ENDING: _RENEW,
    CentreKey.CERTIFICATE_UNREAD: N_("Run diemcau-controller init, or restore pki/ of a backup."),
    CentreKey.CLOCK_DOUBTED: N_("Set the clock; until then no meeting ends by it."),
    CentreKey.CLOCK_UNKEPT: _TIME,
    CentreKey.CLOCK_FAR: _TIME,
    CentreKey.MEMORY_FULL: N_("See what uses it (ps aux --sort=-rss), or add memory."),
    CentreKey.BUSY: N_("See what keeps it busy: top."),
    CentreKey.HOT: N_("Clear the air vents, and see that fans turn and the room is cooled."),
}
_AUTHORITY = N_("Plan a new authority: every point and relay enrols anew under it.")
_SIZES = frozenset(("bytes", "free", "grown"))


def name(words: Language, part: CentrePart, about: str) -> str:
    """Return what a thing is called."""
    if part is CentrePart.VOLUME:
        about = ", ".join(_known(words, one) for one in about.split())
    return words.gettext(_PARTS[part], name=_known(words, about))


def _known(words: Language, about: str) -> str:
    known = _ABOUT.get(about)
    return words.gettext(known) if known else about


def said(words: Language, one: CentreVerdict, now: datetime) -> str:
    """Return in one sentence how it is."""
    values = _Values(_shown(words, one.arguments, now))
    return words.gettext(_KEYS[one.key]) % values


def facts(words: Language, one: CentreVerdict, now: datetime) -> str:
    """Return what else is known of it."""
    values = _Values(_shown(words, one.arguments, now))
    texts = [text for name, text in _FACTS[one.part].items() if name in one.arguments]
    return " · ".join(words.gettext(text) % values for text in texts)


def remedy(words: Language, one: CentreVerdict) -> str:
    """Return what to do; empty: nothing."""
    is_authority = one.about == "ca" and one.key is CentreKey.CERTIFICATE_ENDING
    step = _AUTHORITY if is_authority else _STEPS.get(one.key)
    return words.gettext(step) if step else ""


class _Values(dict[str, str]):
    """Values of a sentence: what is not known is a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


def _shown(words: Language, values: Mapping[str, Argument], now: datetime) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, datetime):
            is_far = value - now > timedelta(days=1)
            found[name] = words.date(value) if is_far else words.moment(value, now)
            found["age"] = words.duration(abs(now - value))
        elif isinstance(value, str):
            found[name] = value
        elif name in _SIZES:
            found[name] = words.size(value)
        else:
            found[name] = words.number(value, 0 if value == int(value) else 1)
    return found
