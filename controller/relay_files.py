"""Files of further relays: workers on the centre's machine, and the kit of one at a second site."""

import io
import tarfile
import tomllib
from argparse import Namespace
from pathlib import Path

from contracts.hosts import Origin, origin
from controller.addressing import Lines, named_addresses, with_lines, write_like
from controller.answer import CommandAnswer
from controller.errors import InstallationError
from controller.settings import ControllerSettings, KnownRelay
from runtime import atomic

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


def write_kit(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Write a listed relay's configuration, certificate and key into one file, to be carried there.

    Raises:
        InstallationError: it is not listed, has no certificate yet, or no address.
        OSError: a file cannot be read or written.
    """
    relay = next((one for one in settings.relays if one.relay_id == arguments.relay), None)
    if relay is None:
        raise InstallationError(
            f"{arguments.relay} is not listed", "add it to [[relays]] in controller.toml"
        )
    pki = settings.pki_dir
    names = ("ca.crt", "token.pub", f"{relay.relay_id}.crt", f"{relay.relay_id}.key")
    missing = [name for name in names if not (pki / name).exists()]
    if missing:
        raise InstallationError(
            f"{', '.join(missing)} is not there yet", "sudo diemcau-controller init"
        )
    text = with_lines(
        arguments.relay_config.read_text(encoding="utf-8"),
        _kit_lines(settings, arguments.relay_config, relay),
    )
    content = {"relay.toml": text.encode()} | {name: (pki / name).read_bytes() for name in names}
    atomic.write_bytes(arguments.file, _packed(content))
    return CommandAnswer(
        f"{arguments.file} holds {relay.relay_id}'s key: carry it there as you would a key, then "
        f"there: sudo systemd/install.sh relay --kit {arguments.file.name}",
        {"relay": relay.relay_id, "file": str(arguments.file)},
    )


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


def _own_lines(settings: ControllerSettings, relay: KnownRelay) -> Lines:
    pki = settings.pki_dir
    certificate, key = f'"{pki / relay.relay_id}.crt"', f'"{pki / relay.relay_id}.key"'
    return {
        ("", "relay_id"): f'"{relay.relay_id}"',
        ("https", "cert_file"): certificate,
        ("https", "key_file"): key,
        ("broker", "cert_file"): certificate,
        ("broker", "key_file"): key,
    }


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
    lines = _own_lines(settings, worker) | {
        ("", "data_dir"): f'"{data_dir}"',
        ("https", "port"): str(https_port + further),
        ("media", "port"): str(media_port + further),
    }
    return with_lines(text, lines)


def _kit_lines(settings: ControllerSettings, relay_config: Path, relay: KnownRelay) -> Lines:
    at = origin(relay.url)
    found = named_addresses(at.host)
    if not found:
        raise InstallationError(
            f"no IP address of {at.host} is known here, and {relay.relay_id} needs one for media",
            "write its IP address into its url in controller.toml, or its name into the DNS",
        )
    addresses = ", ".join(f'"{one}"' for one in found)
    return _own_lines(settings, relay) | {
        ("https", "port"): str(at.port),
        ("media", "candidates"): f"[{addresses}]",
        ("broker", "host"): f'"{settings.points_broker_host}"',
        ("broker", "port"): str(settings.broker.port),
    }


def _packed(content: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in content.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o600
            archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()
