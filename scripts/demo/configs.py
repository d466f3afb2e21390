"""The TOML of each process, as an administrator would write it for this province."""

import json
from pathlib import Path

from scripts.demo.plan import RECORDER_ID, RELAY_ID, SECOND_RELAY_ID, Plan
from scripts.demo.province import Point, Province

Value = str | int | bool | list[str]


def write_all(plan: Plan, province: Province, real_room: Point | None) -> None:
    """Write every file; what stands there is replaced."""
    plan.configs.mkdir(parents=True, exist_ok=True)
    _write(plan.configs / "controller.toml", _controller(plan))
    _write(plan.configs / "relay.toml", _relay(plan, RELAY_ID, "relay_https", "media"))
    if plan.relays > 1:
        second = _relay(plan, SECOND_RELAY_ID, "second_https", "second_media")
        _write(plan.configs / "relay-2.toml", second)
    _write(plan.configs / "reflector.toml", _reflector(plan))
    _write(plan.configs / "recorder.toml", _recorder(plan))
    for point in province.points:
        _write(agent_file(plan, point), {"": {"data_dir": str(plan.point(point.point_id))}})
        _write(media_file(plan, point), _media(plan, point, is_real=point == real_room))
    _write(traps_file(plan, province.equipped), _traps(plan, province.equipped))


def agent_file(plan: Plan, point: Point) -> Path:
    """Where a point's agent.toml is."""
    return plan.configs / f"agent-{point.point_id}.toml"


def media_file(plan: Plan, point: Point) -> Path:
    """Where a point's room.toml is."""
    return plan.configs / f"media-{point.point_id}.toml"


def traps_file(plan: Plan, point: Point) -> Path:
    """Where a point's traps.toml is."""
    return plan.configs / f"traps-{point.point_id}.toml"


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
    second: dict[str, dict[str, Value]] = (
        {
            "[[relays]]  # beside it": {
                "relay_id": SECOND_RELAY_ID,
                "url": plan.second_relay_url,
                "home": RELAY_ID,
            },
            "[spreading]": {"one_relay_up_to": 0},
        }
        if plan.relays > 1
        else {}
    )
    return {
        "": {
            "data_dir": str(plan.centre),
            "public_hosts": [plan.address, "127.0.0.1", "localhost"],
        },
        "[[relays]]": {"relay_id": RELAY_ID, "url": plan.relay_url},
        **second,
        "[web]": {"https_port": ports["https"], "http_port": ports["http"]},
        "[broker]": {"host": plan.address, "port": ports["broker"]},
        "[reflector]": {
            "host": plan.address,
            "port": ports["reflector"],
            "seen_file": _seen_addresses(plan),
        },
        # Whatever the hour: its meeting is to have the machine to itself.
        "[line_tests]": {"at_night": False},
        "[ingest]": {"metrics_port": ports["ingest_metrics"]},
        "[recording]": {
            "folder": str(plan.recordings),
            "status_file": _recorder_status(plan),
            "recorder_id": RECORDER_ID,
        },
    }


def _relay(plan: Plan, relay_id: str, https: str, media: str) -> dict[str, dict[str, Value]]:
    pki, ports = plan.pki, plan.ports
    pair: dict[str, Value] = {
        "cert_file": str(pki / f"{relay_id}.crt"),
        "key_file": str(pki / f"{relay_id}.key"),
    }
    return {
        "": {
            "relay_id": relay_id,
            "data_dir": str(plan.folder / ("relay" if relay_id == RELAY_ID else relay_id)),
            "ca_file": str(pki / "ca.crt"),
            "token_key_file": str(pki / "token.pub"),
        },
        "[https]": {"port": ports[https], **pair},
        "[media]": {"port": ports[media], "candidates": [plan.address]},
        "[broker]": {
            "host": plan.address,
            "port": ports["broker"],
            "client_id": relay_id,
            "ca_file": str(pki / "ca.crt"),
            **pair,
        },
    }


def _recorder(plan: Plan) -> dict[str, dict[str, Value]]:
    own: dict[str, Value] = {
        "ca_file": str(plan.pki / "ca.crt"),
        "cert_file": str(plan.pki / f"{RECORDER_ID}.crt"),
        "key_file": str(plan.pki / f"{RECORDER_ID}.key"),
    }
    return {
        "": {
            "recorder_id": RECORDER_ID,
            "data_dir": str(plan.recordings),
            "status_file": _recorder_status(plan),
            **own,
        },
        "[disk]": {"warn_free_mb": 1000, "stop_free_mb": 500},
        "[handout]": {"height": 360, "fps": 15},
        "[broker]": {
            "host": plan.address,
            "port": plan.ports["broker"],
            "client_id": RECORDER_ID,
            **own,
        },
        "[[relays]]": {"relay_id": RELAY_ID, "url": plan.relay_url},
    }


def _recorder_status(plan: Plan) -> str:
    return str(plan.folder / "recorder-status.json")


def _reflector(plan: Plan) -> dict[str, dict[str, Value]]:
    return {
        "": {
            "key_file": str(plan.pki / "probe.key"),
            "port": plan.ports["reflector"],
            "seen_file": _seen_addresses(plan),
        }
    }


def _seen_addresses(plan: Plan) -> str:
    return str(plan.folder / "seen-addresses.json")


def _media(plan: Plan, point: Point, *, is_real: bool) -> dict[str, dict[str, Value]]:
    return {
        "": {"data_dir": str(plan.point(point.point_id))},
        "[kiosk]": {"port": plan.ports[f"kiosk:{point.point_id}"]},
        "[source]": {"kind": "browser" if is_real else "synthetic"},
    }


def _traps(plan: Plan, point: Point) -> dict[str, dict[str, Value]]:
    own: dict[str, Value] = {"bind": "127.0.0.1", "port": plan.ports["traps"]}
    return {"": {"data_dir": str(plan.point(point.point_id)), **own}}
