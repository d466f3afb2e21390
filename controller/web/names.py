"""The names under which this installation is reached, seen from a browser that used one of them."""

from urllib.parse import urlsplit

from fastapi import Request

from contracts.errors import MalformedHost
from contracts.hosts import HTTPS_PORT, Origin, host, origin
from controller.settings import ControllerSettings

# Plain HTTP answers on the machine itself only.
_LOCAL_HOSTS = ("127.0.0.1", "localhost")


def page_origins(settings: ControllerSettings) -> tuple[str, ...]:
    """Return every origin that the pages may have; behind a proxy they have no port."""
    ports = {settings.web.https_port, *((HTTPS_PORT,) if settings.web.trusted_proxies else ())}
    https = [Origin(name, port).url for name in settings.public_hosts for port in sorted(ports)]
    local = [f"http://{name}:{settings.web.http_port}" for name in _LOCAL_HOSTS]
    return (*dict.fromkeys(https), *local)


def page_origin(settings: ControllerSettings, request: Request) -> str:
    """Return under which name others find the centre: the asker's own, unless it is not HTTPS."""
    url, origins = request.url, page_origins(settings)
    own = f"{url.scheme}://{url.netloc}"
    return own if url.scheme == "https" and own in origins else origins[0]


def relay_seen_from(settings: ControllerSettings, relay_url: str, page_url: str) -> str:
    """Return where a page finds a relay: under the page's own name, where both are this machine.

    Who opened the pages by an address may have nobody to tell him what the name means. The
    relay's certificate holds all the names.
    """
    relay = origin(relay_url)
    try:
        page_host = host(urlsplit(page_url).hostname or "")
    except (MalformedHost, ValueError):
        return relay_url
    if {relay.host, page_host} <= set(settings.public_hosts):
        return Origin(page_host, relay.port).url
    return relay_url
