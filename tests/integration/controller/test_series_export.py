"""Months of what was measured as files: whole, each row once, resumed, the same twice."""

import csv
import errno
import gzip
import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from contracts.local_days import midnight
from controller import cli
from controller.db.engine import writing
from controller.health import series_export
from controller.ingest.tables import Figure1H, Health1H, Interface1H, PresenceInterval
from controller.web.deps import Web
from tests.integration.controller.centre import Centre, Installation

NOW = datetime(2026, 9, 5, tzinfo=UTC)
JULY, AUGUST, SEPTEMBER = (date(2026, month, 1) for month in (7, 8, 9))


def fill(web: Web, *, points: int, hours: int) -> None:
    """Write rows that begin in the last hour of July and go on in August, in Vietnam's days."""
    begins_at = midnight(AUGUST) - timedelta(hours=1)
    with writing(web.series) as session:
        for number in range(points):
            point_id = f"p{number}"
            for hour in range(hours):
                at = begins_at + timedelta(hours=hour)
                session.add(Health1H(point_id=point_id, begins_at=at, samples=hour + 7,
                                     rtt_samples=3, rtt_sum_ms=64.5))  # fmt: skip
                session.add(Figure1H(point_id=point_id, begins_at=at, name="wifi_signal_dbm",
                                     samples=2, total=-123.0, lowest=-70, highest=-53))  # fmt: skip
        session.add(Interface1H(point_id="p0", begins_at=begins_at, name="=cmd|' /C calc'!A0"))
        session.add(PresenceInterval(point_id="p0", state="down", began_at=begins_at,
                                     noticed_at=begins_at))  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(io.StringIO(file.read())))


def export(web: Web, folder: Path, *, last: date = AUGUST, again: bool = False) -> list[str]:
    done = series_export.export(web.series, folder, first=JULY, last=last, now=NOW, is_again=again)
    return done.written


async def test_each_row_is_in_the_month_of_its_day_in_vietnam_once(
    centre: Centre, tmp_path: Path
) -> None:
    fill(centre.web, points=3, hours=5)
    export(centre.web, tmp_path)
    july, august = (rows(tmp_path / f"health_1h-2026-{month}.csv.gz") for month in ("07", "08"))
    assert [one["point_id"] for one in july] == ["p0", "p1", "p2"]
    assert [one["samples"] for one in august] == ["8", "9", "10", "11"] * 3
    assert (july[0]["begins_at"], july[0]["rtt_sum_ms"]) == ("2026-07-31T16:00:00.000Z", "64.5")
    assert rows(tmp_path / "figure_1h-2026-08.csv.gz")[0]["total"] == "-123.0"
    assert rows(tmp_path / "presence_interval-2026-07.csv.gz")[0]["state"] == "down"
    [name] = [one["name"] for one in rows(tmp_path / "interface_1h-2026-07.csv.gz")]
    assert name.startswith("'="), "no formula to whoever opens it"


async def test_what_was_cut_off_goes_on_and_twice_is_the_same(
    sqlite_centre: Centre, tmp_path: Path
) -> None:
    web = sqlite_centre.web
    fill(web, points=2, hours=30)
    first, second = tmp_path / "first", tmp_path / "second"
    written = export(web, first)
    assert len(written) == 14 and export(web, first) == []
    (first / "health_1h-2026-08.csv.gz").rename(first / ".health_1h-2026-08.csv.gz.0a1b2c3d")
    other = tmp_path / "other"
    other.write_bytes(b"of somebody else")
    for name in ("health_1h-2026-08.csv.part", ".health_1h-2026-08.csv.gz.4e5f6a7b"):
        (first / name).symlink_to(other)
    assert export(web, first) == ["health_1h-2026-08.csv.gz"]
    assert other.read_bytes() == b"of somebody else", "no link is followed"
    (first / "health_1h-2026-08.csv.part").unlink()
    export(web, second)
    for name in written:
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert {one.name for one in first.iterdir()} == set(written)
    with writing(web.series) as session:
        session.add(Health1H(point_id="late", begins_at=midnight(AUGUST), samples=7))
    export(web, first, again=True)
    assert rows(first / "health_1h-2026-08.csv.gz")[0]["point_id"] == "late"


async def test_a_disk_that_is_full_is_not_left_so_by_what_was_begun(
    sqlite_centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Iterator[Sequence[object]]:
        yield ("p-b",)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(series_export, "_rows", full)
    folder = tmp_path / "years"
    with pytest.raises(OSError, match="No space left"):
        export(sqlite_centre.web, folder)
    assert {one.name for one in folder.iterdir()} == set()


async def test_a_month_that_goes_on_is_left_out(sqlite_centre: Centre, tmp_path: Path) -> None:
    web = sqlite_centre.web
    written = export(web, tmp_path, last=SEPTEMBER)
    assert not [name for name in written if "2026-09" in name]


def test_the_command_says_what_it_did(
    installation: Installation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["export", "--config", str(installation.write_config()), "--json"]
    where = ["--out", str(tmp_path / "years")]
    assert cli.main([*command, "--from", "2026-08", "--to", "2026-08", *where]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["written"]) == 7 and said["rows"] == 0
    for wrong, why in (
        (("--from", "August", "--to", "2026-08"), "write it like 2026-11"),
        (("--from", "0001-01", "--to", "2026-08"), "from 2000 to 2100"),
        (("--from", "2026-08", "--to", "9999-12"), "from 2000 to 2100"),
    ):
        with pytest.raises(SystemExit) as refused:
            cli.main([*command, *wrong, *where])
        assert refused.value.code == 2
        assert why in capsys.readouterr().err
    assert cli.main([*command, "--from", "2026-09", "--to", "2026-08", *where]) == 1
    assert "--from has to be before --to" in capsys.readouterr().err
