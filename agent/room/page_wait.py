"""`diemcau-room wait URL`: returns once the room's page answers, however long that takes."""

import time
import urllib.error
import urllib.request

ASK_EVERY_S = 0.5
REPLY_LIMIT_S = 2.0


def wait_for(url: str) -> None:
    """Ask until the page is there; whoever does not want to wait ends the process."""
    while not _answers(f"{url.rstrip('/')}/healthz"):
        time.sleep(ASK_EVERY_S)


def _answers(url: str) -> bool:
    # A proxy of the machine's has no business here.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=REPLY_LIMIT_S) as reply:
            return bool(reply.status == 200)
    except (OSError, ValueError):
        return False
