"""Everything that can be said to be wrong at a point, how serious it is, and from where on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Severity(Enum):
    """SERIOUS makes a point that is up degraded; MINOR is worth knowing."""

    SERIOUS = "serious"
    MINOR = "minor"


class ProblemKey(Enum):
    """Everything that can be said to be wrong; values are the keys of the texts."""

    CENTRE_BLIND = "centre_blind"
    NEVER_HEARD = "never_heard"
    SILENT = "silent"
    TWINS = "two_machines"
    DOCUMENT_REFUSED = "document_refused"
    REPORTS_SILENT = "reports_silent"
    ON_BATTERY = "on_battery"
    BATTERY_WORN = "battery_worn"
    FAILED_OVER = "failed_over"
    CENTRE_UNREACHED = "centre_unreached"
    GATEWAY_SILENT = "gateway_silent"
    LOSS = "loss"
    SLOW = "slow"
    JITTER = "jitter"
    BELOW_CONTRACT = "below_contract"
    SLOW_NIGHTS = "slow_nights"
    LINE_FULL = "line_full"
    SWALLOWS_LARGE = "swallows_large"
    NO_CARRIER = "no_carrier"
    INTERFACE_ERRORS = "interface_errors"
    HALF_DUPLEX = "half_duplex"
    SLOW_INTERFACE = "slow_interface"
    PORT_ERRORS = "port_errors"
    POE_FAULT = "poe_fault"
    ADDRESS_DOUBLED = "address_doubled"
    DNS_SILENT = "dns_silent"
    DNS_WITHOUT_CENTRE = "dns_without_centre"
    DNS_ELSEWHERE = "dns_elsewhere"
    SECOND_DHCP = "second_dhcp"
    LEASE_ENDING = "lease_ending"
    WIFI_WEAK = "wifi_weak"
    SIGNAL_WEAK = "signal_weak"
    DATA_USED_UP = "data_used_up"
    MEDIA_STUCK = "media_stuck"
    DEVICE_OPEN = "device_open"
    DISK_FULL = "disk_full"
    INODES_FULL = "inodes_full"
    DISK_FAILING = "disk_failing"
    DISK_ERRORS = "disk_errors"
    DISK_WORN = "disk_worn"
    MEMORY_FULL = "memory_full"
    PROCESSOR_BUSY = "processor_busy"
    HOT = "hot"
    THROTTLED = "throttled"
    NO_SCREEN = "no_screen"
    CLOCK_UNKNOWN = "clock_unknown"
    COLLECTOR_FAILED = "collector_failed"


Argument = str | int | float | datetime

PORT, DEVICE = "port", "device"
"""The arguments that say which one it is: what a device calls itself, another may as well."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong; `arguments` fill the text of its key."""

    key: ProblemKey
    severity: Severity
    arguments: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on something is a problem."""

    loss_ratio: float = 0.025
    loss_min_probes: int = 20
    loss_way_ratio: float = 0.01
    rtt_ms: float = 150.0
    jitter_ms: float = 30.0
    disk_ratio: float = 0.90
    inode_ratio: float = 0.90
    memory_ratio: float = 0.95
    cpu_ratio: float = 0.95
    temperature_c: float = 90.0
    worn_ratio: float = 0.90
    throttled_ratio: float = 0.05
    slow_bps: int = 10_000_000
    frame_error_ratio: float = 0.001
    frame_errors_min: int = 5
    port_errors_count: int = 60
    contract_ratio: float = 0.5
    tested_ratio: float = 0.8
    utilisation_ratio: float = 0.9
    train_confidence: float = 0.8
    wifi_signal_dbm: float = -75.0
    rsrp_dbm: float = -110.0
    budget_ratio: float = 0.8
