"""One address is asked for, everything else follows; an example is never taken for one."""

import tomllib
from argparse import Namespace
from pathlib import Path

import pytest

from controller.addressing import Addresses, own_addresses, set_address, with_lines
from controller.errors import InstallationError
from controller.settings import ControllerSettings
from media.relay.settings import RelaySettings
from monitoring.reflector.settings import ReflectorSettings
from runtime.errors import SettingsError
from runtime.examples import is_example, refuse_examples
from runtime.settings import load

CONFIGS = Path(__file__).parents[3] / "configs"


def _files(folder: Path, addresses: str) -> tuple[ControllerSettings, RelaySettings]:
    for name in ("controller.toml", "relay.toml", "reflector.toml"):
        (folder / name).write_bytes((CONFIGS / name).read_bytes())
    controller, relay = folder / "controller.toml", folder / "relay.toml"
    given = Namespace(
        addresses=addresses,
        config=controller,
        relay_config=relay,
        reflector_config=folder / "reflector.toml",
    )
    set_address(load(ControllerSettings, controller), given)
    refuse_examples(controller)
    refuse_examples(relay)
    return load(ControllerSettings, controller), load(RelaySettings, relay)


def test_everything_follows_from_the_name_and_its_address(tmp_path: Path) -> None:
    centre, relay = _files(tmp_path, "dc.caugiay.gov.vn, 10.1.2.3")
    assert centre.public_hosts == ("dc.caugiay.gov.vn", "10.1.2.3")
    assert centre.relays[0].url == "https://dc.caugiay.gov.vn:8444"
    assert centre.reflector.host == centre.points_broker_host == "dc.caugiay.gov.vn"
    assert relay.media.candidates == ["10.1.2.3"]


def test_an_ipv6_address_alone_will_do(tmp_path: Path) -> None:
    centre, relay = _files(tmp_path, "FD77::1")
    assert centre.relays[0].url == "https://[fd77::1]:8444"
    assert relay.media.candidates == ["fd77::1"]
    reflector = load(ReflectorSettings, tmp_path / "reflector.toml")
    listening = (centre.web.bind, centre.broker.bind, relay.https.host, reflector.bind)
    assert set(listening) == {"::"}, "over both families"


def test_what_people_wrote_beside_it_stays(tmp_path: Path) -> None:
    _files(tmp_path, "10.1.2.3")
    changed = (tmp_path / "controller.toml").read_text().splitlines()
    shipped = (CONFIGS / "controller.toml").read_text().splitlines()
    assert [a for a, b in zip(shipped, changed, strict=True) if a != b] == [
        'public_hosts = ["diemcau.example.vn"]',
        'url = "https://diemcau.example.vn:8444"',
        'host = "diemcau.example.vn"',
    ]
    assert _files(tmp_path, "10.1.2.4")[0].public_hosts == ("10.1.2.4",)


@pytest.mark.parametrize("typed", ["", "a..b", "diemcau.example.vn", "192.0.2.10", "localhost"])
def test_what_is_no_address_of_a_centre_is_refused(typed: str) -> None:
    with pytest.raises(InstallationError):
        Addresses.parsed(typed)


def test_a_value_over_several_lines_is_left_to_people() -> None:
    with pytest.raises(InstallationError, match="by hand"):
        with_lines('public_hosts = [\n "a",\n]\n', {("", "public_hosts"): '["b"]'})


def test_a_name_that_nobody_knows_has_this_machine_s_own_address_or_a_sentence() -> None:
    try:
        found = own_addresses("no-such-name.invalid")
    except InstallationError as exc:
        assert "no-such-name.invalid,IP-ADDRESS" in str(exc)
    else:
        assert not any(address.startswith("127.") for address in found)


@pytest.mark.parametrize("name", ["controller", "relay"])
def test_every_shipped_file_that_names_an_example_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=r"is an example; .*install\.sh centre --address"):
        refuse_examples(CONFIGS / f"{name}.toml")


@pytest.mark.parametrize("name", ["agent", "reflector", "room"])
def test_the_other_shipped_files_need_no_address(name: str) -> None:
    refuse_examples(CONFIGS / f"{name}.toml")
    assert not any(map(is_example, tomllib.loads((CONFIGS / f"{name}.toml").read_text())))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://centre.example:8443", True),
        ("diemcau.example.vn", True),
        ("example.com", True),
        ("https://192.0.2.10", True),
        ("2001:db8::7", True),
        ("10.0.0.1", False),
        ("exampletown.gov.vn", False),
        ("/srv/example/ca.crt", False),
    ],
)
def test_what_an_example_is(text: str, expected: bool) -> None:
    assert is_example(text) is expected
