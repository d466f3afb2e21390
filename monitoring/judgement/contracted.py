"""What a line is sold for, each way, and what was found beside it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitoring.judgement.problem import Argument

DOWN, UP, EITHER = "down", "up", ""
"""`EITHER`: nobody knows which way a figure is of."""


@dataclass(frozen=True, slots=True)
class Contracted:
    """What a line is sold for; `is_one_figure`: one, which may be of either way."""

    down_bps: int
    up_bps: int
    is_one_figure: bool = False

    @classmethod
    def one_figure(cls, bps: int) -> "Contracted":
        """Return what is known of a line where only one figure is."""
        return cls(bps, bps, is_one_figure=True)

    def utilisation(self, down_bps: float | None, up_bps: float | None) -> float | None:
        """Return what the fuller way took of its speed; None: not known."""
        used = ((down_bps, self.down_bps), (up_bps, self.up_bps))
        return max((rate / sold for rate, sold in used if rate is not None and sold), default=None)


@dataclass(frozen=True, slots=True)
class Beside:
    """A rate beside what is sold for its way."""

    way: str
    bps: float
    contract_bps: int

    @property
    def ratio(self) -> float:
        """The share of the contract."""
        return self.bps / self.contract_bps


def rates(found: Iterable[Beside]) -> dict[str, Argument]:
    """Return rates as arguments of a problem, from which `health_texts` makes a sentence."""
    said: dict[str, Argument] = {}
    for one in found:
        way = f"{one.way}_" if one.way else ""
        said[f"{way}mbps"] = round(one.bps / 1e6, 1)
        said[f"{way}contract_mbps"] = round(one.contract_bps / 1e6, 1)
    return said
