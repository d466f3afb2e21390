"""diemcau-relay as a process: what is started, in which order it stops."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from contracts import topics
from media.relay.access import Gatekeeper
from media.relay.announcer import Announcer
from media.relay.media_tunnel import MediaTunnels
from media.relay.meetings import MeetingRegistry
from media.relay.metrics import exposition
from media.relay.page_origins import PageOrigins
from media.relay.request_budget import RequestBudget
from media.relay.settings import RelaySettings
from media.relay.store import MeetingStore
from media.relay.trunk_caller import TrunkCaller
from media.relay.trunks import Trunks
from media.relay.whip_server import WhipServer
from media.sfu.engine import EngineSettings, RelayEngine
from media.wire.sdp_answer import Rates
from runtime import http, memory, notify, x509_door
from runtime.bus import Bus, Will
from runtime.clock import Clock
from runtime.errors import SettingsError, UnreadableX509
from runtime.guard import guarded, keep

WATCHDOG_INTERVAL_S = 5.0

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Relay:
    """What runs side by side until the process is to stop."""

    settings: RelaySettings
    engine: RelayEngine
    registry: MeetingRegistry
    announcer: Announcer
    bus: Bus
    door: WhipServer
    trunks: Trunks
    caller: TrunkCaller


async def run(settings: RelaySettings, config_file: Path) -> None:
    """Run the relay until cancelled.

    Raises:
        SettingsError: a key or certificate cannot be read.
        PortInUse: another program has a port.
    """
    gatekeeper = load_gatekeeper(settings, config_file)
    engine = RelayEngine(_engine_settings(settings))
    engine.open()
    try:
        await _serve(_joined(settings, engine, gatekeeper))
    finally:
        await engine.close()


def _joined(settings: RelaySettings, engine: RelayEngine, gatekeeper: Gatekeeper) -> _Relay:
    """Return the parts, each with those that it needs."""
    clock, https = Clock(), settings.https
    announcer = Announcer(settings.relay_id, clock)
    store = MeetingStore(settings.data_dir / "meetings")
    registry = MeetingRegistry(engine, clock, store, announcer)
    registry.load()
    trunks = Trunks(engine, MediaTunnels(engine, settings.media.host))
    door = WhipServer(
        engine,
        registry,
        gatekeeper,
        clock,
        metrics=lambda: exposition(engine, registry, announcer, door.refused, trunks),
        budget=RequestBudget(per_s=https.requests_per_s, burst=https.requests_burst),
        trunks=trunks,
        allowed_origins=PageOrigins(https.allowed_origins, registry),
    )
    caller = TrunkCaller(settings, engine, registry, trunks, clock)
    bus = _bus(settings, announcer)
    return _Relay(settings, engine, registry, announcer, bus, door, trunks, caller)


async def _serve(relay: _Relay) -> None:
    https, trunks, bus = relay.settings.https, relay.trunks, relay.bus
    is_ready = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        keep(tasks, relay.engine.run, name="engine")
        keep(tasks, relay.registry.run, name="meetings")
        serve = partial(
            http.serve,
            relay.door.app,
            https.host,
            https.port,
            tls=(https.cert_file, https.key_file),
            is_ready=is_ready,
            upgrade=trunks,
        )
        keep(tasks, serve, name="https")
        await is_ready.wait()
        keep(tasks, partial(bus.run, relay.registry.received), name="bus")
        keep(tasks, trunks.run, name="trunks")
        keep(tasks, relay.caller.run, name="trunk-calls")
        keep(tasks, partial(relay.announcer.run_events, bus), name="events")
        keep(tasks, partial(relay.announcer.run_state, bus, relay.registry.state), name="state")
        memory.settle()
        _log.info("relay_started", relay_id=relay.settings.relay_id, https_port=https.port)
        notify.ready()
        try:
            while True:
                notify.watchdog()
                await asyncio.sleep(WATCHDOG_INTERVAL_S)
        finally:
            await _say_goodbye(relay)


async def _say_goodbye(relay: _Relay) -> None:
    """Tell clients and centre while the tasks still run, before they end."""
    with guarded("goodbye"):
        await relay.engine.say_goodbye()
        relay.trunks.tunnels.close()
    with guarded("goodbye"):
        await relay.announcer.say_offline(relay.bus)


def _engine_settings(settings: RelaySettings) -> EngineSettings:
    media = settings.media
    return EngineSettings(
        host=media.host,
        port=media.port,
        candidates=tuple(media.candidates),
        lag_limit_s=media.lag_limit_ms / 1000,
        rates=Rates(media.video_start_bps, media.video_max_bps, media.sound_max_bps),
    )


def _bus(settings: RelaySettings, announcer: Announcer) -> Bus:
    relay_id = settings.relay_id
    return Bus(
        settings.broker,
        subscriptions=[(topics.meetings_of(relay_id), 1)],
        on_connected=announcer.connected,
        on_disconnected=announcer.disconnected,
        will=Will(topics.relay_status(relay_id), announcer.status(is_online=False)),
    )


def load_gatekeeper(settings: RelaySettings, config_file: Path) -> Gatekeeper:
    """Return the gatekeeper with the installation's authority and token key.

    Raises:
        SettingsError: a file cannot be read or is no such key.
    """
    try:
        authority = x509_door.certificate_from_pem(settings.ca_file.read_bytes())
    except (OSError, UnreadableX509) as exc:
        said, vietnamese = f"no certificate can be read: {exc}", "không đọc được chứng thư"
        raise SettingsError(config_file, "ca_file", said, vietnamese=vietnamese) from exc
    try:
        key = load_pem_public_key(settings.token_key_file.read_bytes())
    except (OSError, ValueError) as exc:
        said, vietnamese = f"no key can be read: {exc}", "không đọc được khóa"
        raise SettingsError(config_file, "token_key_file", said, vietnamese=vietnamese) from exc
    if not isinstance(key, Ed25519PublicKey):
        said, vietnamese = "an Ed25519 public key is expected", "cần khóa công khai Ed25519"
        raise SettingsError(config_file, "token_key_file", said, vietnamese=vietnamese)
    return Gatekeeper(authority, key)
