"""What is done once a day: certificates of services that end soon are renewed.

It may run at boot, before a time server is heard. So it takes no step by the clock that the
next run does not take back: what leaves by its age leaves in the web process (retention.py).
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine

from controller import installation, rights
from controller.audit.service import AuditLog
from controller.db.engine import open_engine, reading, writing
from controller.enrolment import pki
from controller.enrolment.revocation import update_list
from controller.errors import StorageError
from controller.health import service as health
from controller.knock import knock
from controller.meetings import service as meetings
from controller.settings import ControllerSettings
from runtime.clock_trust import ClockTrust, Doubt

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Renewed:
    """What was done; nothing, while there is a doubt of the clock."""

    services: tuple[str, ...] = ()
    doubt: Doubt | None = None


def renew(settings: ControllerSettings, *, now: datetime, is_synchronised: bool) -> Renewed:
    """Renew the services' certificates; remove what is over or too many, whatever the time.

    Args:
        is_synchronised: the kernel says that somebody keeps the clock right; one that
            nobody does is believed where it fits the data that are there.

    Raises:
        InstallationError: there is no authority.
        StorageError, OSError: the database or the folder cannot be written.
    """
    authority = pki.load_authority(settings.pki_dir)
    doubt = None if is_synchronised else _contradicted(settings, now)
    if doubt is not None:
        return Renewed(doubt=doubt)
    made = installation.ensure_services(settings, authority, now=now)
    engine = open_engine(settings.state_database_url, durability="FULL")
    try:
        _tidy(engine, settings, now)
        update_list(engine, settings.pki_dir, authority, now=now)
    finally:
        engine.dispose()
    rights.hand_out(settings)
    knock(settings.state_dir)
    return Renewed(made)


def _tidy(engine: Engine, settings: ControllerSettings, now: datetime) -> None:
    with writing(engine) as session:
        meetings.forget_access(session)
        meetings.forget_queues(session)
        meetings.forget_messages(session)
        meetings.forget_admissions(session)
    AuditLog(engine, lambda: now).prune(before=None, max_rows=settings.audit.max_rows)


def _contradicted(settings: ControllerSettings, now: datetime) -> Doubt | None:
    engine = open_engine(settings.series_database_url)
    try:
        with reading(engine) as session:
            newest = health.newest_data(session)
    except StorageError as exc:
        _log.warning("newest_data_unread", error=str(exc))
        newest = None
    finally:
        engine.dispose()
    return ClockTrust().doubt(now=now, now_s=0.0, newest=newest)
