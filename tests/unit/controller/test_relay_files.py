"""Workers are listed and written from the home's file; a kit has all that a site's relay needs."""

import io
import tarfile
import tomllib
from argparse import Namespace
from pathlib import Path

import msgspec
import pytest

from controller.addressing import set_address
from controller.errors import InstallationError
from controller.relay_kit import write_kit
from controller.relay_workers import set_workers
from controller.settings import ControllerSettings
from media.relay.settings import RelaySettings
from runtime.settings import load

CONFIGS = Path(__file__).parents[3] / "configs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration as it is installed, its address said."""
    for name in ("controller.toml", "relay.toml", "reflector.toml"):
        (tmp_path / name).write_bytes((CONFIGS / name).read_bytes())
    say_address(tmp_path, "dc.caugiay.gov.vn,10.1.2.3")
    return tmp_path


def say_address(folder: Path, addresses: str) -> None:
    given = Namespace(
        addresses=addresses,
        config=folder / "controller.toml",
        relay_config=folder / "relay.toml",
        reflector_config=folder / "reflector.toml",
    )
    set_address(load(ControllerSettings, folder / "controller.toml"), given)


def ask_for(folder: Path, count: int) -> ControllerSettings:
    config = folder / "controller.toml"
    given = Namespace(count=count, config=config, relay_config=folder / "relay.toml")
    set_workers(load(ControllerSettings, config), given)
    return load(ControllerSettings, config)


def test_workers_are_listed_with_ports_and_names_of_their_own(folder: Path) -> None:
    settings = ask_for(folder, 2)
    assert [(one.relay_id, one.url, one.home) for one in settings.relays] == [
        ("relay-1", "https://dc.caugiay.gov.vn:8444", None),
        ("relay-2", "https://dc.caugiay.gov.vn:8445", "relay-1"),
        ("relay-3", "https://dc.caugiay.gov.vn:8446", "relay-1"),
    ]
    worker = load(RelaySettings, folder / "relay-3.toml")
    assert (worker.relay_id, worker.https.port, worker.media.port) == ("relay-3", 8446, 10002)
    assert worker.data_dir == Path("/var/lib/diemcau/relay-3")
    assert worker.https.cert_file == worker.broker.cert_file
    assert worker.broker.key_file == Path("/var/lib/diemcau/pki/relay-3.key")
    assert worker.media.candidates == ["10.1.2.3"]


def test_asked_again_nothing_changes_and_more_are_added(folder: Path) -> None:
    ask_for(folder, 1)
    (folder / "relay-2.toml").open("a").write("# ours\n")
    before = (folder / "controller.toml").read_text()
    ask_for(folder, 1)
    assert (folder / "controller.toml").read_text() == before
    assert [one.relay_id for one in ask_for(folder, 2).relays] == ["relay-1", "relay-2", "relay-3"]
    assert "# ours" in (folder / "relay-2.toml").read_text()
    with pytest.raises(InstallationError, match="2 workers are listed"):
        ask_for(folder, 1)
    with pytest.raises(InstallationError, match="at most 15"):
        ask_for(folder, 16)


def test_another_address_is_told_to_workers_too(folder: Path) -> None:
    ask_for(folder, 1)
    say_address(folder, "hop.caugiay.gov.vn,10.7.7.7")
    settings = load(ControllerSettings, folder / "controller.toml")
    assert settings.relays[1].url == "https://hop.caugiay.gov.vn:8445"
    assert load(RelaySettings, folder / "relay-2.toml").media.candidates == ["10.7.7.7"]


def test_a_model_that_cannot_be_used_lists_nothing(folder: Path) -> None:
    before = (folder / "controller.toml").read_text()
    model = (folder / "relay.toml").read_text()
    for text in (model.replace("port = 8444\n", ""), model + "\n[", 'relay_id = "relay-1"\n'):
        (folder / "relay.toml").write_text(text)
        with pytest.raises(InstallationError, match="is no model of a worker"):
            ask_for(folder, 2)
        (folder / "relay.toml").write_text(model.replace("cert_file", "#cert_file"))
        with pytest.raises(InstallationError, match="cert_file is not there"):
            ask_for(folder, 2)
        assert (folder / "controller.toml").read_text() == before
        assert not (folder / "relay-2.toml").exists()


def test_a_relay_of_another_machine_is_no_worker_here(folder: Path) -> None:
    config = folder / "controller.toml"
    other = '\n[[relays]]\nrelay_id = "relay-9"\nurl = "https://10.9.0.1:8444"\nhome = "relay-1"\n'
    config.write_text(config.read_text() + other)
    assert [one.relay_id for one in ask_for(folder, 1).relays] == ["relay-1", "relay-9", "relay-2"]
    assert not (folder / "relay-9.toml").exists()
    say_address(folder, "hop.caugiay.gov.vn,10.7.7.7")
    urls = [one.url for one in load(ControllerSettings, config).relays]
    assert urls[1:] == ["https://10.9.0.1:8444", "https://hop.caugiay.gov.vn:8445"]


def test_a_kit_has_configuration_certificates_and_key(folder: Path, tmp_path: Path) -> None:
    config = folder / "controller.toml"
    site = '\n[[relays]]\nrelay_id = "relay-7"\nurl = "https://10.9.0.1:8444"\n'
    config.write_text(config.read_text() + site + 'home = "relay-1"\nserves = ["huyen-a"]\n')
    settings = msgspec.structs.replace(load(ControllerSettings, config), data_dir=tmp_path / "data")
    kit = tmp_path / "relay-7.kit"
    given = Namespace(relay="relay-7", file=kit, relay_config=folder / "relay.toml")
    with pytest.raises(InstallationError, match=r"ca\.crt, .* is not there yet"):
        write_kit(settings, given)
    settings.pki_dir.mkdir(parents=True)
    names = ("ca.crt", "token.pub", "relay-7.crt", "relay-7.key")
    for name in names:
        (settings.pki_dir / name).write_text(name)
    write_kit(settings, given)
    assert kit.stat().st_mode & 0o777 == 0o600
    with tarfile.open(fileobj=io.BytesIO(kit.read_bytes())) as archive:
        content = {one.name: archive.extractfile(one) for one in archive}
        read = {name: file.read().decode() for name, file in content.items() if file}
    assert {name: read[name] for name in names} == {name: name for name in names}
    relay = tomllib.loads(read["relay.toml"])
    assert (relay["relay_id"], relay["media"]["candidates"]) == ("relay-7", ["10.9.0.1"])
    assert (relay["broker"]["host"], relay["broker"]["port"]) == ("dc.caugiay.gov.vn", 8883)
    home, far = settings.relays
    for name in ("no-such-name.invalid", "localhost"):
        unknown = msgspec.structs.replace(far, url=f"https://{name}:8444")
        with pytest.raises(InstallationError, match=f"no IP address of {name} is known here"):
            write_kit(msgspec.structs.replace(settings, relays=(home, unknown)), given)
    given.relay = "relay-8"
    with pytest.raises(InstallationError, match="relay-8 is not listed"):
        write_kit(settings, given)
