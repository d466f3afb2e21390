"""Ports of a point's switches that damage frames, or give no power for a fault. Pure.

A cable that is bad goes on; one that is plugged in damages a few frames and is well. So errors
count over an hour and in two of its five minutes at least, and a port is well again only where it
has less than half of what it takes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from monitoring.judgement.problem import PORT, Argument, Problem, ProblemKey, Severity, Thresholds

OVER = timedelta(hours=1)
LEAST_SPELLS = 2
WELL_RATIO = 0.5


@dataclass(frozen=True, slots=True)
class PortErrors:
    """What one port counted over the last hour; `spells`: in how many of its five minutes.

    `port`: which it is, whatever it is called: device and number.
    """

    port: str
    name: str
    errors: int
    spells: int


def port_key(device_id: str, index: int | str) -> str:
    """Return which port of a point's devices it is, whatever it is called."""
    return f"{device_id}/{index}"


def damaging(problems: Iterable[Problem]) -> dict[str, str]:
    """Return the ports of which it is a problem that they damage frames, and their names."""
    return {
        str(one.arguments.get(PORT)): str(one.arguments.get("name"))
        for one in problems
        if one.key is ProblemKey.PORT_ERRORS
    }


def port_problems(
    ports: Iterable[PortErrors],
    without_power: Mapping[str, str],
    before: Collection[str],
    limits: Thresholds,
) -> Iterator[Problem]:
    """Give what is wrong with ports.

    Args:
        without_power: which have a fault, and their names.
        before: those whose errors were a problem until now.
    """
    least = limits.port_errors_count
    for one in sorted(ports, key=lambda port: (port.name, port.port)):
        if one.port in before:
            is_bad = one.errors >= least * WELL_RATIO
        else:
            is_bad = one.errors >= least and one.spells >= LEAST_SPELLS
        if is_bad:
            arguments: dict[str, Argument] = {
                "name": one.name, "errors": one.errors, PORT: one.port,
            }  # fmt: skip
            yield Problem(ProblemKey.PORT_ERRORS, Severity.MINOR, arguments)
    for port, name in sorted(without_power.items(), key=lambda one: (one[1], one[0])):
        yield Problem(ProblemKey.POE_FAULT, Severity.SERIOUS, {"name": name, PORT: port})
