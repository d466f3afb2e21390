"""A real Prometheus over the files of configs/prometheus, quicker than they are."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.fakes.mosquitto import free_port
from tests.waiting import until

FOLDER = Path(__file__).parents[2] / "configs" / "prometheus"
IS_HERE = all(shutil.which(name) for name in ("prometheus", "promtool"))


@dataclass(frozen=True, slots=True)
class Prometheus:
    """One that runs."""

    client: httpx.AsyncClient

    async def found(self, expression: str) -> list[dict[str, Any]]:
        """Return what an expression gives now."""
        answer = await self.client.get("/api/v1/query", params={"query": expression})
        said: dict[str, Any] = answer.json()
        assert said["status"] == "success", f"{expression}: {said}"
        result: list[dict[str, Any]] = said["data"]["result"]
        return result

    async def targets(self) -> list[dict[str, Any]]:
        """Return what it scrapes, and how the last time ended."""
        said: dict[str, Any] = (await self.client.get("/api/v1/targets")).json()
        active: list[dict[str, Any]] = said["data"]["activeTargets"]
        return active


@asynccontextmanager
async def prometheus(folder: Path, changed: Mapping[str, str]) -> AsyncIterator[Prometheus]:
    """Run it until the block ends, every second in place of every minute.

    Args:
        changed: what stands in the configuration, and what is to stand there.
    """
    for path in FOLDER.glob("*.yml"):
        text = re.sub(r"interval: \d+[sm]", "interval: 1s", path.read_text())
        for old, new in changed.items():
            text = text.replace(old, new)
        (folder / path.name).write_text(text)
    port = free_port()
    with (folder / "prometheus.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            "prometheus",
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            f"--web.listen-address=127.0.0.1:{port}",
            stdout=log,
            stderr=log,
        )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:

            async def is_ready() -> bool:
                assert process.returncode is None, (folder / "prometheus.log").read_text()
                try:
                    return (await client.get("/-/ready")).status_code == 200
                except httpx.TransportError:
                    return False

            await until(is_ready, timeout_s=60, what="Prometheus is ready")
            yield Prometheus(client)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
