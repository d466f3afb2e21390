"""What leads out of a point where volume is charged: what it used, how strong its signal is, and
the beat by which the centre knows between two reports that the point is there."""

from typing import Annotated

from msgspec import Meta

from contracts.message import Count, Instant, InterfaceName, Message, ShortText
from contracts.section import Section

BEAT_S = 20
"""Seldom enough for what it costs; what is silent for 25 s is missed by the centre."""
REPORT_S = 120
"""A report at least so often, and sooner when something of weight changes."""
LAST_MONTH_DAY = 28
MIN_BUDGET_BYTES, MAX_BUDGET_BYTES = 10_000_000, 10**13


class Beat(Message, frozen=True, omit_defaults=True):
    """That a point is there, in as few bytes as can be. QoS 0: one that is lost is not missed.

    `boot`: how the report's `boot_id` begins; `monotonic_ms` as in a report.
    """

    boot: Annotated[str, Meta(pattern=r"^[0-9a-f]{8}\Z")]
    monotonic_ms: Count


class UplinkSection(Section, frozen=True):
    """The way out and what it used since the month began, by the kernel's counters.

    `own_bytes`: of them what this agent spent with the centre, IP headers and both ways: reports,
    signs of life, probes, trains. `interface_bytes`: everybody's, meetings too. `counted_from`:
    since when, where that is later than `month_began_at`. `budget_bytes` None: none is set.
    """

    interface: InterfaceName = ""
    is_metered: bool = False
    month_began_at: Instant | None = None
    month_ends_at: Instant | None = None
    counted_from: Instant | None = None
    own_bytes: Count = 0
    interface_bytes: Count = 0
    budget_bytes: Count | None = None

    @property
    def budget_used_ratio(self) -> float | None:
        """What of the month's budget is used, above 1 where more is; None: there is none."""
        return self.interface_bytes / self.budget_bytes if self.budget_bytes else None


class ModemSection(Section, frozen=True):
    """The mobile network by the modem's own word; the signal's figures are in `figures`.

    `technology` is the quickest in use, as ModemManager calls it (`lte`, `5gnr`); empty: unknown.
    """

    interface: InterfaceName = ""
    operator: ShortText = ""
    technology: ShortText = ""
