"""What an act is: something an adversary does, for some seconds, and what it says of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.adversary.target import Target

Attack = Callable[[Target], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Act:
    """One act.

    Attributes:
        name: `who-what`, unique.
        attack: does it, bounded in count and time; returns a sentence on what was answered.
        counters: metrics of which at least one must grow; empty: the answers say it all.
        is_short: also tried in every `make demo CHECK=1`; it does without a point of its own.
    """

    name: str
    attack: Attack
    counters: tuple[str, ...] = ()
    is_short: bool = False
