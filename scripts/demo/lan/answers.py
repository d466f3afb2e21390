"""What answers for the switch and the power supply: snmpsim, with recordings of our own."""

import os
import shutil
from pathlib import Path

from scripts.demo.lan.names import SWITCH_ADDRESS, SWITCH_WORD, UPS_ADDRESS, UPS_WORD
from scripts.demo.plan import Plan

_SWITCH_FILE = Path(__file__).with_name("switch.snmprec")


def recording(plan: Plan) -> Path:
    """Where the power supply's answers stand."""
    return plan.lan / f"{UPS_WORD}.snmprec"


def prepare(plan: Plan) -> None:
    """Put the switch's answers there."""
    plan.lan.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_SWITCH_FILE, plan.lan / f"{SWITCH_WORD}.snmprec")


def options(plan: Plan) -> tuple[str, ...]:
    """Return snmpsim's arguments; as root it wants to be told that it shall stay root."""
    who = ("--process-user=root", "--process-group=root") if os.geteuid() == 0 else ()
    port = plan.ports["snmp"]
    return (
        *who,
        f"--data-dir={plan.lan}",
        f"--cache-dir={plan.folder / 'lan-cache'}",
        *(f"--agent-udpv4-endpoint={one}:{port}" for one in (SWITCH_ADDRESS, UPS_ADDRESS)),
        "--log-level=error",
    )


def is_answering(plan: Plan, pid: int | None) -> bool:
    """Whether both have their port, in the network that the process lives in."""
    try:
        bound = Path(f"/proc/{pid}/net/udp").read_text()
    except OSError:
        return False
    return bound.count(f":{plan.ports['snmp']:04X} ") >= 2
