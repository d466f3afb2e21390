"""Workers: further relays on the centre's machine, listed, each with a file of its own."""

import tomllib
from argparse import Namespace
from pathlib import Path

from contracts.hosts import Origin, origin
from controller.addressing import with_lines, write_like
from controller.answer import CommandAnswer
from controller.errors import InstallationError
from controller.relay_files import own_lines
from controller.settings import ControllerSettings, KnownRelay

MAX_WORKERS = 15  # beside the home: their ports follow its own, up to the next one that is ours


def set_workers(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """List workers beside the first relay until there are so many, and write their files.

    Files that are there stay as they are.

    Raises:
        InstallationError: there are more already, or a file is not as it was shipped.
        OSError: a file cannot be read or written.
    """
    home, count = settings.relays[0], arguments.count
    there = [one for one in settings.relays if _is_worker(one, home, arguments.relay_config)]
    if not len(there) <= count <= MAX_WORKERS:
        raise InstallationError(
            f"{len(there)} workers are listed, at most {MAX_WORKERS} can be",
            "fewer: take them out of controller.toml, disable their units and restart the web "
            "process by hand",
        )
    added = _new_workers(settings, home, count - len(there))
    files = {
        arguments.relay_config.with_name(f"{one.relay_id}.toml"): one for one in (*there, *added)
    }
    # Nothing is listed before its file is there: a model that cannot be used changes nothing.
    texts = {
        path: _worker_text(settings, arguments.relay_config, home, worker)
        for path, worker in files.items()
        if not path.exists()
    }
    for path, text in texts.items():
        write_like(path, text, arguments.relay_config)
    if added:
        text = arguments.config.read_text(encoding="utf-8")
        write_like(arguments.config, text + "".join(map(_listed, added)), arguments.config)
    names = [one.relay_id for one in (*there, *added)]
    return CommandAnswer("\n".join(names), {"workers": names})


def _is_worker(relay: KnownRelay, home: KnownRelay, relay_config: Path) -> bool:
    """Tell whether it is beside its home: one of another machine has its files there."""
    if relay.home != home.relay_id or relay.serves:
        return False
    is_at_home = origin(relay.url).host == origin(home.url).host
    return is_at_home or relay_config.with_name(f"{relay.relay_id}.toml").exists()


def _new_workers(settings: ControllerSettings, home: KnownRelay, count: int) -> list[KnownRelay]:
    at, used = origin(home.url), {one.relay_id for one in settings.relays}
    ports = {origin(one.url).port for one in settings.relays if origin(one.url).host == at.host}
    free_names = (f"relay-{number}" for number in range(2, 1000))
    names = [name for name in free_names if name not in used]
    free = [port for port in range(at.port + 1, at.port + 1 + MAX_WORKERS) if port not in ports]
    return [
        KnownRelay(relay_id=name, url=Origin(at.host, port).url, home=home.relay_id)
        for name, port in zip(names[:count], free, strict=False)
    ]


def _listed(relay: KnownRelay) -> str:
    return (
        f'\n[[relays]]\nrelay_id = "{relay.relay_id}"\nurl = "{relay.url}"\nhome = "{relay.home}"\n'
    )


def _worker_text(
    settings: ControllerSettings, relay_config: Path, home: KnownRelay, worker: KnownRelay
) -> str:
    """Return the home's file as the worker's: its ports are as far on as its address says."""
    text = relay_config.read_text(encoding="utf-8")
    try:
        table = tomllib.loads(text)
        data_dir = Path(table["data_dir"]).with_name(worker.relay_id)
        https_port, media_port = int(table["https"]["port"]), int(table["media"]["port"])
    except (LookupError, TypeError, ValueError) as exc:
        raise InstallationError(
            f"{relay_config} is no model of a worker: {exc}",
            "it needs data_dir, and port in [https] and in [media]",
        ) from exc
    further = origin(worker.url).port - origin(home.url).port
    lines = own_lines(settings, worker) | {
        ("", "data_dir"): f'"{data_dir}"',
        ("https", "port"): str(https_port + further),
        ("media", "port"): str(media_port + further),
    }
    return with_lines(text, lines)
