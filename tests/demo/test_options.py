"""Options from the command line and from make's variables."""

from dataclasses import replace

import pytest

from controller.settings import ControllerSettings
from media.relay.settings import RelaySettings
from runtime.settings import load
from scripts.demo import commands, configs, options, plan, province


def test_plain_demo():
    got = options.parse([], {})
    assert (got.is_check, got.broken, got.is_reset) == (False, (), False)
    assert got.folder == options.ROOT / ".demo" / "province"


def test_make_variables(tmp_path):
    got = options.parse(["--data", str(tmp_path)], {"CHECK": "1", "RESET": "1"})
    assert (got.is_check, got.is_reset, got.folder) == (True, True, tmp_path)


def test_a_break_implies_the_check():
    assert options.parse([], {"BREAK": "own-echo"}).is_check


def test_two_breaks_are_of_two_processes(capsys):
    both = options.parse(["--break", "own-echo,lost-alert"], {})
    assert both.broken == ("own-echo", "lost-alert") and both.is_check
    with pytest.raises(SystemExit) as refusal:
        options.parse([], {"BREAK": "own-echo,no-floor"})
    assert refusal.value.code == 2
    assert "replace relay" in capsys.readouterr().err


def test_an_unknown_break_is_refused(capsys):
    with pytest.raises(SystemExit) as refusal:
        options.parse([], {"BREAK": "own-ecko"})
    assert refusal.value.code == 2
    assert "own-echo" in capsys.readouterr().err


@pytest.mark.parametrize("relays", ["3", "0", "x"])
def test_as_many_relays_as_there_are_no_plans_for_are_refused(capsys, relays):
    for line, environment in (([], {"RELAYS": relays}), (["--relays", relays], {})):
        with pytest.raises(SystemExit) as refusal:
            options.parse(line, environment)
        assert refusal.value.code == 2
        assert "RELAYS" in capsys.readouterr().err.upper()
    assert options.parse([], {"RELAYS": "2"}).relays == 2


def test_a_kept_plan_is_found_again(tmp_path):
    made = plan.fresh(tmp_path, 0, "10.77.0.1", ["pt-a"])
    made.save()
    assert plan.kept(tmp_path) == made
    assert len(set(made.ports.values())) == len(made.ports)


def test_a_plan_of_an_older_version_gets_the_ports_that_it_lacks(tmp_path):
    made = plan.fresh(tmp_path, 0, "10.77.0.1", ["pt-a"])
    older = replace(made, ports={n: p for n, p in made.ports.items() if n not in ("smtp", "traps")})
    newer = plan.completed(older)
    assert newer.ports.keys() == made.ports.keys()
    assert len(set(newer.ports.values())) == len(newer.ports)
    assert newer.ports | older.ports == newer.ports
    assert plan.completed(made) == made


def test_a_second_relay_has_data_ports_and_a_command_of_its_own(tmp_path):
    assert options.parse([], {"RELAYS": "2"}).folder.name == "province-2"
    points = [one.point_id for one in province.load().points]
    made = plan.fresh(tmp_path, 0, "10.77.0.1", points, relays=2)
    made.save()
    assert plan.kept(tmp_path) == made
    configs.write_all(made, province.load(), None)
    listed = load(ControllerSettings, made.configs / "controller.toml").relays
    assert [(one.relay_id, one.home) for one in listed] == [
        ("relay-1", None),
        ("relay-2", "relay-1"),
    ]
    second = load(RelaySettings, made.configs / "relay-2.toml")
    assert (second.relay_id, listed[1].url) == ("relay-2", made.second_relay_url)
    names = [one.name for one in commands.centre(made, ())]
    assert names[-3:] == ["relay", "relay:2", "recorder"]
    alone = plan.fresh(tmp_path, 0, "10.77.0.1", ["pt-a"])
    assert "relay:2" not in [one.name for one in commands.centre(alone, ())]


def test_no_plan_or_a_spoilt_one_is_none(tmp_path):
    assert plan.kept(tmp_path) is None
    (tmp_path / "plan.json").write_text("{")
    assert plan.kept(tmp_path) is None


def test_the_province_has_a_chair_three_communes_and_a_bystander():
    loaded = province.load()
    assert len(loaded.invited) == 4
    assert loaded.bystander not in loaded.invited
    assert len({point.number for point in loaded.points}) == len(loaded.points) == 5
    keys = {unit.key for unit in loaded.units}
    assert all(unit.parent is None or unit.parent in keys for unit in loaded.units)
    assert all(point.unit in keys for point in loaded.points)
