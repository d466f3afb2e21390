"""A server goes on with a renewed certificate: read again when its file has changed."""

import asyncio
import ssl
from pathlib import Path

import structlog

_log = structlog.get_logger()

LOOK_EVERY_S = 60.0


async def keep_fresh(
    context: ssl.SSLContext, certificate: Path, key: Path, *, look_every_s: float = LOOK_EVERY_S
) -> None:
    """Load certificate and key into a context whenever the certificate's file changes, for ever.

    New connections get the new one. What cannot be used is logged, and tried again.
    """
    seen = _changed_at(certificate)
    while True:
        await asyncio.sleep(look_every_s)
        now = _changed_at(certificate)
        if now == seen:
            continue
        try:
            context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as exc:
            _log.error("certificate_not_reloaded", path=str(certificate), error=str(exc))
        else:
            seen = now
            _log.info("certificate_reloaded", path=str(certificate))


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
