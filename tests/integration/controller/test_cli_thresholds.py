"""Thresholds are shown and set from the command line, and what is wrong is a sentence."""

import json

import pytest

from controller import cli
from controller.db.engine import open_engine, reading
from controller.thresholds import service
from controller.thresholds.scheme import NEW, Edit
from controller.thresholds.service import ThresholdDesk
from tests.integration.controller.centre import Installation


def test_thresholds_are_shown_and_set(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", str(installation.write_config())]
    put = ["thresholds", "set", *config, "--reason", "Mạng mới"]
    engine = open_engine(installation.settings.state_database_url)
    desk = ThresholdDesk(engine, installation.settings.thresholds)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    code, out, _ = run(*put, "rtt_ms=180,5", "loss_ratio=4")
    assert (code, "Mọi điểm cầu: Khứ hồi 150 → 180,5 ms" in out) == (0, True), out
    assert run(*put, "rtt_ms=")[0] == 0
    with reading(engine) as session:
        last = service.newest(session)
    assert (last.revision, last.scheme.values) == (2, {"loss_ratio": 0.04})
    assert last.made_at is not None
    edit = Edit(NEW, "VSAT", {"rtt_ms": 900.0}, joins=("p-b",))
    desk.save(edit, base=2, reason="x", actor="admin", now=last.made_at)
    assert run(*put, "--template", "vsat", "loss_ratio=6")[1].endswith(
        "Mẫu VSAT: Mất gói 4 → 6 %\n"
    )
    shown = json.loads(run("thresholds", "show", *config, "--json")[1])
    assert shown["revision"] == 4
    assert (shown["thresholds"]["VSAT"]["rtt_ms"], shown["thresholds"][""]["rtt_ms"]) == (900, 150)
    of_one = run("thresholds", "show", *config, "--point", "p-b")[1]
    assert "rtt_ms                900 ms  Khứ hồi / Round trip" in of_one, of_one
    for wrong, said in (
        (["rtt=5"], "There is no threshold “rtt”. There are: loss_ratio"),
        (["rtt_ms=0"], "is not a number from 1 to 10000"),
        (["--template", "x", "rtt_ms=5"], "There is no such template"),
        (["loss_ratio=4"], "Nothing was changed"),
    ):
        code, _, err = run(*put, *wrong)
        assert (code, said in err) == (1, True), err
    with pytest.raises(SystemExit):
        cli.main(["thresholds", "set", "--help"])
    assert "theo đơn vị như trên trang" in capsys.readouterr().out
