"""What a point reports: measured once, kept in its outbox until the centre holds it."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field
from msgspec.structs import replace

from contracts.devices import SnmpBody, TrapsBody
from contracts.ids import MeetingIdField
from contracts.lan import DhcpSection, DnsSection, MacText, SegmentSection
from contracts.line import LineSection
from contracts.machine import (
    BootFacts,
    DisksSection,
    FileSystems,
    MachineFacts,
    ScreensSection,
    ThrottlingSection,
)
from contracts.message import (
    WITHOUT_NUL,
    BitsPerSecond,
    Count,
    Instant,
    InterfaceName,
    Message,
    Milliseconds,
    OpinionScore,
    Part,
    Pixels,
    Ratio,
    Seconds,
    Sentence,
    ShortText,
)
from contracts.rehearsal import RehearsalBody
from contracts.section import MAX_FIGURES, FigureName, FigureValue, Section
from contracts.sound_span import MAX_HEARD, SoundSpan
from contracts.throughput import ThroughputBody
from contracts.uplink import ModemSection, UplinkSection
from contracts.way import WayBody

OutboxId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{8,32}\Z")]
BootId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
SectionName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*\Z", max_length=24)]
Celsius = Annotated[float, Meta(ge=-60, le=200)]
MAX_SECTIONS, MAX_INTERFACES, MAX_DEVICES, MAX_SEQ = 16, 64, 16, 2**53
SUMMED_UP = "(virtual)"
"""What the row of all virtual interfaces is called; no interface's name holds a bracket."""


class ClockState(Part, frozen=True):
    """How far the point's wall clock may be trusted; `error_ms` None: not known."""

    source: Literal["ntp", "centre", "unknown"]
    error_ms: Milliseconds | None = None


class CollectorFailure(Part, frozen=True):
    """A measurement that was tried and failed; never a zero in its place."""

    collector: ShortText
    error: Sentence
    duration_ms: Milliseconds


class InterfaceRate(Part, frozen=True):
    """One interface over the last interval; rates None: not known (first sample, reset).

    `count`: how many it stands for; virtual ones that nobody plugs in are one row.
    `recent_errors` of `recent_packets` came within the last ten minutes.
    """

    name: InterfaceName
    has_carrier: bool
    kind: Literal["physical", "virtual"] = "physical"
    count: Count = 1
    rx_bps: BitsPerSecond | None = None
    tx_bps: BitsPerSecond | None = None
    errors_total: Count = 0
    drops_total: Count = 0
    recent_errors: Count = 0
    recent_packets: Count = 0


class HostSection(Section, frozen=True):
    """The machine itself."""

    cpu_ratio: Ratio | None = None
    memory_ratio: Ratio | None = None
    uptime_s: Seconds | None = None
    temperature_c: Celsius | None = None


class DiskSection(Section, frozen=True):
    """How full the fuller of machine's and data folder's is, in bytes and in files; then all."""

    disk_ratio: Ratio | None = None
    inode_ratio: Ratio | None = None
    file_systems: FileSystems = ()


class InterfacesSection(Section, frozen=True):
    """The interfaces, the way out first."""

    rates: Annotated[tuple[InterfaceRate, ...], Meta(max_length=MAX_INTERFACES)] = ()


class GatewaySection(Section, frozen=True):
    """The default gateway; `address` None: there is none."""

    address: ShortText | None = None
    rtt_ms: Milliseconds | None = None


RoomState = Literal["absent", "idle", "joining", "in_meeting", "stuck"]
DeviceName = Annotated[str, Meta(max_length=200, pattern=WITHOUT_NUL)]


class DeviceState(Part, frozen=True):
    """How a room's camera or microphone is, and why it is not open.

    `unreachable`, `wrong_password`: a camera in the network; the rest its page says too.
    """

    state: Literal[
        "closed", "open", "missing", "busy", "refused", "failed", "unreachable", "wrong_password"
    ] = "closed"
    name: DeviceName = ""


class RoomSection(Section, frozen=True):
    """How the room's process is; `camera`, `microphone` None: the room has none of its own."""

    media: RoomState = "absent"
    camera: DeviceState | None = None
    microphone: DeviceState | None = None


class HeldDevice(Part, frozen=True):
    """A camera or a sound card's input that is open; `holder` empty: nobody may see by whom."""

    device: ShortText
    holder: ShortText = ""


class DevicesSection(Section, frozen=True):
    """Who holds cameras and microphones, by the kernel's own book.

    `unwanted_s`: for how long something has been held with no meeting and no announced test.
    `unseen`: processes whose open files the agent may not read.
    """

    held: Annotated[tuple[HeldDevice, ...], Meta(max_length=MAX_DEVICES)] = ()
    unwanted_s: Count = 0
    unseen: Count = 0


class HealthBody(Part, frozen=True, tag_field="kind", tag="sections"):
    """The sections that were due, each by its name; None: not due.

    `open`: sections of figures alone. What was due and failed is in `failures` alone, by its name.
    """

    host: HostSection | None = None
    disk: DiskSection | None = None
    interfaces: InterfacesSection | None = None
    gateway: GatewaySection | None = None
    line: LineSection | None = None
    room: RoomSection | None = None
    devices: DevicesSection | None = None
    dns: DnsSection | None = None
    dhcp: DhcpSection | None = None
    segment: SegmentSection | None = None
    disks: DisksSection | None = None
    throttling: ThrottlingSection | None = None
    screens: ScreensSection | None = None
    uplink: UplinkSection | None = None
    modem: ModemSection | None = None
    open: Annotated[dict[SectionName, Section], Meta(max_length=MAX_SECTIONS)] = field(
        default_factory=dict
    )
    failures: Annotated[tuple[CollectorFailure, ...], Meta(max_length=MAX_SECTIONS)] = ()

    @property
    def sections(self) -> dict[str, Section]:
        """Return every section that is there, by name."""
        own = {name: one for name in OWN_SECTIONS if (one := getattr(self, name)) is not None}
        if self.open:
            own |= {name: one for name, one in self.open.items() if name not in OWN_SECTIONS}
        return own


OWN_SECTIONS = tuple(
    name for name in HealthBody.__struct_fields__ if name not in ("open", "failures")
)


def of_sections(
    sections: Mapping[str, Section], failures: tuple[CollectorFailure, ...] = ()
) -> HealthBody:
    """Return the body of some sections, as `HealthBody.sections` names them."""
    own = {name: one for name, one in sections.items() if name in OWN_SECTIONS}
    others = {name: one for name, one in sections.items() if name not in OWN_SECTIONS}
    return HealthBody(**own, open=others, failures=failures)  # type: ignore[arg-type]


class FlatHealthBody(Part, frozen=True, tag_field="kind", tag="health"):
    """What agents sent before there were sections: all of them, each time."""

    cpu_ratio: Ratio | None = None
    memory_ratio: Ratio | None = None
    disk_ratio: Ratio | None = None
    inode_ratio: Ratio | None = None
    uptime_s: Seconds | None = None
    temperature_c: Celsius | None = None
    interfaces: Annotated[tuple[InterfaceRate, ...], Meta(max_length=MAX_INTERFACES)] = ()
    gateway: GatewaySection | None = None
    link: LineSection | None = None
    media: RoomState = "absent"
    figures: Annotated[dict[FigureName, FigureValue], Meta(max_length=MAX_FIGURES)] = field(
        default_factory=dict
    )
    failures: Annotated[tuple[CollectorFailure, ...], Meta(max_length=MAX_SECTIONS)] = ()

    def in_sections(self) -> HealthBody:
        """Return the same in sections; one that failed has none."""
        failures = tuple(
            replace(one, collector=_RENAMED.get(one.collector, one.collector))
            for one in self.failures
        )
        sections: dict[str, Section] = {
            "host": HostSection(
                cpu_ratio=self.cpu_ratio,
                memory_ratio=self.memory_ratio,
                uptime_s=self.uptime_s,
                temperature_c=self.temperature_c,
            ),
            "disk": DiskSection(disk_ratio=self.disk_ratio, inode_ratio=self.inode_ratio),
            "interfaces": InterfacesSection(rates=self.interfaces),
            "gateway": self.gateway or GatewaySection(),
            "line": self.link or LineSection(),
            "room": RoomSection(media=self.media),
            "load": Section(figures=self.figures),
        }
        failed = {one.collector for one in failures}
        return of_sections(
            {name: one for name, one in sections.items() if name not in failed}, failures
        )


_RENAMED = {"lan": "interfaces", "link": "line"}


class InterfaceFacts(Part, frozen=True):
    """What changes rarely about an interface."""

    name: InterfaceName
    mac: MacText = ""
    mtu: Count = 0
    speed_bps: BitsPerSecond | None = None
    duplex: Literal["full", "half", "unknown"] = "unknown"
    addresses: Annotated[tuple[ShortText, ...], Meta(max_length=16)] = ()
    is_uplink: bool = False


class InventoryBody(Part, frozen=True, tag_field="kind", tag="inventory"):
    """What the point is made of; sent when it changes and once an hour."""

    hostname: ShortText
    system: ShortText
    agent_version: ShortText
    processor: ShortText
    processor_count: Count
    memory_bytes: Count
    disk_bytes: Count
    interfaces: Annotated[tuple[InterfaceFacts, ...], Meta(max_length=MAX_INTERFACES)] = ()
    virtual_interfaces: Count = 0
    machine: MachineFacts | None = None
    boot: BootFacts | None = None


class BandwidthBody(Part, frozen=True, tag_field="kind", tag="bandwidth"):
    """The available rate from one packet train, upwards; None: no verdict, see `problem`.

    `down_bps`: by one that was sent back; None: none was, or it has no verdict.
    """

    sent: Count
    received: Count
    train_bytes: Count
    available_bps: BitsPerSecond | None = None
    confidence_ratio: Ratio = 0.0
    problem: Sentence = ""
    down_bps: BitsPerSecond | None = None
    down_confidence_ratio: Ratio = 0.0


class SlotQuality(Part, frozen=True):
    """One received slot over one interval of a meeting, judged after decoding.

    The last five are of the player: of the room's page where it is open, else of the room's
    process. `frozen_ratio`: the share of the time in which its picture stood still,
    `concealed_ratio`: the share of its sound that was made up, `mos` of what is heard.
    """

    slot: Annotated[str, Meta(max_length=16, pattern=WITHOUT_NUL)]
    shown_number: Count | None = None
    frames: Count = 0
    frames_missing: Count = 0
    gap_max_ms: Milliseconds | None = None
    latency_p50_ms: Milliseconds | None = None
    latency_p95_ms: Milliseconds | None = None
    packets: Count = 0
    packets_lost: Count = 0
    bitrate_bps: BitsPerSecond | None = None
    frozen_ratio: Ratio | None = None
    height_px: Pixels | None = None
    concealed_ratio: Ratio | None = None
    buffer_ms: Milliseconds | None = None
    mos: OpinionScore | None = None


class MediaBody(Part, frozen=True, tag_field="kind", tag="media"):
    """What a point saw and heard of a meeting over one interval; `heard` empty: not known."""

    meeting_id: MeetingIdField
    is_sending: bool
    rtt_ms: Milliseconds | None = None
    slots: Annotated[tuple[SlotQuality, ...], Meta(max_length=16)] = ()
    heard_numbers: Annotated[tuple[Count, ...], Meta(max_length=16)] = ()
    heard: Annotated[tuple[SoundSpan, ...], Meta(max_length=MAX_HEARD)] = ()


Body = (
    HealthBody | FlatHealthBody | InventoryBody | BandwidthBody | ThroughputBody | MediaBody
    | SnmpBody | TrapsBody | WayBody | RehearsalBody
)  # fmt: skip


class Report(Message, frozen=True):
    """One measurement, with the key (point, outbox_id, seq); the point is in the topic."""

    outbox_id: OutboxId
    seq: Annotated[int, Meta(ge=1, le=MAX_SEQ)]
    measured_at: Instant
    boot_id: BootId
    monotonic_ms: Count
    clock: ClockState
    body: Body

    def in_sections(self) -> "Report":
        """Return the report as today's agents would have sent it."""
        body = self.body
        return replace(self, body=body.in_sections()) if isinstance(body, FlatHealthBody) else self


RunId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


class PointStatus(Message, frozen=True):
    """Birth of a point's session, and its last will; retained.

    `run_id` is new with each start: one that comes back after another means two machines under one
    name. `stopped_at`: when the agent before was ended in order, whose goodbye may not have come.
    """

    is_online: bool
    outbox_id: OutboxId | None = None
    agent_version: ShortText = ""
    run_id: RunId | UnsetType = UNSET
    stopped_at: Instant | UnsetType = UNSET


class Applied(Message, frozen=True):
    """A desired document a point has taken over, or why it could not."""

    document: ShortText
    leader_epoch: Count
    generation: Count
    applied_at: Instant
    problem: Sentence = ""


SeqRange = tuple[Annotated[int, Meta(ge=1)], Annotated[int, Meta(ge=1)]]
MAX_RANGES = 256


class Held(Message, frozen=True):
    """The inclusive ranges of one outbox that the centre holds, after its commit.

    Acknowledges, and says on every connection what is missing; of more than MAX_RANGES the highest,
    all below `complete_from` unsaid. `pack_limit`: of how many reports a payload may be; unset: 1.
    """

    outbox_id: OutboxId
    ranges: Annotated[tuple[SeqRange, ...], Meta(max_length=MAX_RANGES)] = ()
    complete_from: Count = 0
    pack_limit: Count | UnsetType = UNSET
