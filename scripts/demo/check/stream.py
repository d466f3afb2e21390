"""The event stream a page listens to, listened to for as long as the check runs."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from scripts.demo.api import Api

RETRY_S = 0.3


@dataclass(frozen=True, slots=True)
class Event:
    """One event, with the instant it came in."""

    kind: str
    data: dict[str, Any]
    received_s: float

    @property
    def age_s(self) -> float:
        """How long after its measuring it came in."""
        return self.received_s - datetime.fromisoformat(self.data["measured_at"]).timestamp()


@dataclass(slots=True)
class Stream:
    """Everything that came in, connections that broke included."""

    events: list[Event] = field(default_factory=list)
    is_open: bool = False

    async def listen(self, api: Api) -> None:
        """Listen for ever; come back after a break."""
        while True:
            try:
                timeout = httpx.Timeout(5, read=30)
                async with api.client.stream("GET", "/api/v1/events", timeout=timeout) as answer:
                    if answer.status_code == 200:
                        self.is_open = True
                        await self._read(answer)
            except httpx.HTTPError:
                pass  # the controller is away: that is what is being tried
            self.is_open = False
            await asyncio.sleep(RETRY_S)

    def reports(self, since_s: float = 0) -> list[Event]:
        """Return the notices of reports that came in after an instant."""
        return [
            event
            for event in self.events
            if event.kind == "point"
            and event.data.get("kind") == "report"
            and event.received_s >= since_s
        ]

    async def _read(self, answer: httpx.Response) -> None:
        kind = ""
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data":
                self.events.append(Event(kind, json.loads(value), time.time()))
