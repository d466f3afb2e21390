"""What the file of any further relay says of itself, whichever machine it is for."""

from controller.addressing import Lines
from controller.settings import ControllerSettings, KnownRelay


def own_lines(settings: ControllerSettings, relay: KnownRelay) -> Lines:
    """Return the lines that are another relay's own: its name, its certificate and key."""
    pki = settings.pki_dir
    certificate, key = f'"{pki / relay.relay_id}.crt"', f'"{pki / relay.relay_id}.key"'
    return {
        ("", "relay_id"): f'"{relay.relay_id}"',
        ("https", "cert_file"): certificate,
        ("https", "key_file"): key,
        ("broker", "cert_file"): certificate,
        ("broker", "key_file"): key,
    }
