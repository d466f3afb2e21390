"""Rules and dashboards, by Prometheus' own tools and by a real one that scrapes the real centre."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from controller.db.engine import writing
from controller.enrolment import pki
from controller.health.point_metrics import STATES, PointsExposition
from controller.health.states import PointState
from controller.incidents.channels import AlertChannels
from controller.ingest.tables import Health5Min, LatestReport
from controller.installation import ensure_services
from controller.settings import KnownRelay
from controller.web.deps import Web
from monitoring.judgement.problem import ProblemKey, Severity
from tests.fakes.country import fill
from tests.fakes.mosquitto import free_port
from tests.fakes.prometheus import FOLDER, IS_HERE, Prometheus, prometheus
from tests.integration.controller.broker import generated_broker
from tests.integration.controller.centre import (
    Centre,
    Installation,
    WebProcess,
    serving,
    web_process,
)
from tests.integration.controller.test_alerts import mail_to, queue
from tests.integration.controller.test_relays_together import configured
from tests.waiting import until

DATA = Path(__file__).parents[2] / "data" / "prometheus"
DASHBOARDS = sorted((FOLDER.parent / "grafana").glob("*.json"))
JOBS = ("diemcau-web", "diemcau-points", "diemcau-ingest", "diemcau-relay")
needs_prometheus = pytest.mark.skipif(not IS_HERE, reason="not checked: no Prometheus")


def promtool(*arguments: str, folder: Path = FOLDER) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["promtool", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@needs_prometheus
def test_prometheus_takes_configuration_and_rules() -> None:
    checked = promtool("check", "config", "--syntax-only", "prometheus.yml")
    assert checked.returncode == 0, checked.stderr
    rules = promtool("check", "rules", "rules.yml", "alerts.yml")
    assert rules.returncode == 0 and "SUCCESS" in rules.stdout, rules.stderr + rules.stdout


@needs_prometheus
def test_alerts_are_told_when_they_should_be_and_not_before(tmp_path: Path) -> None:
    for path in (*FOLDER.glob("*.yml"), *DATA.glob("*.yml")):
        shutil.copy(path, tmp_path)
    told = promtool("test", "rules", "alerts_test.yml", folder=tmp_path)
    assert told.returncode == 0, told.stdout + told.stderr
    broken = (tmp_path / "alerts.yml").read_text().replace("> 900", "> 90000")
    (tmp_path / "alerts.yml").write_text(broken)
    assert promtool("test", "rules", "alerts_test.yml", folder=tmp_path).returncode == 1


def measure(web: Web, ids: list[str], now: datetime) -> None:
    """Write what ingest keeps of the lines of points."""
    begins_at = datetime.fromtimestamp(now.timestamp() // 300 * 300, UTC)
    with writing(web.series) as session:
        for place, point_id in enumerate(ids):
            session.add(
                Health5Min(point_id=point_id, begins_at=begins_at, samples=10, probes_sent=200,
                           probes_received=200 - place % 30, rtt_samples=10,
                           rtt_sum_ms=10 * (21.0 + place), jitter_samples=10, jitter_sum_ms=23.0)
            )  # fmt: skip
            session.add(
                LatestReport(point_id=point_id, kind="health", at=now, received_at=now, report="{}")
            )


def series(text: str) -> dict[tuple[str, str], float]:
    """Return what a scrape has, by name and point."""
    return {
        (sample.name, sample.labels.get("point_id", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_points_are_scraped_as_the_pages_show_them(centre: Centre) -> None:
    now = centre.time.now() - timedelta(seconds=1)
    ids = fill(centre.web, points=40, wrong=3, now=now)
    measure(centre.web, ids[:39], now)
    answer = await centre.client().get("/metrics/points")
    assert answer.status_code == 200
    found = series(answer.text)
    states = [found["diemcau_point_state", one] for one in ids]
    up, down = STATES[PointState.UP], STATES[PointState.DOWN]
    assert states[:37] == [up] * 37 and down in states[37:]
    assert found["diemcau_point_state", "p-b"] == STATES[PointState.NOT_ENROLLED]
    assert found["diemcau_line_round_trip_seconds", "q4"] == pytest.approx(0.025)
    assert found["diemcau_line_jitter_seconds", "q4"] == pytest.approx(0.0023)
    assert found["diemcau_line_loss_ratio", "q4"] == pytest.approx(0.02)
    assert ("diemcau_line_loss_ratio", "q39") not in found, "not measured is no zero"
    assert found["diemcau_point_reported_timestamp_seconds", "q4"] == pytest.approx(
        now.timestamp(), abs=0.01
    )
    assert 'name="Xã Púng Luông 1",point_id="q1",unit="Khu vực 1",unit_id="v0"' in answer.text
    assert 'name="Văn phòng UBND tỉnh",point_id="p-chair",unit="Tỉnh Thử"' in answer.text
    stranger = centre.client("198.51.100.7")
    assert (await stranger.get("/metrics/points")).status_code == 403


async def test_a_point_has_six_series_whatever_is_wrong_with_it(sqlite_centre: Centre) -> None:
    centre, now = sqlite_centre, sqlite_centre.time.now() - timedelta(seconds=1)
    ids = fill(centre.web, points=200, wrong=50, now=now)
    measure(centre.web, ids, now)
    text = (await centre.client().get("/metrics/points")).text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert max(sum(f'point_id="{one}"' in line for line in lines) for one in ids[::20]) == 6
    others = sum("point_id=" not in line for line in lines)
    assert others == 1 + len(ProblemKey) * len(Severity), "these do not grow with the points"


async def test_however_often_it_is_scraped_points_are_read_every_few_seconds(
    sqlite_centre: Centre,
) -> None:
    centre = sqlite_centre
    exposition = centre.web.part(PointsExposition)
    exposition.same_for_s = 1000.0
    before = (await centre.client().get("/metrics/points")).text
    fill(centre.web, points=10, wrong=0, now=centre.time.now())
    assert (await centre.client().get("/metrics/points")).text == before
    exposition.same_for_s = 0.0
    assert 'point_id="q9"' in (await centre.client().get("/metrics/points")).text


async def test_incidents_and_waiting_messages_are_counted(sqlite_centre: Centre) -> None:
    centre = sqlite_centre
    centre.web.part(AlertChannels).add(mail_to(1), actor="admin")
    queue(centre, 0, 1, 2)
    centre.time.offset = timedelta(minutes=20)
    found = (await centre.client().get("/metrics")).text
    assert 'diemcau_incidents_open{priority="normal",taken="no"} 1.0' in found
    assert 'diemcau_incidents_open{priority="high",taken="yes"} 0.0' in found
    assert "diemcau_alert_messages_waiting 3.0" in found
    [line] = [one for one in found.splitlines() if one.startswith("diemcau_alert_oldest")]
    assert 1199 < float(line.split()[1]) < 1260


@asynccontextmanager
async def ingesting(web: WebProcess) -> AsyncIterator[None]:
    """Run the real ingest beside the web process until the block ends."""
    with web.config.with_name("ingest.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "controller", "ingest", "--config", str(web.config)),
            stderr=log,
            cwd=Path(__file__).parents[3],
        )
    try:
        yield
    finally:
        process.kill()
        await process.wait()


def expressions() -> Iterator[tuple[str, str]]:
    """Yield every expression of every dashboard, and where it stands; for all units, one point."""
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                said = target["expr"].replace("$unit", ".*").replace("$point", "q1")
                yield f"{path.stem}: {panel['title']} {target['refId']}", said


async def empty(running: Prometheus) -> list[str]:
    """Return which panels have nothing to show."""
    return [name for name, said in expressions() if not await running.found(said)]


def test_dashboards_are_what_grafana_reads() -> None:
    boards = [json.loads(path.read_text()) for path in DASHBOARDS]
    assert len({one["uid"] for one in boards}) == len(boards) == 3
    for one in boards:
        names = {variable["name"] for variable in one["templating"]["list"]}
        places = set[tuple[int, int]]()
        for panel in one["panels"]:
            at = panel["gridPos"]
            assert at["x"] + at["w"] <= 24 and {"title", "type", "options"} <= panel.keys()
            covered = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                       for y in range(at["y"], at["y"] + at["h"])}  # fmt: skip
            assert not places & covered, f"{panel['title']} lies over another"
            places |= covered
            text = json.dumps(panel)
            assert set(re.findall(r"\$\{?(\w+)", text)) <= names
        assert len({panel["id"] for panel in one["panels"]}) == len(one["panels"])


@pytest.mark.timeout(400)  # five real processes; the centre looks at itself every 15 s
@needs_prometheus
async def test_a_real_one_scrapes_the_real_centre_and_no_panel_is_empty(
    installation: Installation, tmp_path: Path
) -> None:
    url = f"https://127.0.0.1:{free_port()}"
    settings = msgspec.structs.replace(installation.settings, relays=(KnownRelay(url=url),))
    ensure_services(settings, pki.load_authority(settings.pki_dir), now=datetime.now(UTC))
    whole = Installation(settings)
    now = datetime.now(UTC)
    async with serving(whole) as centre:
        ids = fill(centre.web, points=30, wrong=10, now=now)
        measure(centre.web, ids, now)
    relay = configured(settings, settings.relays[0], "127.0.0.1")
    changed = {
        "127.0.0.1:8000": f"127.0.0.1:{settings.web.http_port}",
        "127.0.0.1:8001": f"127.0.0.1:{settings.ingest.metrics_port}",
        "127.0.0.1:8444": url.removeprefix("https://"),
        "/var/lib/diemcau/pki/ca.crt": str(settings.pki_dir / "ca.crt"),
    }
    async with generated_broker(whole), web_process(whole) as web, ingesting(web):
        try:
            await relay.start()
            await web.command("backup", str(tmp_path / "backup"))
            async with prometheus(tmp_path, changed) as running:

                async def is_whole() -> bool:
                    return not await empty(running)

                try:
                    await until(is_whole, timeout_s=150, what="no panel is empty")
                except AssertionError as exc:
                    raise AssertionError(f"empty: {await empty(running)}") from exc
                targets = {one["labels"]["job"]: one["health"] for one in await running.targets()}
                assert targets == dict.fromkeys(JOBS, "up")
                alert = "ALERTS{alertname='DiemCauUnitDown'}"
                [wrong] = await until(lambda: running.found(alert), timeout_s=30, what=alert)
                assert wrong["metric"]["unit"] == "Khu vực 3"
        finally:
            await relay.kill()
