"""The secret that proves the centre to the provider: the one line of a file of its own."""

import stat
from pathlib import Path

from controller.people.oidc.refused import ProviderRefusal, ProviderRefused

MAX_BYTES = 4096


def read_secret(path: Path | None) -> str:
    """Return the secret; "" where the centre has none and PKCE alone proves it.

    Raises:
        ProviderRefused: the file cannot be read, is empty, or strangers may read it. Owner and
            group may: the file belongs to root, and to the group of the web process.
    """
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(path.stat().st_mode) & 0o027:
                raise ProviderRefused(
                    ProviderRefusal.SETUP,
                    f"others may read {path} or write it; run chmod 640 {path}",
                )
            found = file.read(MAX_BYTES).decode().strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise ProviderRefused(
            ProviderRefusal.SETUP, f"{path} cannot be read: {type(exc).__name__}"
        ) from exc
    if not found:
        raise ProviderRefused(ProviderRefusal.SETUP, f"{path} is empty")
    return found
