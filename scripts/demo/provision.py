"""What a person would enter once: units, points, and a code for every machine."""

import asyncio
import re

from scripts.demo import commands, configs, oneshot
from scripts.demo.api import Api
from scripts.demo.lan.names import (
    SWITCH,
    SWITCH_ADDRESS,
    SWITCH_WORD,
    UPS,
    UPS_ADDRESS,
    UPS_WORD,
)
from scripts.demo.plan import Plan
from scripts.demo.province import Point, Province
from scripts.demo.topology import Place

CHANNEL = "Hộp thư trực"
CARRIERS = (("VNPT Phú Thọ", "0210 800 126"), ("Viettel Phú Thọ", "0210 198"))
SENDER = "van-phong@phutho.example"
# Entered and enrolled by nobody: what a rehearsal says of a room that is not there.
WITHOUT_MACHINE, ITS_NAME = "pt-mai-chau", "Xã Mai Châu"
_CARRIER = re.compile(r'value="([0-9a-f]{8})"')


async def enter(api: Api, province: Province) -> None:
    """Enter the units and points that the centre does not know yet."""
    known_units = {unit["unit_id"] for unit in await api.get("/units")}
    known_points = {point["point_id"] for point in await api.get("/points")}
    for position, unit in enumerate(province.units):
        if unit.key not in known_units:
            parent = {"parent_id": unit.parent} if unit.parent else {}
            await api.post("/units", unit_id=unit.key, name=unit.name, position=position, **parent)
    for point in province.points:
        if point.point_id not in known_points:
            await api.post(
                "/points",
                point_id=point.point_id,
                number=point.number,
                name=point.name,
                unit_id=point.unit,
            )


async def enter_office(api: Api, plan: Plan, province: Province) -> None:
    """Enter the office's mail server, a clerk with an address at each commune, and a point whose
    machine has not come yet."""
    if WITHOUT_MACHINE in {one["point_id"] for one in await api.get("/points")}:
        return
    await api.form(
        "/mail/server", host="127.0.0.1", port=str(plan.ports["smtp"]), security="none",
        user="", password="", sender=SENDER,
    )  # fmt: skip
    for point in province.communes:
        await api.form(
            f"/contacts/points/{point.point_id}", role="clerk", name=f"Văn thư {point.name}",
            phone="0210 3 846 647", email=address_of(point),
        )  # fmt: skip
    unit = province.units[0].key
    await api.post("/points", point_id=WITHOUT_MACHINE, name=ITS_NAME, unit_id=unit)


def address_of(point: Point) -> str:
    """Return where a point's clerk has letters."""
    return f"{point.point_id}@phutho.example"


async def enter_devices(api: Api, plan: Plan, point: Point) -> None:
    """Enter the switch and the power supply of a point on its page."""
    shown = await api.page(f"/points/{point.point_id}")
    for name, address, word in (
        (SWITCH, SWITCH_ADDRESS, SWITCH_WORD),
        (UPS, UPS_ADDRESS, UPS_WORD),
    ):
        if name not in shown:
            port = str(plan.ports["snmp"])
            fields = {"name": name, "address": address, "port": port, "version": "v2c"}
            await api.form(f"/points/{point.point_id}/devices", **fields, community=word)


async def enter_channel(api: Api, plan: Plan) -> None:
    """Enter who is told of incidents: the demo's own mailbox."""
    if CHANNEL in await api.page("/incidents/channels"):
        return
    await api.form(
        "/incidents/channels", kind="mail", name=CHANNEL, host="127.0.0.1",
        port=str(plan.ports["smtp"]), security="none", user="", password="",
        sender="canh-bao@phutho.example", recipients="truc@phutho.example",
    )  # fmt: skip


async def enter_contracts(api: Api, province: Province) -> None:
    """Enter who brings the lines, and what was promised for each."""
    if CARRIERS[0][0] in await api.page("/carriers"):
        return
    for name, phone in CARRIERS:
        await api.form("/carriers", name=name, phone=phone)
    shown = await api.page("/carriers/contracts/new")
    ids = [_CARRIER.search(shown, shown.index(f">{name}<") - 40) for name, _ in CARRIERS]
    for point in province.points:
        carrier = ids[point.number % len(ids)]
        await api.form(
            "/carriers/contracts", point=point.point_id, carrier=carrier[1] if carrier else "",
            number=f"{point.number:03}/2026/HĐ-TSLCD", down="50", up="50", promised="99,5",
            repair="4", begins_on="2026-01-01", ends_on="",
        )  # fmt: skip


async def enrol_all(api: Api, plan: Plan, place: Place, province: Province) -> int:
    """Enrol every machine that has no identity yet; return how many there were."""
    todo = [p for p in province.points if not (plan.point(p.point_id) / "identity.json").exists()]
    await asyncio.gather(*(_enrol(api, plan, place, point) for point in todo))
    return len(todo)


async def _enrol(api: Api, plan: Plan, place: Place, point: Point) -> None:
    """Make a code and type it in on the point's machine, in its own network."""
    made = await api.post(f"/points/{point.point_id}/enrol-codes")
    plan.point(point.point_id).mkdir(parents=True, exist_ok=True)
    await oneshot.run(
        *commands.ours("diemcau-agent"),
        "enrol",
        "--config",
        str(configs.agent_file(plan, point)),
        "--controller",
        plan.url,
        "--code",
        str(made["code"]),
        netns=place.namespace_of(point.point_id),
    )
