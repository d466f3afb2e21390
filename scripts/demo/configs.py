"""The TOML of each process, as an administrator would write it for this province."""

import json
from pathlib import Path

from scripts.demo.plan import RELAY_ID, Plan
from scripts.demo.province import Point, Province

Value = str | int | bool | list[str]


def write_all(plan: Plan, province: Province, real_room: Point | None) -> None:
    """Write every file; what stands there is replaced."""
    plan.configs.mkdir(parents=True, exist_ok=True)
    _write(plan.configs / "controller.toml", _controller(plan))
    _write(plan.configs / "relay.toml", _relay(plan))
    _write(plan.configs / "reflector.toml", _reflector(plan))
    for point in province.points:
        _write(agent_file(plan, point), {"": {"data_dir": str(plan.point(point.point_id))}})
        _write(media_file(plan, point), _media(plan, point, is_real=point == real_room))


def agent_file(plan: Plan, point: Point) -> Path:
    """Where a point's agent.toml is."""
    return plan.configs / f"agent-{point.point_id}.toml"


def media_file(plan: Plan, point: Point) -> Path:
    """Where a point's room.toml is."""
    return plan.configs / f"media-{point.point_id}.toml"


def toml(tables: dict[str, dict[str, Value]]) -> str:
    """Return tables as TOML; the table without a name comes first."""
    lines: list[str] = []
    for name, table in tables.items():
        if name:
            lines.append(f"\n{name}")
        lines.extend(f"{key} = {json.dumps(value)}" for key, value in table.items())
    return "\n".join(lines) + "\n"


def _write(file: Path, tables: dict[str, dict[str, Value]]) -> None:
    file.write_text(toml(tables), encoding="utf-8")


def _controller(plan: Plan) -> dict[str, dict[str, Value]]:
    ports = plan.ports
    return {
        "": {
            "data_dir": str(plan.centre),
            "public_hosts": [plan.address, "127.0.0.1", "localhost"],
        },
        "[[relays]]": {"relay_id": RELAY_ID, "url": plan.relay_url},
        "[web]": {"https_port": ports["https"], "http_port": ports["http"]},
        "[broker]": {"host": plan.address, "port": ports["broker"]},
        "[reflector]": {"host": plan.address, "port": ports["reflector"]},
        "[ingest]": {"metrics_port": ports["ingest_metrics"]},
    }


def _relay(plan: Plan) -> dict[str, dict[str, Value]]:
    pki, ports = plan.pki, plan.ports
    pair: dict[str, Value] = {
        "cert_file": str(pki / f"{RELAY_ID}.crt"),
        "key_file": str(pki / f"{RELAY_ID}.key"),
    }
    return {
        "": {
            "relay_id": RELAY_ID,
            "data_dir": str(plan.folder / "relay"),
            "ca_file": str(pki / "ca.crt"),
            "token_key_file": str(pki / "token.pub"),
        },
        "[https]": {"port": ports["relay_https"], **pair},
        "[media]": {"port": ports["media"], "candidates": [plan.address]},
        "[broker]": {
            "host": plan.address,
            "port": ports["broker"],
            "client_id": RELAY_ID,
            "ca_file": str(pki / "ca.crt"),
            **pair,
        },
    }


def _reflector(plan: Plan) -> dict[str, dict[str, Value]]:
    return {"": {"key_file": str(plan.pki / "probe.key"), "port": plan.ports["reflector"]}}


def _media(plan: Plan, point: Point, *, is_real: bool) -> dict[str, dict[str, Value]]:
    return {
        "": {"data_dir": str(plan.point(point.point_id))},
        "[kiosk]": {"port": plan.ports[f"kiosk:{point.point_id}"]},
        "[source]": {"kind": "browser" if is_real else "synthetic"},
    }
