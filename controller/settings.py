"""Settings of the centre's processes: one file, read by the web process, ingest and the CLI."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, field, structs

from contracts.hosts import Origin, origin
from controller.approval_settings import ApprovalSettings
from controller.centre_settings import CentreSettings
from controller.line_test_settings import LineTestSettings
from controller.measured_settings import MeasuredSettings
from controller.meeting_file_settings import MeetingFileSettings
from controller.oidc_settings import OidcSettings
from controller.public_holidays import of_year
from controller.rehearsal_settings import RehearsalSettings
from controller.report_settings import ReportSettings
from controller.roll_call_settings import RollCallSettings
from controller.uninterrupted_settings import UninterruptedSettings
from monitoring.judgement.office_hours import OfficeHours, hours_of, none_known
from monitoring.judgement.problem import Thresholds
from runtime.logging import LogSettings
from runtime.settings import Address, FieldError, Host, HttpsOrigin, Settings

if TYPE_CHECKING:
    from runtime.bus import BusSettings

Port = Annotated[int, Meta(ge=1, le=65535)]
RelayName = Annotated[str, Meta(pattern=r"^relay-[a-z0-9]{1,20}$")]
RecorderName = Annotated[str, Meta(pattern=r"^recorder-[a-z0-9]{1,20}$")]
Process = Literal["centre-web", "centre-ingest"]


class WebSettings(Settings, frozen=True):
    """Pages, API and enrolment."""

    bind: Host = "0.0.0.0"  # noqa: S104 - HTTPS for the whole network is what it is for
    https_port: Port = 8443
    http_port: Port = 8000
    session_idle_h: Annotated[int, Meta(ge=1, le=168)] = 12
    session_limit_h: Annotated[int, Meta(ge=1, le=720)] = 168
    trusted_proxies: Annotated[tuple[Address, ...], Meta(max_length=8)] = ()


class BrokerSettings(Settings, frozen=True):
    """The MQTT broker: where we reach it, and where points do."""

    host: Host = "127.0.0.1"
    port: Port = 8883
    bind: Host = "0.0.0.0"  # noqa: S104 - mutual TLS for the whole network
    public_host: Host | None = None


class KnownRelay(Settings, frozen=True, kw_only=True):
    """A relay, as points and browsers reach it.

    `home`: the relay whose meetings it carries too. With units that it `serves` it stands at
    their site, else it is a worker beside its home.
    """

    relay_id: RelayName = "relay-1"
    url: HttpsOrigin
    home: RelayName | None = None
    serves: Annotated[tuple[str, ...], Meta(max_length=1000)] = ()


class SpreadingSettings(Settings, frozen=True):
    """When a meeting uses several relays, and when an outer one counts as gone or back."""

    one_relay_up_to: Annotated[int, Meta(ge=0, le=1000)] = 40
    gone_after_s: Annotated[int, Meta(ge=5, le=3600)] = 30
    back_after_s: Annotated[int, Meta(ge=5, le=86_400)] = 300


class ReflectorAddress(Settings, frozen=True):
    """The reflector of the line probes, as points reach it; no host: no probes are sent.

    `seen_file`: where one on this machine writes from which addresses points come; without it
    that is not known.
    """

    host: Host | None = None
    port: Port = 8862
    seen_file: Path | None = None


class PolicySettings(Settings, frozen=True):
    """How points measure, where a point says nothing else, and whom their rooms call.

    `duty` is what a room's screen says of that; `duty_of_units` where a unit has its own,
    by its id.
    """

    sampling_interval_s: Annotated[int, Meta(ge=1, le=300)] = 10
    probes_per_s: Annotated[float, Meta(ge=0, le=20)] = 5.0
    train_interval_s: Annotated[int, Meta(ge=0, le=86400)] = 600
    duty: Annotated[str, Meta(max_length=120)] = ""
    duty_of_units: dict[str, Annotated[str, Meta(max_length=120)]] = field(default_factory=dict)

    def duty_in(self, unit_id: str) -> str:
        """Return whom the rooms of a unit call; empty: nobody is named."""
        return self.duty_of_units.get(unit_id, self.duty)


class EnrolmentSettings(Settings, frozen=True):
    """Codes that make a machine a point."""

    code_valid_h: Annotated[int, Meta(ge=1, le=720)] = 72
    certificate_valid_days: Annotated[int, Meta(ge=1, le=3650)] = 1095


class AuditSettings(Settings, frozen=True):
    """How long the audit log is kept."""

    keep_days: Annotated[int, Meta(ge=30, le=3650)] = 730
    max_rows: Annotated[int, Meta(ge=1000, le=10_000_000)] = 500_000


class IngestSettings(Settings, frozen=True):
    """The process that takes in reports."""

    silence_limit_s: Annotated[int, Meta(ge=3, le=3600)] = 25
    metrics_port: Annotated[int, Meta(ge=0, le=65535)] = 8001


class PagesSettings(Settings, frozen=True):
    """How far pages look back and ahead, and how many lines they show."""

    past_days: Annotated[int, Meta(ge=1, le=366)] = 30
    ahead_days: Annotated[int, Meta(ge=1, le=1100)] = 90
    next_days: Annotated[int, Meta(ge=1, le=90)] = 7
    next_shown: Annotated[int, Meta(ge=1, le=50)] = 6
    log_shown: Annotated[int, Meta(ge=1, le=1000)] = 60


class RetentionSettings(Settings, frozen=True):
    """How long the web process keeps what people wait for no more."""

    meeting_log_days: Annotated[int, Meta(ge=1, le=36_500)] = 1825
    minutes_days: Annotated[int, Meta(ge=1, le=36_500)] = 3650
    enrolment_code_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    rehearsal_days: Annotated[int, Meta(ge=1, le=36_500)] = 730

    @property
    def meeting_log_age(self) -> timedelta:
        """How long logs of meetings, and what is made of them, are kept."""
        return timedelta(days=self.meeting_log_days)


class RecordingSettings(Settings, frozen=True):
    """Meetings that are recorded. No folder: none can be, and no page speaks of it.

    `owners`: whose meetings are recorded unless somebody says otherwise when setting one.
    """

    folder: Path | None = None
    status_file: Path = Path("/run/diemcau-recorder/status.json")
    recorder_id: RecorderName = "recorder-1"
    owners: Annotated[
        tuple[Literal["people_committee", "party", "council"], ...], Meta(max_length=3)
    ] = ()


class ThresholdSettings(Settings, frozen=True):
    """From where on something is wrong with a point."""

    loss_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.025
    loss_min_probes: Annotated[int, Meta(ge=1, le=1000)] = 20
    loss_way_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.01
    rtt_ms: Annotated[float, Meta(gt=0, le=10_000)] = 150.0
    jitter_ms: Annotated[float, Meta(gt=0, le=10_000)] = 30.0
    disk_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.90
    memory_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.95
    cpu_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.95
    temperature_c: Annotated[float, Meta(gt=0, le=150)] = 90.0
    slow_bps: Annotated[int, Meta(ge=0, le=10**12)] = 10_000_000
    frame_error_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.001
    frame_errors_min: Annotated[int, Meta(ge=1, le=1_000_000)] = 5
    port_errors_count: Annotated[int, Meta(ge=1, le=1_000_000)] = 60
    contract_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.5
    tested_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.8
    utilisation_ratio: Annotated[float, Meta(gt=0, le=2)] = 0.9
    train_confidence: Annotated[float, Meta(gt=0, le=1)] = 0.8
    inode_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.90
    wifi_signal_dbm: Annotated[float, Meta(ge=-120, lt=0)] = -75.0
    worn_ratio: Annotated[float, Meta(gt=0, le=2)] = 0.90
    throttled_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.05
    rsrp_dbm: Annotated[float, Meta(ge=-160, lt=0)] = -110.0
    budget_ratio: Annotated[float, Meta(gt=0, le=1)] = 0.8

    @property
    def limits(self) -> Thresholds:
        """The same as the judgement reads it."""
        return Thresholds(**structs.asdict(self))


class OfficeSettings(Settings, frozen=True):
    """When offices are open, for availability in office hours.

    Over the country's holidays stand the office's own: `holidays` are more days off, and on
    `working_days` people work though it is a holiday or no day of the week for it.
    """

    days: Annotated[
        tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...],
        Meta(min_length=1, max_length=7),
    ] = ("mon", "tue", "wed", "thu", "fri")
    hours: Annotated[tuple[str, ...], Meta(min_length=1, max_length=6)] = (
        "07:30-11:30",
        "13:30-17:00",
    )
    public_holidays: bool = True
    holidays: Annotated[tuple[date, ...], Meta(max_length=400)] = ()
    working_days: Annotated[tuple[date, ...], Meta(max_length=400)] = ()

    def __post_init__(self) -> None:
        """Refuse hours that are none, or that overlap, and a day that is both."""
        super().__post_init__()
        for place, day in enumerate(self.working_days):
            if day in self.holidays:
                raise FieldError(f"working_days[{place}]", f"{day} is listed in holidays as well")
        last = ""
        for place, text in enumerate(self.hours):
            try:
                begins, ends = hours_of(text)
            except ValueError as exc:
                reason = f"{text!r} are no hours; write them as 07:30-11:30"
                raise FieldError(f"hours[{place}]", reason) from exc
            if last and begins.isoformat() < last:
                raise FieldError(f"hours[{place}]", f"{text} begins before those before it end")
            last = ends.isoformat()

    def as_rule(self) -> OfficeHours:
        """Return the same as the judgement reads it."""
        return OfficeHours(
            self.days,
            tuple(hours_of(text) for text in self.hours),
            frozenset(self.holidays),
            frozenset(self.working_days),
            of_year if self.public_holidays else none_known,
        )


class ControllerSettings(Settings, frozen=True, kw_only=True):
    """The whole file."""

    data_dir: Path
    public_hosts: Annotated[tuple[Host, ...], Meta(min_length=1, max_length=32)]
    relays: Annotated[tuple[KnownRelay, ...], Meta(min_length=1, max_length=64)]
    state_url: str = ""
    series_url: str = ""
    backup_dir: Path | None = None
    web: WebSettings = WebSettings()
    oidc: OidcSettings = OidcSettings()
    broker: BrokerSettings = BrokerSettings()
    reflector: ReflectorAddress = ReflectorAddress()
    policy: PolicySettings = PolicySettings()
    line_tests: LineTestSettings = LineTestSettings()
    rehearsals: RehearsalSettings = RehearsalSettings()
    enrolment: EnrolmentSettings = EnrolmentSettings()
    ingest: IngestSettings = IngestSettings()
    measured: MeasuredSettings = MeasuredSettings()
    audit: AuditSettings = AuditSettings()
    thresholds: ThresholdSettings = ThresholdSettings()
    retention: RetentionSettings = RetentionSettings()
    pages: PagesSettings = PagesSettings()
    roll_call: RollCallSettings = RollCallSettings()
    approval: ApprovalSettings = ApprovalSettings()
    handouts: MeetingFileSettings = MeetingFileSettings()
    reports: ReportSettings = ReportSettings()
    uninterrupted: UninterruptedSettings = UninterruptedSettings()
    office: OfficeSettings = OfficeSettings()
    recording: RecordingSettings = RecordingSettings()
    spreading: SpreadingSettings = SpreadingSettings()
    centre: CentreSettings = CentreSettings()
    log: LogSettings = LogSettings()

    def __post_init__(self) -> None:
        """Refuse relays that do not fit together."""
        super().__post_init__()
        _check_relays(self.relays)

    @property
    def pki_dir(self) -> Path:
        """Keys and certificates of the installation."""
        return self.data_dir / "pki"

    @property
    def databases_dir(self) -> Path:
        """Databases on SQLite, and the locks of those who use them."""
        return self.data_dir / "db"

    @property
    def state_dir(self) -> Path:
        """Of web and enrolment; ingest may read what is in it."""
        return self.databases_dir / "state"

    @property
    def series_dir(self) -> Path:
        """Of web and ingest."""
        return self.databases_dir / "series"

    @property
    def state_database_url(self) -> str:
        """The state database: by URL, else a file in the data folder."""
        return self.state_url or f"sqlite:///{self.state_dir / 'state.db'}"

    @property
    def series_database_url(self) -> str:
        """The series database: by URL, else a file in the data folder."""
        return self.series_url or f"sqlite:///{self.series_dir / 'series.db'}"

    @property
    def points_broker_host(self) -> str:
        """Where points reach the broker."""
        return self.broker.public_host or self.public_hosts[0]

    def relay_url(self, relay_id: str) -> str | None:
        """Return where a relay is reached; None: it is none of this installation."""
        return next((relay.url for relay in self.relays if relay.relay_id == relay_id), None)

    def bus(self, process: Process, *, session_expiry_s: int = 86_400) -> "BusSettings":
        """Return how one of the centre's processes reaches the broker."""
        from runtime.bus import BusSettings  # the short commands have no use for MQTT

        return BusSettings(
            host=self.broker.host,
            port=self.broker.port,
            ca_file=self.pki_dir / "ca.crt",
            cert_file=self.pki_dir / f"{process}.crt",
            key_file=self.pki_dir / f"{process}.key",
            client_id=process,
            session_expiry_s=session_expiry_s,
            queue_limit=100_000,
        )


def _check_relays(relays: Sequence[KnownRelay]) -> None:
    """Raise a FieldError that says which relay does not fit, and what to do."""
    homes = {one.relay_id for one in relays if one.home is None}
    named: set[str] = set()
    at: dict[Origin, str] = {}
    units: dict[str, str] = {}
    for place, one in enumerate(relays):
        field = f"relays[{place}]"
        if one.relay_id in named:
            raise FieldError(f"{field}.relay_id", f"{one.relay_id} is listed twice; leave one out")
        named.add(one.relay_id)
        if one.home is None and one.serves:
            reason = f'{one.relay_id} serves units for no home; add home = "{relays[0].relay_id}"'
            raise FieldError(f"{field}.home", reason)
        if one.home is not None and one.home not in homes:
            told = ", ".join(sorted(homes)) or "none"
            reason = f"{one.home} is no home; name a listed relay that has none itself ({told})"
            raise FieldError(f"{field}.home", reason)
        for unit in one.serves:
            if unit in units:
                reason = f"{unit} is served by {units[unit]} already; leave it to one of them"
                raise FieldError(f"{field}.serves", reason)
            units[unit] = one.relay_id
        where = origin(one.url)
        if where in at:
            reason = f"{one.url} is {at[where]}'s already; each relay has a port of its own"
            raise FieldError(f"{field}.url", reason)
        at[where] = one.relay_id
    if relays and relays[0].home is not None:
        raise FieldError("relays[0].home", "meetings begin at the first relay; list a home first")
