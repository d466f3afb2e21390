"""The systemd units are sound, and start what the demo starts, by the same command lines."""

import contextlib
import grp
import os
import re
import shutil
import subprocess
import tarfile
import tomllib
from pathlib import Path

import pytest

from monitoring.collectors.segment_look import FILE

ROOT = Path(__file__).parents[1]
ALL_UNITS = sorted((ROOT / "systemd").glob("*.service"))
KIOSK = ROOT / "systemd" / "diemcau-kiosk.service"
HARDWARE = ROOT / "systemd" / "diemcau-hardware.service"
UNITS = [
    unit for unit in ALL_UNITS if unit.stem.startswith("diemcau-") and unit not in (KIOSK, HARDWARE)
]
INSTALLED = "/opt/diemcau/.venv/bin/"


WORKER = ROOT / "systemd" / "diemcau-relay@.service"


def _exec_start(unit: Path) -> list[str]:
    words = _setting(unit, "ExecStart")
    assert words
    return words


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    commands = tmp_path / "bin"
    commands.mkdir()
    for drop_ins in (ROOT / "systemd").glob("*.service.d"):
        shutil.copytree(drop_ins, tmp_path / drop_ins.name)
    copies = []
    for unit in ALL_UNITS:
        text = unit.read_text()
        for program in set(re.findall(r"^Exec\w+=-?(/\S+)", text, re.MULTILINE)):
            shutil.copy("/bin/true", commands / Path(program).name)
            text = text.replace(program, str(commands / Path(program).name))
        copy = tmp_path / unit.name
        copy.write_text(text)
        copies.append(str(copy))
    checked = subprocess.run(
        ["systemd-analyze", "--man=no", "--recursive-errors=no", "verify", *copies],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (checked.returncode, checked.stderr, checked.stdout) == (0, "", "")
    assert len(copies) == len(ALL_UNITS) >= 10


def test_no_unit_says_otherwise_what_the_drop_in_says() -> None:
    """A drop-in counts more than the unit it belongs to, whatever the unit says."""
    drop_in = (ROOT / "systemd" / "diemcau-.service.d" / "10-all.conf").read_text()
    # Of these every line adds to the others.
    shared = set(re.findall(r"^(\w+)=", drop_in, re.MULTILINE)) - {"After", "Wants"}
    for unit in (*UNITS, KIOSK, HARDWARE):
        own = set(re.findall(r"^(\w+)=", unit.read_text(), re.MULTILINE))
        assert own & shared == set(), unit.name


def test_what_has_a_limit_of_memory_is_started_again_by_systemd() -> None:
    limited = {unit.stem: _setting(unit, "MemoryMax") for unit in UNITS}
    told = {"diemcau-relay": ["2G"], "diemcau-room": ["1G"], "diemcau-agent": ["192M"]}
    told |= {"diemcau-relay@": ["2G"], "diemcau-traps": ["160M"]}
    assert {stem: limit for stem, limit in limited.items() if limit} == told
    assert _setting(KIOSK.with_suffix(".slice.conf"), "MemoryMax") == ["3G"]
    drop_in = ROOT / "systemd" / "diemcau-.service.d" / "10-all.conf"
    assert _setting(drop_in, "Restart") == ["always"]
    assert _setting(drop_in, "StartLimitIntervalSec") == ["0"]


def test_the_browser_runs_without_rights_with_its_own_sandbox_and_asks_for_nothing() -> None:
    command = " ".join(_exec_start(KIOSK))
    assert command.startswith("/usr/bin/cage -d -s -- /usr/bin/chromium --kiosk ")
    assert not re.search(r"sandbox|fake|remote-debugging|user-gesture", command)
    assert _setting(KIOSK, "User") == ["diemcau-kiosk"]
    assert _setting(KIOSK, "SupplementaryGroups") == ["video", "audio", "render"]
    assert "Requires=" not in KIOSK.read_text()
    drop_in = KIOSK.with_name("diemcau-kiosk.service.d") / "20-browser.conf"
    given = set(re.findall(r"^(\w+)=", drop_in.read_text(), re.MULTILINE))
    assert given & {"NoNewPrivileges", "CapabilityBoundingSet", "ProtectSystem", "Restart"} == set()


def _scripts() -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return dict(project["scripts"])


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_of_ours_with_a_configuration_that_exists(unit: Path) -> None:
    binary, *words = _exec_start(unit)
    if unit.stem == "diemcau-broker":
        assert [binary, *words] == ["/usr/sbin/mosquitto", "-c", "/var/lib/diemcau/mosquitto.conf"]
        return
    assert binary.startswith(INSTALLED)
    assert binary.removeprefix(INSTALLED) in _scripts()
    config = Path(words[-1])
    assert words[:-1] in ([word, "--config"] for word in ("run", "web", "enrolment", "ingest"))
    assert config.parent == Path("/etc/diemcau")
    assert (ROOT / "configs" / config.name).is_file()


def _setting(unit: Path, name: str) -> list[str]:
    """Return a setting's words; a worker's are named as its model is, the first relay."""
    found = re.search(rf"^{name}=(.+)$", unit.read_text(), re.MULTILINE)
    return found[1].replace("%i", "relay").split() if found else []


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_the_configuration_that_is_installed_uses_the_folder_that_the_unit_may_write(
    unit: Path,
) -> None:
    folders = [f"/var/lib/{name}" for name in _setting(unit, "StateDirectory")]
    folders += _setting(unit, "ReadWritePaths")
    if unit.stem == "diemcau-broker":
        assert folders == ["/var/lib/diemcau/mosquitto"]
        return
    config = tomllib.loads((ROOT / "configs" / Path(_exec_start(unit)[-1]).name).read_text())
    if "data_dir" not in config:
        assert folders == [], "what keeps nothing may write nothing"
    elif unit.stem == "diemcau-controller-web":
        requests = f"-{config['data_dir']}/recordings/requests"
        assert folders == [f"{config['data_dir']}/db", requests]
    elif unit.stem == "diemcau-controller-ingest":
        assert folders == [f"{config['data_dir']}/{name}" for name in ("db", "set-aside")]
    else:
        assert folders == [config["data_dir"]]


def test_each_process_of_the_centre_is_a_user_of_its_own_that_the_installer_makes() -> None:
    installer = (ROOT / "systemd" / "install.sh").read_text()
    listed = re.search(r"^centre_users=\(([^)]*)\)", installer, re.MULTILINE)
    assert listed is not None
    point_units = {"diemcau-agent", "diemcau-room", "diemcau-traps"}
    users = {unit.stem: _setting(unit, "User") for unit in UNITS}
    assert all(users[stem] == ["diemcau"] for stem in point_units)
    assert users[WORKER.stem] == users["diemcau-relay"]
    others = {*point_units, WORKER.stem}
    centre = sorted(user for stem, (user,) in users.items() if stem not in others)
    assert centre == sorted(["diemcau-enrolment", *listed[1].split()])
    assert len(set(centre)) == 7


def test_every_command_that_is_installed_goes_with_the_programs() -> None:
    installer = (ROOT / "systemd" / "install.sh").read_text()
    made = re.findall(
        r"(?:^ *install_command |>/usr/local/bin/)(diemcau-\w+)", installer, re.MULTILINE
    )
    removed = re.search(r"rm -f /usr/local/bin/diemcau-\{([\w,]+)\}", installer)
    assert removed is not None
    assert {f"diemcau-{name}" for name in removed[1].split(",")} == set(made)


def test_every_unit_is_installed_and_every_installed_unit_exists() -> None:
    installer = (ROOT / "systemd" / "install.sh").read_text()
    lists = re.findall(r"^(?:centre|worker|point|kiosk)_units=\(([^)]*)\)", installer, re.MULTILINE)
    triggered = re.findall(
        r"^(?:centre|point)_trigger(?:s|ed)=\(([^)]*)\)", installer, re.MULTILINE
    )
    started = {Path(name) for name in " ".join(triggered).split()}
    assert all((ROOT / "systemd" / name).is_file() for name in started)
    stems = [name.stem for name in started if name.suffix == ".service"]
    assert sorted([*" ".join(lists).split(), *stems]) == [unit.stem for unit in ALL_UNITS]
    configs = re.findall(r"^(?:centre|point)_configs=\(([^)]*)\)", installer, re.MULTILINE)
    assert len(configs) == 2
    names = [word for word in " ".join(configs).replace('"', " ").split() if word.isalpha()]
    assert sorted(names) == [
        "agent",
        "controller",
        "recorder",
        "reflector",
        "relay",
        "room",
        "traps",
    ]
    for name in names:
        assert (ROOT / "configs" / f"{name}.toml").is_file()


@pytest.mark.parametrize("script", [*sorted(
    str(path.relative_to(ROOT))
    for folder in ("scripts", "systemd")
    for path in (ROOT / folder).glob("*.sh"))])  # fmt: skip
def test_a_shell_script_is_read_without_error(script: str) -> None:
    read = subprocess.run(
        ["bash", "-n", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (read.returncode, read.stderr) == (0, "")


def test_the_installer_explains_itself_and_refuses_unknown_words() -> None:
    told = subprocess.run(
        [ROOT / "systemd" / "install.sh", "--help"], capture_output=True, text=True, check=True
    )
    assert "uninstall --purge" in told.stdout
    refused = subprocess.run(
        [ROOT / "systemd" / "install.sh", "center"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2


def _install_relay(folder: Path, kit: Path) -> subprocess.CompletedProcess[str]:
    """Run the installer's own steps for a second site's relay, with folders of the test."""
    installer = ROOT / "systemd" / "install.sh"
    steps, _, _ = installer.read_text().partition("\nwhat=\n")
    (folder / "steps.sh").write_text(steps)
    (folder / "tmp").mkdir()
    script = f"""source {folder}/steps.sh; etc={folder}/etc data={folder}/data kit={kit}
        install_programs() {{ :; }}; make_user() {{ :; }}; install_relay"""
    return subprocess.run(
        ["bash", "-c", script, str(installer)], env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        "TMPDIR": str(folder / "tmp")}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_key_stays_nowhere_when_a_kit_cannot_be_installed(tmp_path: Path) -> None:
    (tmp_path / "relay-7.key").write_text("a private key")
    kit = tmp_path / "relay-7.kit"
    with tarfile.open(kit, "w:gz") as archive:
        archive.add(tmp_path / "relay-7.key", "relay-7.key")
    ended = _install_relay(tmp_path, kit)
    assert ended.returncode != 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_kit_is_not_installed_on_the_centre(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "controller.toml").touch()
    kit = tmp_path / "relay-7.kit"
    kit.touch()
    ended = _install_relay(tmp_path, kit)
    assert (ended.returncode, "is a centre" in ended.stderr) == (1, True)
    assert not (tmp_path / "data").exists()


def _has_nut() -> bool:
    with contextlib.suppress(KeyError):
        return os.geteuid() == 0 and bool(grp.getgrnam("nut"))
    return False


@pytest.mark.skipif(not _has_nut(), reason="not checked: wants root, and nut-server's group")
def test_a_power_supply_on_usb_is_set_up_on_loopback_and_what_is_set_up_stays(
    tmp_path: Path,
) -> None:
    steps, _, _ = (ROOT / "systemd" / "install.sh").read_text().partition("\nwhat=\n")
    (tmp_path / "steps.sh").write_text(steps)
    (tmp_path / "ups.conf").write_text("# [commented]\nmaxretry = 3\n")
    agent = tmp_path / "agent.toml"
    agent.write_text((ROOT / "configs" / "agent.toml").read_text())

    def install() -> None:
        script = f"""source {tmp_path}/steps.sh; etc={tmp_path} nut={tmp_path}
            has_systemd() {{ false; }}; install_ups"""
        command = ["bash", "-c", script, str(ROOT / "systemd" / "install.sh")]
        subprocess.run(command, capture_output=True, check=True)

    install()
    assert tomllib.loads(agent.read_text())["ups"] == {"upsd_port": 3493}
    assert re.findall(r"^LISTEN (.*)", (tmp_path / "upsd.conf").read_text(), re.MULTILINE) == [
        "127.0.0.1 3493"
    ]
    assert "driver = usbhid-ups" in (tmp_path / "ups.conf").read_text()
    assert not (tmp_path / "upsd.users").exists()
    (tmp_path / "ups.conf").write_text("[mine]\n")
    agent.write_text("data_dir = '/var/lib/diemcau-point'\n")  # of before
    install()
    assert tomllib.loads(agent.read_text())["ups"] == {"upsd_port": 3493}
    agent.write_text("[ups]\nupsd_port = 3494\n\n[time]\n")
    install()
    assert tomllib.loads(agent.read_text())["ups"] == {"upsd_port": 3494}
    assert (tmp_path / "ups.conf").read_text() == "[mine]\n"


def test_a_room_without_a_browser_reaches_devices_and_sockets_where_it_is_asked_for() -> None:
    drop_in = ROOT / "systemd" / "diemcau-room.service.d" / "20-devices.conf"
    assert _setting(drop_in, "PrivateDevices") == ["no"]
    assert _setting(drop_in, "SupplementaryGroups") == ["video", "render", "audio"]
    assert _setting(drop_in, "ProtectHome") == ["no"]
    assert _setting(drop_in, "InaccessiblePaths") == ["-/home", "-/root"]
    given = set(re.findall(r"^(\w+)=", drop_in.read_text(), re.MULTILINE))
    assert len(given) == 4, "and nothing else of what holds for all"
    assert drop_in.name > "10-all.conf", "the later name counts"
    installer = (ROOT / "systemd" / "install.sh").read_text()
    assert "--devices) has_devices=yes" in installer
    assert "install.sh point --devices" in (ROOT / "docs" / "cameras.md").read_text()


def test_a_worker_is_limited_and_started_as_the_first_relay_is() -> None:
    first = WORKER.with_name("diemcau-relay.service").read_text().splitlines()
    differing = {
        line.partition("=")[0]
        for line, other in zip(WORKER.read_text().splitlines(), first, strict=True)
        if line != other
    }
    assert differing == {"Description", "ExecStart", "StateDirectory"}


def test_who_looks_at_the_segment_may_hear_it_and_reads_nothing_of_the_points() -> None:
    service = ROOT / "systemd" / "look-diemcau-segment.service"
    (user,) = _setting(service, "User")
    installer = (ROOT / "systemd" / "install.sh").read_text()
    assert f"segment_user={user}\n" in installer
    assert user != "diemcau"
    rights = ["CAP_NET_RAW", "CAP_NET_BIND_SERVICE"]
    assert _setting(service, "CapabilityBoundingSet") == rights
    assert _setting(service, "AmbientCapabilities") == rights
    assert "-/var/lib/diemcau-point" in _setting(service, "InaccessiblePaths")
    program, option, out = _setting(service, "ExecStart")
    assert (program, option, out) == (f"{INSTALLED}diemcau-segment", "--out", f"/{FILE}")
    assert _setting(service, "RuntimeDirectory") == [Path(FILE).parent.name]
    assert Path(program).name in _scripts()
    # Counted from a look that its condition left out, no further one would come.
    timer = service.with_suffix(".timer").read_text()
    assert re.findall(r"^On(\w+)=", timer, re.MULTILINE) == ["BootSec", "Calendar"]
    shared = (ROOT / "systemd" / "diemcau-.service.d" / "10-all.conf").read_text()
    hardened = {
        name
        for name in re.findall(r"^(\w+)=yes$", shared, re.MULTILINE)
        if name.startswith(("Protect", "Private", "Restrict", "Lock", "NoNew"))
    }
    assert len(hardened) > 10
    assert {name for name in hardened if _setting(service, name) != ["yes"]} == set()


def test_who_hears_devices_may_have_a_port_below_1024_and_nothing_else_that_others_may_not() -> (
    None
):
    drop_in = ROOT / "systemd" / "diemcau-traps.service.d" / "20-port.conf"
    given = re.findall(r"^(\w+)=(.*)$", drop_in.read_text(), re.MULTILINE)
    right = "CAP_NET_BIND_SERVICE"
    assert given == [("CapabilityBoundingSet", right), ("AmbientCapabilities", right)]
    assert drop_in.name > "10-all.conf", "the later name counts"
    service = drop_in.parent.with_name("diemcau-traps.service")
    condition = _setting(service, "ConditionPathExists")
    assert condition == _setting(service.with_suffix(".path"), "PathChanged")


def test_who_asks_the_disks_is_root_with_two_rights_and_leaves_it_where_the_agent_reads() -> None:
    drop_in = ROOT / "systemd" / "diemcau-hardware.service.d" / "20-disks.conf"
    assert _setting(drop_in, "CapabilityBoundingSet") == ["CAP_SYS_RAWIO", "CAP_SYS_ADMIN"]
    assert "AmbientCapabilities" not in drop_in.read_text()
    assert _setting(drop_in, "PrivateNetwork") == ["yes"]
    assert _setting(drop_in, "DevicePolicy") == ["closed"]
    given = set(re.findall(r"^(\w+)=", drop_in.read_text(), re.MULTILINE))
    assert (
        given & {"NoNewPrivileges", "ProtectSystem", "ProtectHome", "RestrictNamespaces"} == set()
    )
    program, folder = _exec_start(HARDWARE)
    installer = (ROOT / "systemd" / "install.sh").read_text()
    assert '"$here/hardware.sh"' in installer
    assert Path(program) == Path("/opt/diemcau/libexec/hardware.sh")
    assert _setting(HARDWARE, "Group") == _setting(ROOT / "systemd/diemcau-agent.service", "User")
    config = tomllib.loads((ROOT / "configs" / "agent.toml").read_text())
    assert config["hardware_dir"] == folder
    assert [folder] == [f"/run/{name}" for name in _setting(HARDWARE, "RuntimeDirectory")]
