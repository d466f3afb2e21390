"""A province in which nobody has an IPv4 address, put up as an installation is, by its commands."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from runtime.tls import client_context
from tests.fakes.namespace import Machine, a_machine, without_ipv4
from tests.fakes.relay import ROOT
from tests.waiting import until

PASSWORD = "mat-khau-thu-1"
ACCOUNT = {"user_name": "admin", "password": PASSWORD}
NAMES = ["p-a", "p-b"]
POINTS = {"points": [{"point_id": name, "unit_id": "tinh", "name": name} for name in NAMES]}
UNITS = {"units": [{"unit_id": "tinh", "name": "Tỉnh", "kind": "province"}]}


class Site:
    """A machine's folder, the shipped configuration in it, and its programs, wherever it stands."""

    def __init__(
        self, folder: Path, home: str, *configs: str, prefix: tuple[str, ...] = ()
    ) -> None:
        self.folder = folder
        self.prefix = prefix
        folder.mkdir()
        for name in configs:
            text = (ROOT / "configs" / f"{name}.toml").read_text()
            (folder / f"{name}.toml").write_text(text.replace(home, str(folder / "data")))

    def command(self, *words: str, given: str = "") -> str:
        """Run a command of ours to its end; return what it says."""
        done = subprocess.run(
            [*self.prefix, sys.executable, "-m", *words],
            cwd=ROOT, input=given, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def config(self, name: str) -> tuple[str, str]:
        """Return how a command is told its file."""
        return "--config", str(self.folder / f"{name}.toml")

    def log(self, name: str) -> str:
        """Return what a program has written."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    @contextmanager
    def running(self, name: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run a program until the block ends."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*self.prefix, *words], cwd=ROOT, stdout=log, stderr=log,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait(timeout=10)

    def asked(self, url: str, *options: str) -> Any:
        """Return the JSON that is answered; None: nobody answers."""
        done = subprocess.run(
            [*self.prefix, "curl", "--silent", "--fail", "--max-time", "3", *options, url],
            capture_output=True,
            check=False,
        )
        return json.loads(done.stdout) if done.returncode == 0 and done.stdout else None


def a_centre(folder: Path, address: str) -> Site:
    """Return a centre as `install.sh centre --address` leaves it, with places and an account."""
    centre = Site(folder, "/var/lib/diemcau", "controller", "relay", "reflector")
    config = centre.config("controller")
    files = [f"--{name}-config={folder / name}.toml" for name in ("relay", "reflector")]
    centre.command("controller", "address", *config, *files, address)
    centre.command("controller", "init", *config)
    for what, rows in (("unit", UNITS), ("point", POINTS)):
        (folder / "places.json").write_text(json.dumps(rows))
        centre.command("controller", what, "import", *config, str(folder / "places.json"))
    account = ("admin", "--role", "admin", "--password-stdin")
    centre.command("controller", "user", "add", *config, *account, given=PASSWORD)
    return centre


def services(centre: Site) -> dict[str, tuple[str, ...]]:
    """Return the programs of a centre, each with its command."""
    python = (sys.executable, "-m")
    own = {
        name: (*python, "controller", name, *centre.config("controller"))
        for name in ("enrolment", "web", "ingest")
    }
    return {
        "broker": ("/usr/sbin/mosquitto", "-c", str(centre.folder / "data/mosquitto.conf")),
        **own,
        "relay": (*python, "media.relay", "run", *centre.config("relay")),
        "reflector": (*python, "monitoring.reflector", "run", *centre.config("reflector")),
    }


@asynccontextmanager
async def an_administrator(centre: Site, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Give a browser in which the administrator is signed in, once the pages are there."""
    context = client_context(centre.folder / "data/pki/ca.crt")
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", verify=context) as browser:

        async def signed_in() -> httpx.Response | None:
            try:
                return await browser.post("/session", json=ACCOUNT)
            except httpx.TransportError:
                return None

        answer = await until(signed_in, 60, "the pages are served")
        browser.headers["x-csrf-token"] = answer.json()["csrf_token"]
        yield browser


def a_point(folder: Path, machine: Machine, url: str, code: str) -> Site:
    """Return a point that is enrolled by its code."""
    point = Site(folder, "/var/lib/diemcau-point", "agent", "room", prefix=machine.prefix)
    given = ("--controller", url, "--code", "-")
    point.command("agent.health", "enrol", *point.config("agent"), *given, given=code)
    return point


def programs(point: Site) -> dict[str, tuple[str, ...]]:
    """Return the programs of a point, each with its command."""
    return {
        name: (sys.executable, "-m", f"agent.{package}", "run", *point.config(name))
        for name, package in (("agent", "health"), ("room", "room"))
    }


def shown(point: Site) -> int | None:
    """Return the number of the point whose pictures a room shows on its stage."""
    state = point.asked("http://127.0.0.1:8090/api/state?since=0") or {}
    stage = ((state.get("meeting") or {}).get("videos") or {}).get("stage") or {}
    number: int | None = stage.get("shown_number")
    return number


@pytest.mark.namespace
@pytest.mark.timeout(240)
async def test_points_enrol_report_and_meet(tmp_path: Path) -> None:
    with (
        without_ipv4(),
        a_machine(is_v6=True) as first,
        a_machine(is_v6=True) as second,
        ExitStack() as started,
    ):
        centre = a_centre(tmp_path / "centre", first.host)
        for name, words in services(centre).items():
            started.enter_context(centre.running(name, *words))
        url = f"https://[{first.host}]:8443"
        async with an_administrator(centre, url) as admin:
            points = []
            for name, machine in zip(NAMES, (first, second), strict=True):
                code = (await admin.post(f"/points/{name}/enrol-codes")).json()["code"]
                points.append(await asyncio.to_thread(a_point, tmp_path / name, machine, url, code))
                for program, words in programs(points[-1]).items():
                    started.enter_context(points[-1].running(program, *words))

            async def are_up() -> bool:
                found = (await admin.get("/status")).json()
                return [one["state"] for one in found] == ["up", "up"]

            await until(are_up, 60, "both points report")
            begins_at = datetime.now(UTC) + timedelta(seconds=5)
            booked = await admin.post(
                "/meetings",
                json={
                    "classification": "normal",
                    "title": "Họp thử",
                    "chair_point_id": NAMES[0],
                    "point_ids": NAMES,
                    "begins_at": begins_at.isoformat(),
                    "ends_at": (begins_at + timedelta(minutes=10)).isoformat(),
                },
            )
            assert booked.status_code == 201, booked.text
            await until(lambda: shown(points[1]) == 1, 60, "the second sees the chair")
            for name in NAMES:

                async def line_is_measured(name: str = name) -> bool:
                    found = (await admin.get(f"/points/{name}/figures")).json()
                    return "rtt_ms" in {one["name"] for one in found}

                await until(line_is_measured, 60, "the reflector answers its probes")
