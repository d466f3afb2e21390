"""Switches, routers and power supplies of a point: which it asks by SNMP, and what they said."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from contracts.desired import CertificateDigest, Desired
from contracts.message import (
    WITHOUT_NUL,
    BitsPerSecond,
    Count,
    Instant,
    Message,
    Milliseconds,
    Part,
    Seconds,
    Sentence,
    ShortText,
)

MAX_SNMP_DEVICES = 16
MAX_SEALS = 4
USB_SUPPLIES = ("usbups", "usbups2")
"""Power supplies on USB of the point's machine, which nobody enters at the centre."""
DeviceId = Annotated[str, Meta(pattern=r"^[a-z0-9]{4,20}\Z")]
Sealed = Annotated[str, Meta(max_length=1024, pattern=WITHOUT_NUL)]
MAX_SECRETS_BYTES = 687
"""Of DeviceSecrets as they are encoded: by sealing and as text they become 1,024 characters."""
METERED_REPORT_S = 900.0
"""The longest that a point tells nothing of its devices: where its line is metered."""
IpAddress = Annotated[str, Meta(max_length=45, pattern=WITHOUT_NUL)]
SnmpPort = Annotated[int, Meta(ge=1, le=65535)]
Secret = Annotated[str, Meta(min_length=1, max_length=256, pattern=WITHOUT_NUL)]
Percent = Annotated[float, Meta(ge=0, le=300)]
Frames = Annotated[int, Meta(ge=0, le=10**12)]


class DeviceSecrets(Message, frozen=True):
    """What proves the point to a device: a word of v2c, else a user of v3. Travels sealed only."""

    community: Secret | None = None
    user: Annotated[str, Meta(max_length=64, pattern=WITHOUT_NUL)] = ""
    auth_key: Secret | None = None
    priv_key: Secret | None = None
    auth: Literal["SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"] = "SHA-256"
    priv: Literal["AES", "AES-192", "AES-256"] = "AES"

    def __repr__(self) -> str:
        """Return what may stand in a log."""
        return "DeviceSecrets(…)"


class WantedDevice(Part, frozen=True):
    """A device to ask. `sealed`: its DeviceSecrets for each of the point's certificates' keys.

    `address` is an IP address, as the centre's form has checked; a name is none. `asked_total`
    grows where somebody wants it asked at once.
    """

    device_id: DeviceId
    address: IpAddress
    port: SnmpPort = 161
    asked_total: Count = 0
    sealed: Annotated[dict[CertificateDigest, Sealed], Meta(max_length=MAX_SEALS)] = field(
        default_factory=dict
    )


class SnmpDevices(Desired, frozen=True):
    """The devices that a point asks by SNMP.

    `takes_traps`: the centre reads what devices say unasked; one from before that does not.
    """

    devices: Annotated[tuple[WantedDevice, ...], Meta(max_length=MAX_SNMP_DEVICES)] = ()
    takes_traps: bool | UnsetType = UNSET


class SeenInterface(Part, frozen=True):
    """One interface; rates None: not known (first poll, a counter that began anew).

    `errors`, `drops`: frames damaged and dropped, both ways, over the device's `counted_s`; None:
    not known, and not there: none, or nobody counted. `counted` tells these apart.
    """

    index: Count
    name: ShortText | None = None
    alias: ShortText | None = None
    speed_bps: BitsPerSecond | None = None
    is_up: bool | None = None
    in_bps: BitsPerSecond | None = None
    out_bps: BitsPerSecond | None = None
    errors: Frames | UnsetType | None = UNSET
    drops: Frames | UnsetType | None = UNSET


class SeenUps(Part, frozen=True):
    """A power supply; None: not known. `replace_battery`: it asks for another one."""

    charge_percent: Percent | None = None
    runtime_s: Seconds | None = None
    load_percent: Percent | None = None
    on_battery: bool | None = None
    replace_battery: bool | None = None


class SeenNeighbour(Part, frozen=True):
    """Who is at the other end of a cable, by LLDP."""

    local_port: ShortText | None = None
    name: ShortText | None = None
    port: ShortText | None = None


class SeenSensor(Part, frozen=True):
    """One sensor; `value` None: not known."""

    name: ShortText
    kind: ShortText
    unit: ShortText
    value: Annotated[float, Meta(ge=-1e15, le=1e15)] | None = None


PoeCondition = Literal["disabled", "searching", "delivering", "fault", "test"]


class SeenPoe(Part, frozen=True):
    """A port that gives power.

    Attributes:
        port: the interface's name, or group and number where its interface is not known.
        index: of the interface.
        state: fault: at two polls running, and since then not gone for five.
        power_class: of what hangs there, by IEEE 802.3.
    """

    port: ShortText
    index: Count | None = None
    state: PoeCondition = "searching"
    power_class: Annotated[int, Meta(ge=0, le=8)] | None = None
    power_w: Annotated[float, Meta(ge=0, le=200)] | None = None


Faults = Literal["errors", "drops"]
DeviceAnswer = Literal["answers", "silent", "refused", "unreadable", "no_secret"]


class SeenDevice(Part, frozen=True):
    """A device as it was last asked.

    Attributes:
        answer: `no_secret`: what proves the point to it cannot be opened with the point's key.
            Where it is none, what follows is of the last answer.
        asked_total: of the list by which it was asked.
        interfaces_total: how many it has; `interfaces` are those that there is room for, those
            that are up first.
        counted_s: over how long errors and drops of its ports were counted, up to `asked_at`: since
            they were last told. Not there: nobody counted.
        uncounted: what it counts of none of its ports.
        poe: ports that give power; those that do and those with a fault first, where there is no
            room for all.
        problems: what of its answers is not believed; `problems_total` of them.
    """

    device_id: DeviceId
    asked_at: Instant
    answer: DeviceAnswer
    asked_total: Count = 0
    answered_at: Instant | None = None
    name: ShortText | None = None
    description: ShortText | None = None
    uptime_s: Seconds | None = None
    interfaces_total: Count = 0
    interfaces_up: Count = 0
    interfaces: Annotated[tuple[SeenInterface, ...], Meta(max_length=64)] = ()
    ups: SeenUps | None = None
    neighbours: Annotated[tuple[SeenNeighbour, ...], Meta(max_length=32)] = ()
    sensors: Annotated[tuple[SeenSensor, ...], Meta(max_length=32)] = ()
    counted_s: Seconds | UnsetType = UNSET
    uncounted: Annotated[tuple[Faults, ...], Meta(max_length=2)] = ()
    poe: Annotated[tuple[SeenPoe, ...], Meta(max_length=64)] = ()
    problems: Annotated[tuple[Sentence, ...], Meta(max_length=10)] = ()
    problems_total: Count = 0


def counted(device: SeenDevice, port: SeenInterface, what: Faults) -> int | None:
    """Return how many frames of a port were damaged or dropped; None: not known."""
    if device.counted_s is UNSET or what in device.uncounted:
        return None
    found = port.errors if what == "errors" else port.drops
    return 0 if found is UNSET else found


MAX_SEEN_DEVICES = MAX_SNMP_DEVICES + len(USB_SUPPLIES)


class SnmpBody(Part, frozen=True, tag_field="kind", tag="snmp"):
    """Every device of the point as it was last asked, by SNMP or on USB."""

    devices: Annotated[tuple[SeenDevice, ...], Meta(max_length=MAX_SEEN_DEVICES)] = ()


MAX_TRAPS = 32
TrapKind = Literal[
    "link_down",
    "link_up",
    "cold_start",
    "warm_start",
    "authentication_failure",
    "on_battery",
    "battery_low",
    "power_restored",
    "other",
    "left_out",
    "not_proved",
]
"""`other`: nothing that is known. `left_out`: more than there is room for, `count` of them.
`not_proved`: `count` came from the device's address by another word or key, or unreadable."""


class SeenTrap(Part, frozen=True):
    """What a device said unasked.

    Attributes:
        age_ms: how long before the report was made.
        oid: which trap it was; empty where it stands for none.
        index, name: of the interface that it is about, as far as the trap says.
        text: what else it says in words, where it is nothing that is known.
    """

    device_id: DeviceId
    kind: TrapKind
    age_ms: Milliseconds = 0.0
    oid: ShortText = ""
    index: Count | None = None
    name: ShortText | None = None
    text: ShortText | None = None
    count: Count = 1


class TrapsBody(Part, frozen=True, tag_field="kind", tag="traps"):
    """What devices of the point said unasked, the oldest first."""

    traps: Annotated[tuple[SeenTrap, ...], Meta(max_length=MAX_TRAPS)] = ()
