"""What is done once a day: certificates that end soon are renewed, old rows are removed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from controller import installation, rights
from controller.audit.service import AuditLog
from controller.db.engine import open_engine, writing
from controller.enrolment import certificate_queries, pki
from controller.enrolment.revocation import RENEWED, update_list
from controller.knock import knock
from controller.meetings import service as meetings
from controller.settings import ControllerSettings

# A renewed point may be in a meeting, or its answer may have been lost.
KEPT_BESIDE = timedelta(days=14)
KEPT_EXPIRED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Renewed:
    """What was done."""

    services: tuple[str, ...]
    superseded: int


def renew(settings: ControllerSettings, *, now: datetime) -> Renewed:
    """Renew the services' certificates, end points' former ones, remove what is kept no longer.

    Raises:
        InstallationError: there is no authority.
        StorageError, OSError: the database or the folder cannot be written.
    """
    authority = pki.load_authority(settings.pki_dir)
    made = installation.ensure_services(settings, authority, now=now)
    engine = open_engine(settings.state_database_url, durability="FULL")
    try:
        with writing(engine) as session:
            superseded = certificate_queries.end_superseded(
                session, issued_before=now - KEPT_BESIDE, why=RENEWED, now=now
            )
            certificate_queries.forget_expired(session, before=now - KEPT_EXPIRED)
            meetings.forget_access(session)
        update_list(engine, settings.pki_dir, authority, now=now)
        AuditLog(engine, lambda: now).prune(
            keep_days=settings.audit.keep_days, max_rows=settings.audit.max_rows
        )
    finally:
        engine.dispose()
    rights.hand_out(settings)
    knock(settings.data_dir)
    return Renewed(made, superseded)
