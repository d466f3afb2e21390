"""Under which names pages are opened, and where a page finds the relay."""

from pathlib import Path

import pytest

from controller.settings import ControllerSettings, KnownRelay, WebSettings
from controller.web.names import page_origins, relay_seen_from

RELAY = "https://diemcau.example.vn:8444"
SETTINGS = ControllerSettings(
    data_dir=Path("data"),
    public_hosts=("diemcau.example.vn", "10.77.0.1", "fd00::1"),
    relays=(KnownRelay(url=RELAY),),
)
LOCAL = ("http://127.0.0.1:8000", "http://localhost:8000")


def test_every_name_of_the_centre_is_an_origin() -> None:
    assert page_origins(SETTINGS) == (
        "https://diemcau.example.vn:8443",
        "https://10.77.0.1:8443",
        "https://[fd00::1]:8443",
        *LOCAL,
    )


def test_behind_a_proxy_pages_have_the_usual_port_too() -> None:
    settings = ControllerSettings(
        data_dir=Path("data"),
        public_hosts=("a.vn",),
        relays=(KnownRelay(url=RELAY),),
        web=WebSettings(trusted_proxies=("127.0.0.1",)),
    )
    assert page_origins(settings) == ("https://a.vn", "https://a.vn:8443", *LOCAL)


@pytest.mark.parametrize(
    ("page", "relay"),
    [
        ("https://10.77.0.1:8443/meetings/m", "https://10.77.0.1:8444"),
        ("https://[fd00:0::1]:8443/", "https://[fd00::1]:8444"),
        ("https://DIEMCAU.example.vn/", RELAY),
        ("https://attacker.example/", RELAY),
        ("https://a..b/", RELAY),
        ("http://[::1/", RELAY),
    ],
)
def test_the_relay_of_this_machine_is_found_under_the_page_s_name(page: str, relay: str) -> None:
    assert relay_seen_from(SETTINGS, RELAY, page) == relay


def test_a_relay_of_another_machine_keeps_its_name() -> None:
    other = "https://relay.example.vn:8444"
    assert relay_seen_from(SETTINGS, other, "https://10.77.0.1:8443/") == other
