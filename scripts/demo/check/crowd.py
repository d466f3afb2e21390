"""Fifty simulated points beside the real ones, and the broker killed under all of them."""

import asyncio
import json
import re
import sys
import time
from pathlib import Path

from scripts.demo.check.system import System
from scripts.demo.process import Command
from scripts.demo.topology import CROWD
from scripts.demo.waiting import until

COUNT = 50
BACK_LIMIT_S = 10.0
BROKER_BACK = "broker killed beside 50 simulated points: all are back"
FACTS = (BROKER_BACK,)
_CONNECTED = re.compile(r"New client connected from \S+ as (\S+) ")


async def gather(system: System) -> None:
    """Enter fifty points, enrol them by code and let them report."""
    demo, api = system.demo, system.api
    folder = demo.plan.folder / "crowd"
    folder.mkdir(exist_ok=True)
    unit = demo.province.units[0].key
    codes = []
    for index, point_id in enumerate(point_ids(), start=1):
        await api.post("/points", point_id=point_id, name=f"Điểm mô phỏng {index}", unit_id=unit)
        codes.append(str((await api.post(f"/points/{point_id}/enrol-codes"))["code"]))
    centre = {"url": demo.plan.url, "ca_file": str(demo.plan.pki / "ca.crt")}
    (folder / "centre.json").write_text(json.dumps(centre))
    (folder / "codes.json").write_text(json.dumps(codes))
    await demo.runner.start(
        Command(
            "crowd",
            (sys.executable, "-m", "scripts.demo.check.simulated", str(folder)),
            demo.plan.log("crowd"),
            demo.place.namespace_of(CROWD),
        )
    )
    await until(
        lambda: _are_connected(folder, 0), f"{COUNT} simulated points are connected", within_s=40
    )


async def kill_broker(system: System) -> None:
    """Kill the broker; every session comes back."""
    log = system.demo.plan.log("broker")
    folder = system.demo.plan.folder / "crowd"
    wanted = {point.point_id for point in system.province.points}
    wanted |= {"centre-web", "centre-ingest", "relay-1"}
    size = log.stat().st_size
    killed_s = time.time()
    await system.demo.process("broker").kill()

    async def are_back() -> bool:
        with log.open(encoding="utf-8", errors="replace") as file:
            file.seek(size)
            connected = set(_CONNECTED.findall(file.read()))
        return wanted <= connected and await _are_connected(folder, killed_s + 0.5)

    await until(are_back, "every session is back", within_s=30)
    took_s = time.time() - killed_s
    detail = f"({COUNT} simulated, {len(wanted)} real sessions)"
    system.facts.at_most(BROKER_BACK, took_s, BACK_LIMIT_S, "s", detail)


def point_ids() -> list[str]:
    """Return the simulated points."""
    return [f"mo-phong-{index:02d}" for index in range(1, COUNT + 1)]


async def are_connected(system: System) -> bool:
    """Return whether all of them have their session."""
    return await _are_connected(system.demo.plan.folder / "crowd", 0)


async def _are_connected(folder: Path, since_s: float) -> bool:
    try:
        state = json.loads((folder / "state.json").read_text())
    except (OSError, ValueError):
        await asyncio.sleep(0)
        return False
    return bool(state["connected"] == COUNT and state["written_at"] > since_s)
