"""How the machine's last time ended, and what was known, from what the agent of then left."""

from datetime import datetime
from pathlib import Path

from msgspec import UNSET, UnsetType

from agent.health import run_state
from agent.health.run_state import RunState
from contracts.machine import BootFacts
from monitoring.collectors.boot import ResetBy, reset_by


def found(run_file: Path, boot_id: str, sys: Path) -> BootFacts:
    """Return how the time before this boot ended. Called before the file is written anew."""
    return boot_facts(run_state.last(run_file), boot_id=boot_id, why=reset_by(sys))


def stopped_at(run_file: Path) -> datetime | UnsetType:
    """Return when the agent before this one was ended in order. Called before, as `found` is."""
    last = run_state.last(run_file)
    return last.written_at if last is not None and last.is_stopped else UNSET


def stood_at(run_file: Path, broker: str) -> tuple[str, ...]:
    """Return where the broker proved who it is to the agent before this one. Called before, too.

    Args:
        broker: whom this agent speaks with. Of another centre's addresses nothing is known.
    """
    last = run_state.last(run_file)
    return last.stood_at if last is not None and last.broker == broker else ()


def boot_facts(last: RunState | None, *, boot_id: str, why: ResetBy | None) -> BootFacts:
    """Return how the time before this boot ended.

    Args:
        last: what the agent that ran before this one said last; None: nothing that can be read.
        boot_id: of now. An agent that starts again within one boot knows what the first found.
    """
    if last is None or not last.boot_id:
        return BootFacts(reset_by=why)
    if last.boot_id == boot_id:
        return last.boot or BootFacts(reset_by=why)
    return BootFacts(
        before="stopped" if last.is_stopped else "cut", seen_until=last.written_at, reset_by=why
    )
