"""How long to wait before trying again: growing, capped, and never in step with others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits of first, first * factor, … up to cap, each shortened by up to `jitter`.

    jitter is a share from 0 to 1 of the wait; the caller gives the random part, so
    that the core stays pure.
    """

    first_s: float
    cap_s: float
    factor: float = 2.0
    jitter: float = 0.5

    def wait_s(self, failures: int, chance: float) -> float:
        """Return the wait after so many failures in a row (1 is the first).

        Args:
            chance: a random number from 0 to 1.
        """
        exponent = min(max(failures, 1) - 1, 32)
        full = min(self.cap_s, self.first_s * self.factor**exponent)
        return full * (1 - self.jitter * chance)
