"""The data folder of the centre: made once, repaired as often as asked."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import sqlalchemy

from contracts.hosts import origin
from contracts.signed_time import SIGNER
from controller import broker_config, rights
from controller.db.engine import open_engine
from controller.enrolment import pki
from controller.enrolment.revocation import update_list
from controller.settings import ControllerSettings

Database = Literal["state", "series"]
_ALWAYS_SERVED = ("localhost", "127.0.0.1")


@dataclass(frozen=True, slots=True)
class Made:
    """What an init has made; everything else was there."""

    data_dir: Path
    has_new_authority: bool
    certificates: tuple[str, ...]


def initialise(settings: ControllerSettings, *, now: datetime) -> Made:
    """Make what is missing: authority, certificates, keys, databases, broker's configuration.

    An authority that is there is never replaced: every point trusts it.

    Raises:
        InstallationError: something is there but broken; a backup has it.
        StorageError: a database cannot be made.
        OSError: the folder cannot be written.
    """
    pki_dir = settings.pki_dir
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o750)
    pki_dir.mkdir(exist_ok=True, mode=0o700)
    for folder in (settings.databases_dir, settings.state_dir, settings.series_dir):
        folder.mkdir(exist_ok=True, mode=0o700)
    _move_databases(settings)
    is_new = not (pki_dir / "ca.crt").exists()
    if is_new:
        pki.write_authority(pki_dir, pki.new_authority("Điểm Cầu", now=now))
    authority = pki.load_authority(pki_dir)
    made = ensure_services(settings, authority, now=now)
    pki.ensure_secrets(pki_dir)
    for path in sqlite_files(settings).values():
        path.touch(mode=0o600)  # SQLite gives the files beside it the same rights
    migrate(settings)
    write_broker_files(settings, authority, now=now)
    rights.hand_out(settings)
    return Made(settings.data_dir, is_new, made)


def ensure_services(
    settings: ControllerSettings, authority: pki.Authority, *, now: datetime
) -> tuple[str, ...]:
    """Give each service a certificate that is good for a while; return the new ones' names."""
    return tuple(
        name
        for name, hosts in _services(settings)
        if pki.ensure_service(settings.pki_dir, name, authority, hosts=hosts, now=now)
    )


def write_broker_files(
    settings: ControllerSettings, authority: pki.Authority, *, now: datetime
) -> tuple[Path, Path]:
    """Write the broker's configuration and lists; return the first two's paths.

    Raises:
        StorageError: what has been revoked cannot be read.
        OSError: the folder cannot be written.
    """
    engine = open_engine(settings.state_database_url)
    try:
        update_list(engine, settings.pki_dir, authority, now=now)
    finally:
        engine.dispose()
    return broker_config.write(settings)


def migrate(settings: ControllerSettings) -> None:
    """Bring both databases to the newest form.

    Raises:
        InstallationError: one is of a later version.
        StorageError: one cannot be reached or written.
    """
    bring_to_newest(settings.state_database_url, "state")
    bring_to_newest(settings.series_database_url, "series")


def bring_to_newest(url: str, database: Database) -> None:
    """Bring a database to the newest form; raises what `migrate` does."""
    from controller.db.migrate import upgrade  # Alembic takes a while to load

    engine = open_engine(url)
    try:
        upgrade(engine, database)
    finally:
        engine.dispose()


def sqlite_files(settings: ControllerSettings) -> dict[Database, Path]:
    """Return the files of the databases that are on SQLite."""
    urls: dict[Database, str] = {
        "state": settings.state_database_url,
        "series": settings.series_database_url,
    }
    parsed = {name: sqlalchemy.make_url(url) for name, url in urls.items()}
    return {
        name: Path(url.database)
        for name, url in parsed.items()
        if url.get_backend_name() == "sqlite" and url.database
    }


def _move_databases(settings: ControllerSettings) -> None:
    """Put databases where they are now kept; they once lay in one folder, or the data folder."""
    for path in sqlite_files(settings).values():
        former = (settings.databases_dir / path.name, settings.data_dir / path.name)
        old = next((one for one in former if one.exists()), None)
        is_ours = path.parent in (settings.state_dir, settings.series_dir)
        if is_ours and old is not None and not path.exists():
            for suffix in ("-wal", "-shm", ""):  # the database last: until then it is not moved
                part = old.with_name(old.name + suffix)
                if part.exists():
                    part.rename(path.with_name(part.name))


def _services(settings: ControllerSettings) -> list[tuple[str, tuple[str, ...]]]:
    hosts = tuple(dict.fromkeys((*settings.public_hosts, *_ALWAYS_SERVED)))
    broker = settings.broker
    extra = [broker.public_host] if broker.public_host else []
    broker_hosts = tuple(dict.fromkeys((*hosts, broker.host, *extra)))
    services: list[tuple[str, tuple[str, ...]]] = [
        ("centre-web", ()),
        ("centre-ingest", ()),
        (SIGNER, ()),
        ("server", hosts),
        ("broker", broker_hosts),
    ]
    for relay in settings.relays:
        host = origin(relay.url).host
        services.append((relay.relay_id, tuple(dict.fromkeys((host, *hosts)))))
    if settings.recording.folder is not None:
        services.append((settings.recording.recorder_id, ()))
    return services
