"""The sign of life that ingest writes every few seconds, for pages and alerts without ingest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import Engine

from controller.db.engine import writing
from controller.ingest.tables import IngestSpan


@asynccontextmanager
async def listening(series: Engine) -> AsyncIterator[None]:
    """Write that ingest lives, as it does, until the block ends."""

    def alive() -> None:
        with writing(series) as session:
            session.add(IngestSpan(began_at=datetime.now(UTC), alive_at=datetime.now(UTC)))

    async def go_on() -> None:
        while True:
            await asyncio.to_thread(alive)
            await asyncio.sleep(3)

    alive()
    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
