"""The commented file loads; a typo names the file, the key and what was expected."""

from datetime import date
from pathlib import Path

import pytest

from controller.settings import ControllerSettings, OfficeSettings, PolicySettings
from runtime.errors import SettingsError
from runtime.settings import FieldError, load

SHIPPED = Path(__file__).parents[3] / "configs" / "controller.toml"


def test_the_shipped_file_loads_with_the_documented_defaults() -> None:
    settings = load(ControllerSettings, SHIPPED)
    minimal = ControllerSettings(
        data_dir=settings.data_dir, public_hosts=settings.public_hosts, relays=settings.relays
    )
    assert (settings.web, settings.policy, settings.enrolment, settings.ingest, settings.log) == (
        minimal.web,
        minimal.policy,
        minimal.enrolment,
        minimal.ingest,
        minimal.log,
    )
    assert settings.state_database_url == "sqlite:////var/lib/diemcau/db/state/state.db"
    assert settings.bus("centre-web").cert_file == Path("/var/lib/diemcau/pki/centre-web.crt")


@pytest.mark.parametrize(
    ("text", "replacement", "said"),
    [
        ("https_port = 8443", "htps_port = 8443", "web.htps_port: this key is not known"),
        ("https_port = 8443", "https_port = 70000", "web.https_port"),
        ("https_port = 8443", 'https_port = "8443"', "web.https_port"),
        ('relay_id = "relay-1"', 'relay_id = "centre-1"', "relay_id"),
        ('public_hosts = ["diemcau.example.vn"]', "public_hosts = []", "public_hosts"),
        (
            'public_hosts = ["diemcau.example.vn"]',
            'public_hosts = ["localhost", ".dodac.vn"]',
            "public_hosts: '.dodac.vn' has nothing before",
        ),
        (
            'host = "diemcau.example.vn"',
            'host = "do..dac.vn"',
            "reflector.host: 'do..dac.vn' has nothing before, between or after its dots",
        ),
        ('url = "https://diemcau.example.vn:8444"', 'url = "https://a..b"', "url: 'a..b'"),
    ],
)
def test_a_typo_is_named(tmp_path: Path, text: str, replacement: str, said: str) -> None:
    content = SHIPPED.read_text()
    assert text in content
    path = tmp_path / "controller.toml"
    path.write_text(content.replace(text, replacement))
    with pytest.raises(SettingsError) as caught:
        load(ControllerSettings, path)
    assert str(path) in str(caught.value)
    assert said in f"{caught.value.key}: {caught.value.expected}"


def test_a_unit_may_have_its_own_duty():
    policy = PolicySettings(duty="gọi 1022", duty_of_units={"tan-dinh": "gọi 0204 123 456"})
    assert policy.duty_in("tan-dinh") == "gọi 0204 123 456"
    assert policy.duty_in("van-son") == "gọi 1022"
    assert PolicySettings().duty_in("van-son") == ""


WORKER = '[[relays]]\nrelay_id = "relay-2"\nurl = "https://localhost:8445"\n'


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (
            WORKER + 'home = "relay-9"',
            "relay-9 is no home; name a listed relay that has none itself (relay-1)",
        ),
        (
            WORKER
            + 'home = "relay-1"\n'
            + WORKER.replace("relay-2", "relay-3")
            + 'home = "relay-2"',
            "relays[2].home: relay-2 is no home",
        ),
        (WORKER + 'serves = ["xa-b"]', 'serves units for no home; add home = "relay-1"'),
        (
            WORKER
            + 'home = "relay-1"\nserves = ["xa-b"]\n'
            + WORKER.replace("relay-2", "relay-3")
            + 'home = "relay-1"\nserves = ["xa-c", "xa-b"]',
            "relays[2].serves: xa-b is served by relay-2 already; leave it to one of them",
        ),
        (
            WORKER + WORKER.replace("relay-2", "relay-3"),
            "relays[2].url: https://localhost:8445 is relay-2's already",
        ),
        (WORKER.replace("relay-2", "relay-1"), "relays[1].relay_id: relay-1 is listed twice"),
    ],
)
def test_relays_that_do_not_fit_together_are_named_with_what_to_do(
    tmp_path: Path, added: str, said: str
) -> None:
    path = tmp_path / "controller.toml"
    path.write_text(f"{SHIPPED.read_text()}\n{added}\n")
    with pytest.raises(SettingsError) as caught:
        load(ControllerSettings, path)
    assert said in f"{caught.value.key}: {caught.value.expected}"


def test_meetings_begin_at_a_home(tmp_path: Path) -> None:
    path = tmp_path / "controller.toml"
    first = 'url = "https://diemcau.example.vn:8444"\n'
    added = WORKER.replace("relay-2", "relay-3")
    path.write_text(SHIPPED.read_text().replace(first, first + 'home = "relay-3"\n') + added)
    with pytest.raises(SettingsError, match="meetings begin at the first relay") as caught:
        load(ControllerSettings, path)
    assert caught.value.key == "relays[0].home"


def test_the_offices_days_stand_over_the_countrys() -> None:
    tet, made_up, monday = date(2027, 2, 8), date(2027, 2, 13), date(2027, 3, 1)
    usual = OfficeSettings().as_rule()
    assert [usual.is_open_on(day) for day in (tet, made_up, monday)] == [False, False, True]
    own = OfficeSettings(holidays=(monday,), working_days=(tet, made_up)).as_rule()
    assert [own.is_open_on(day) for day in (tet, made_up, monday)] == [True, True, False]
    none = OfficeSettings(public_holidays=False).as_rule()
    assert [none.is_open_on(day) for day in (tet, made_up, monday)] == [True, False, True]
    with pytest.raises(FieldError, match="2027-03-01 is listed in holidays as well"):
        OfficeSettings(holidays=(monday,), working_days=(tet, monday))
