"""Mosquitto's configuration and access list: everything over TLS, everyone by certificate.

A client's certificate names it: that name is its user and its client id, so nobody
can speak for another nor throw another off. Patterns apply to every user; they are
written so that a name outside its kind gains nothing (point ids never begin with
`centre-`, `relay-` or `recorder-`), and relays are listed one by one.
"""

from pathlib import Path

from contracts import topics
from contracts.ids import PointId, RelayId
from controller import rights
from controller.enrolment import revocation_list
from controller.settings import ControllerSettings
from runtime import atomic

# Above what the largest message may have: `RelayState.max_bytes`.
MAX_MESSAGE_BYTES = 1152 * 1024
# Not 0, "no limit": with that Mosquitto 2.0.11 ends a session at its first refused
# message (its handle_publish.c compares the queue with the limit as it stands).
MAX_QUEUED_MESSAGES = 500_000
# What Mosquitto reads as the name of whoever is connected.
_THE_CLIENT = PointId("%u")


def configuration(settings: ControllerSettings, *, runs_as_root: bool) -> str:
    """Return mosquitto.conf (for Mosquitto 2.0)."""
    data_dir, pki_dir = settings.data_dir, settings.pki_dir
    lines = [
        "# Written by `diemcau-controller broker-config`; changes here are lost.",
        "per_listener_settings true",
        "",
        f"listener {settings.broker.port} {_at(settings.broker.bind)}".rstrip(),
        f"cafile {pki_dir / 'ca.crt'}",
        f"certfile {pki_dir / 'broker.crt'}",
        f"keyfile {pki_dir / 'broker.key'}",
        "# Read again at SIGHUP: certificates of points that ended before their date.",
        f"crlfile {revocation_list.path(pki_dir)}",
        "tls_version tlsv1.2",
        "require_certificate true",
        "use_identity_as_username true",
        "use_username_as_clientid true",
        "allow_anonymous false",
        f"acl_file {data_dir / 'acl'}",
        "max_connections -1",
        "",
        "# What waits for a slow or absent subscriber with a session: eight hours of a",
        "# province. What is dropped beyond is found missing and sent again by the points.",
        f"max_queued_messages {MAX_QUEUED_MESSAGES}",
        "max_queued_bytes 0",
        "max_inflight_messages 100",
        "persistent_client_expiration 14d",
        f"message_size_limit {MAX_MESSAGE_BYTES}",
        f"max_packet_size {MAX_MESSAGE_BYTES + 1024}",
        "set_tcp_nodelay true",
        "",
        "persistence true",
        f"persistence_location {data_dir / 'mosquitto'}/",
        "autosave_interval 30",
        "",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "log_type information",
        "connection_messages true",
        "log_timestamp_format %Y-%m-%dT%H:%M:%S",
    ]
    if runs_as_root:
        # Else Mosquitto changes to its own user, who may not read the keys.
        lines.insert(1, "user root")
    return "\n".join(lines) + "\n"


def _at(bind: str) -> str:
    """Return an address to listen at; without one Mosquitto takes both families, with :: one."""
    return "" if bind == "::" else bind


def access_list(settings: ControllerSettings) -> str:
    """Return the access list: a point its own topics, a relay its own, the centre all."""
    lines = ["# Written by `diemcau-controller broker-config`; changes here are lost."]
    for process in ("centre-web", "centre-ingest"):
        lines += ["", f"user {process}", f"topic readwrite {topics.EVERYTHING}"]
        if process == "centre-web":
            lines += [f"topic read {topics.broker_figure(one)}" for one in topics.BROKER_FIGURES]
    for relay in settings.relays:
        relay_id = RelayId(relay.relay_id)
        lines += ["", f"user {relay_id}"]
        lines += [f"topic write {topic}" for topic in topics.written_by_relay(relay_id)]
        lines += [f"topic read {topic}" for topic in topics.read_by_relay(relay_id)]
    if settings.recording.folder is not None:
        lines += ["", f"user {settings.recording.recorder_id}"]
        lines += [f"topic read {topic}" for topic in topics.read_by_recorder()]
    lines.append("")
    lines += [f"pattern write {topic}" for topic in topics.written_by_point(_THE_CLIENT)]
    lines += [f"pattern read {topic}" for topic in topics.read_by_point(_THE_CLIENT)]
    return "\n".join(lines) + "\n"


def write(settings: ControllerSettings) -> tuple[Path, Path]:
    """Write both files into the data folder; return where they are."""
    (settings.data_dir / "mosquitto").mkdir(mode=0o700, exist_ok=True)
    config_path, acl_path = settings.data_dir / "mosquitto.conf", settings.data_dir / "acl"
    # The broker runs as whoever owns the folder, or has a user of its own.
    text = configuration(settings, runs_as_root=settings.data_dir.stat().st_uid == 0)
    atomic.write_bytes(acl_path, access_list(settings).encode())
    atomic.write_bytes(config_path, text.encode())
    for path in (config_path, acl_path):
        rights.readable_by_broker(path)
    return config_path, acl_path
