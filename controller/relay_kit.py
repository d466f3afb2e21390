"""The kit of a relay at a second site: all that it needs, in one file to be carried there."""

import io
import tarfile
from argparse import Namespace
from pathlib import Path

from contracts.hosts import origin
from controller.addressing import Lines, named_addresses, with_lines
from controller.answer import CommandAnswer, said
from controller.errors import InstallationError
from controller.relay_files import own_lines
from controller.settings import ControllerSettings, KnownRelay
from runtime import atomic


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
    install = f"sudo systemd/install.sh relay --kit {arguments.file.name}"
    return CommandAnswer(
        said(
            f"{arguments.file} chứa khóa của {relay.relay_id}: mang đi cẩn thận như mang khóa, rồi "
            f"chạy ở đó: {install}",
            f"{arguments.file} holds {relay.relay_id}'s key: carry it there as you would a key, "
            f"then there: {install}",
        ),
        {"relay": relay.relay_id, "file": str(arguments.file)},
    )


def _kit_lines(settings: ControllerSettings, relay_config: Path, relay: KnownRelay) -> Lines:
    at = origin(relay.url)
    found = named_addresses(at.host)
    if not found:
        raise InstallationError(
            f"no IP address of {at.host} is known here, and {relay.relay_id} needs one for media",
            "write its IP address into its url in controller.toml, or its name into the DNS",
        )
    addresses = ", ".join(f'"{one}"' for one in found)
    return own_lines(settings, relay) | {
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
