"""What the centre and the broker refuse, and how they keep uptime: asked from outside."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from scripts.demo.check.system import System
from scripts.demo.errors import ApiRefused

REFUSED = "a meeting above 'normal' is refused, with a reason"
STRANGER = "the broker refuses a client without a certificate"
FOREIGN = "a point's certificate reads only what is its own"
DOCUMENTS = "desired documents carry leader_epoch and generation"
UPTIME = "uptime of the cut point: down and unknown are kept apart"
LISTEN_S = "2"
FACTS = (REFUSED, STRANGER, FOREIGN, DOCUMENTS)


async def rules(system: System) -> None:
    """Try what must be refused, and read what a point is told."""
    await _secret_meeting(system)
    ca = system.demo.plan.pki / "ca.crt"
    code, _, said = await _listen(system, "dc/#", "--cafile", str(ca))
    system.facts.hold(STRANGER, code not in (0, 27), said or f"code {code}", "refused")
    folder = system.demo.plan.folder / "crowd"
    await _as_point(system, folder, "mo-phong-01")


async def uptime(system: System) -> None:
    """Compare the cut point's uptime of today with what was done to it."""
    point_id = system.province.bystander.point_id
    if not system.cuts:
        system.facts.not_checked(UPTIME, "its line was not cut")
        return
    today = (await system.api.get(f"/points/{point_id}/uptime"))[0]
    down, unknown, up = (round(today[key]) for key in ("down_s", "unknown_s", "up_s"))
    is_held = 50 <= down <= 85 and up > 0
    figure = f"up {up} s, down {down} s, unknown {unknown} s"
    system.facts.hold(UPTIME, is_held, figure, "down 50 to 85 s for a cut of 60 s")


async def _secret_meeting(system: System) -> None:
    begins_at = datetime.now(UTC) + timedelta(days=1)
    point = system.province.chair.point_id
    try:
        await system.api.post(
            "/meetings", classification="secret", title="Không được lưu", chair_point_id=point,
            point_ids=[point], begins_at=begins_at.isoformat(),
            ends_at=(begins_at + timedelta(hours=1)).isoformat(),
        )  # fmt: skip
    except ApiRefused as exc:
        is_reasoned = 400 <= exc.status < 500 and "message_vi" in exc.answer
        system.facts.hold(REFUSED, is_reasoned, f"{exc.status}", "4xx")
    else:
        system.facts.hold(REFUSED, False, "it was accepted", "4xx")


async def _as_point(system: System, folder: Path, point_id: str) -> None:
    base = folder / point_id
    ca, certificate, key = (str(base.with_suffix(s)) for s in (".ca", ".crt", ".key"))
    words = ("--cafile", ca, "--cert", certificate, "--key", key)
    _, heard, _ = await _listen(system, "dc/#", *words)
    topics = {topic for topic, _ in heard}
    foreign = sorted(topic for topic in topics if not topic.startswith(f"dc/point/{point_id}/"))
    figure = foreign[0] if foreign else f"{len(topics)} topics, all its own"
    system.facts.hold(FOREIGN, bool(topics) and not foreign, figure, "none of others'")
    documents = {topic: json.loads(text) for topic, text in heard if "/desired/" in topic}
    unsaid = [
        topic
        for topic, document in documents.items()
        if not {"leader_epoch", "generation", "issued_at"} <= document.keys()
    ]
    names = ", ".join(sorted(topic.rpartition("/")[2] for topic in documents))
    system.facts.hold(DOCUMENTS, len(documents) >= 3 and not unsaid, names or "none came", "all")


class Heard(NamedTuple):
    """What mosquitto_sub came to: its code, (topic, payload) of each message, its last word."""

    code: int
    messages: list[tuple[str, str]]
    said: str


async def _listen(system: System, topic: str, *words: str) -> Heard:
    """Run mosquitto_sub for two seconds."""
    plan = system.demo.plan
    child = await asyncio.create_subprocess_exec(
        "mosquitto_sub", "-V", "5", "-h", plan.address, "-p", str(plan.ports["broker"]),
        "-t", topic, "-W", LISTEN_S, "-F", "%t\t%p", *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await child.communicate()
    lines = [line.partition("\t") for line in out.decode(errors="replace").splitlines()]
    said = err.decode(errors="replace").strip().splitlines()
    messages = [(topic, payload) for topic, _, payload in lines if topic]
    return Heard(child.returncode or 0, messages, said[-1] if said else "")
