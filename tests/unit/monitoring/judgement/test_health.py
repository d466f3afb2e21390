"""What is said to be wrong, at the thresholds, in both languages."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from contracts.line import LineSection
from contracts.machine import (
    DiskHealth,
    DisksSection,
    FileSystemUse,
    ScreensSection,
    ScreenState,
    ThrottlingSection,
)
from contracts.reports import (
    BandwidthBody,
    ClockState,
    CollectorFailure,
    DevicesSection,
    DiskSection,
    GatewaySection,
    HealthBody,
    HeldDevice,
    InterfaceFacts,
    InterfaceRate,
    InventoryBody,
    Report,
)
from monitoring.judgement.contract_problems import LineSold
from monitoring.judgement.contracted import Contracted
from monitoring.judgement.health import Facts, Judgement, LineWindow, problems_of, standing
from monitoring.judgement.health_texts import _EN, _VI, sentence
from monitoring.judgement.presence import PresenceState
from monitoring.judgement.problem import Problem, ProblemKey, Severity, Thresholds
from tests.bodies import health_body

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
UP = PresenceState.UP


def report(body=None, clock=None):
    return Report(
        outbox_id="outbox-01",
        seq=1,
        measured_at=NOW,
        boot_id="0" * 32,
        monotonic_ms=1,
        clock=clock or ClockState(source="ntp", error_ms=1),
        body=body or HealthBody(),
    )


def judge(facts, *, is_centre_listening=True) -> Judgement:
    """Judge, and show what was judged, in one go."""
    problems = problems_of(facts, Thresholds())
    return standing(facts.state, facts.since, problems, is_centre_listening=is_centre_listening)


def keys(facts):
    return [problem.key for problem in judge(facts).problems]


def up(body=None, **more):
    return Facts(UP, NOW, health=report(body, more.pop("clock", None)), **more)


def test_a_healthy_point_is_up_with_nothing_wrong():
    body = health_body(
        cpu_ratio=0.2,
        disk_ratio=0.9,
        memory_ratio=0.95,
        gateway=GatewaySection(address="10.0.0.1", rtt_ms=1),
        link=LineSection(sent=3, received=3, rtt_ms=150),
    )
    judged = judge(up(body, line=LineWindow(200, 195, rtt_ms=150.0, jitter_ms=30.0)))
    assert (judged.state, judged.problems) == (UP, ())


@pytest.mark.parametrize(
    ("state", "shown", "key"),
    [
        (None, PresenceState.UNKNOWN, ProblemKey.NEVER_HEARD),
        (PresenceState.UNKNOWN, PresenceState.UNKNOWN, ProblemKey.CENTRE_BLIND),
        (PresenceState.DOWN, PresenceState.DOWN, ProblemKey.SILENT),
        (PresenceState.DEGRADED, PresenceState.DEGRADED, ProblemKey.REPORTS_SILENT),
    ],
)
def test_presence_comes_before_everything_else(state, shown, key):
    facts = Facts(state, NOW, health=report(health_body(disk_ratio=1.0)))
    judged = judge(facts)
    assert (judged.state, [p.key for p in judged.problems]) == (shown, [key])


def test_a_blind_centre_knows_nothing_whatever_is_stored():
    judged = judge(Facts(UP, NOW), is_centre_listening=False)
    assert judged.state is PresenceState.UNKNOWN


FAULTS = [
    ({"line": LineWindow(200, 194)}, None, ProblemKey.LOSS),
    ({"line": LineWindow(200, 200, rtt_ms=150.1)}, None, ProblemKey.SLOW),
    ({}, health_body(gateway=GatewaySection(address="10.0.0.1")), ProblemKey.GATEWAY_SILENT),
    ({}, health_body(link=LineSection(sent=3, received=0)), ProblemKey.CENTRE_UNREACHED),
    ({}, health_body(disk_ratio=0.901), ProblemKey.DISK_FULL),
    ({}, health_body(memory_ratio=0.96), ProblemKey.MEMORY_FULL),
    ({}, health_body(media="stuck"), ProblemKey.MEDIA_STUCK),
    ({"clock": ClockState(source="unknown")}, None, ProblemKey.CLOCK_UNKNOWN),
]


@pytest.mark.parametrize(("more", "body", "key"), FAULTS)
def test_a_serious_fault_makes_a_point_that_is_up_degraded(more, body, key):
    judged = judge(up(body, **more))
    assert judged.state is PresenceState.DEGRADED
    assert [p.key for p in judged.problems] == [key]


@pytest.mark.parametrize(("unwanted_s", "expected"), [(9, []), (10, [ProblemKey.DEVICE_OPEN])])
def test_a_camera_that_is_open_outside_meetings_is_a_problem(unwanted_s, expected):
    held = (HeldDevice(device="video0", holder="ffmpeg (7)"),)
    body = replace(health_body(), devices=DevicesSection(held=held, unwanted_s=unwanted_s))
    judged = judge(up(body))
    assert [one.key for one in judged.problems] == expected
    assert all(one.arguments["holder"] == "ffmpeg (7)" for one in judged.problems)


def with_sections(**sections):
    return up(replace(health_body(media=sections.pop("media", "idle")), **sections))


def disk(**said):
    return DisksSection(disks=(DiskHealth(name="sda", **said),))


@pytest.mark.parametrize(
    ("said", "key", "severity"),
    [
        ({"has_passed": False, "bad_sectors": 7}, ProblemKey.DISK_FAILING, Severity.SERIOUS),
        ({"has_passed": True, "warnings": 4}, ProblemKey.DISK_FAILING, Severity.SERIOUS),
        ({"has_passed": True, "bad_sectors": 1}, ProblemKey.DISK_ERRORS, Severity.MINOR),
        ({"has_passed": True, "media_errors": 1}, ProblemKey.DISK_ERRORS, Severity.MINOR),
        ({"worn_percent": 91}, ProblemKey.DISK_WORN, Severity.MINOR),
    ],
)
def test_a_disk_that_says_so_is_told_by_its_name(said, key, severity):
    (problem,) = judge(with_sections(disks=disk(**said))).problems
    assert (problem.key, problem.severity, problem.arguments["name"]) == (key, severity, "sda")
    assert "sda" in sentence(problem, "vi", NOW)


def test_a_disk_that_says_nothing_and_one_that_is_well_are_no_problem():
    well = {"has_passed": True, "worn_percent": 90, "bad_sectors": 0, "moved_sectors": 40}
    assert keys(with_sections(disks=disk())) == keys(with_sections(disks=disk(**well))) == []


@pytest.mark.parametrize(
    ("ratio", "expected"), [(None, []), (0.05, []), (0.051, [ProblemKey.THROTTLED])]
)
def test_a_processor_that_slows_itself_down_is_worth_knowing(ratio, expected):
    facts = with_sections(throttling=ThrottlingSection(throttled_ratio=ratio))
    assert keys(facts) == expected
    assert judge(facts).state is UP


@pytest.mark.parametrize(
    ("plugged", "media", "expected"),
    [
        ((False, False), "idle", [ProblemKey.NO_SCREEN]),
        ((False, True), "idle", []),
        ((False, False), "absent", []),  # nobody sits there
        ((), "idle", []),  # no connector: a rented machine, or nobody can tell
    ],
)
def test_a_room_without_a_screen_is_worth_knowing(plugged, media, expected):
    screens = tuple(
        ScreenState(connector=f"HDMI-A-{n}", is_connected=one) for n, one in enumerate(plugged)
    )
    facts = with_sections(screens=ScreensSection(screens=screens), media=media)
    assert keys(facts) == expected


def test_a_further_file_system_that_is_nearly_full_is_told_by_its_name():
    def use(path, **more):
        return FileSystemUse(path=path, kind="ext4", bytes_total=1, **more)

    section = DiskSection(
        disk_ratio=0.95,
        inode_ratio=0.1,
        file_systems=(
            use("/", disk_ratio=0.95, inode_ratio=0.1),
            use("/srv", disk_ratio=0.2, inode_ratio=0.91),
            use("/boot", disk_ratio=0.9, inode_ratio=0.9),
            use("/live", disk_ratio=1.0, is_read_only=True),
        ),
    )
    judged = judge(with_sections(disk=section))
    assert [(one.key, one.severity, one.arguments) for one in judged.problems] == [
        (ProblemKey.DISK_FULL, Severity.SERIOUS, {"percent": 95}),
        (ProblemKey.INODES_FULL, Severity.MINOR, {"name": "/srv", "percent": 91}),
    ]
    assert [sentence(one, "vi", NOW) for one in judged.problems] == [
        "Ổ đĩa đầy 95 %",
        "Ổ đĩa /srv sắp hết chỗ cho tệp mới: 91 % số tệp đã dùng",
    ]


def test_few_probes_prove_no_loss():
    assert keys(up(line=LineWindow(19, 10))) == []


UPLINK = InterfaceFacts(name="eth0", speed_bps=10_000_000, duplex="half", is_uplink=True)


def inventory(*interfaces):
    return InventoryBody(
        hostname="h", system="s", agent_version="1", processor="p", processor_count=1,
        memory_bytes=1, disk_bytes=1, interfaces=interfaces,
    )  # fmt: skip


def test_the_uplink_is_looked_at_and_other_ports_only_for_errors():
    body = health_body(
        interfaces=(
            InterfaceRate(name="eth0", has_carrier=True),
            InterfaceRate(name="eth1", has_carrier=False, recent_errors=12, recent_packets=900),
        )
    )
    spare = InterfaceFacts(name="eth1", speed_bps=10_000_000, duplex="half")
    facts = up(body, inventory=inventory(UPLINK, spare))
    assert keys(facts) == [
        ProblemKey.INTERFACE_ERRORS,
        ProblemKey.HALF_DUPLEX,
        ProblemKey.SLOW_INTERFACE,
    ]
    unplugged = health_body(interfaces=(InterfaceRate(name="eth0", has_carrier=False),))
    assert keys(up(unplugged, inventory=inventory(UPLINK))) == [ProblemKey.NO_CARRIER]


@pytest.mark.parametrize(
    ("measured", "confidence", "contract", "is_wrong"),
    [
        (988_000, 0.99, 20_000_000, True),
        (9_999_000, 0.8, 20_000_000, True),
        (10_000_000, 0.99, 20_000_000, False),
        (988_000, 0.79, 20_000_000, False),  # "at least this fast" is never sure
        (988_000, 0.99, None, False),
        (None, 0.0, 20_000_000, False),
    ],
)
def test_a_line_squeezed_below_half_its_contract_is_said_where_the_train_is_sure(
    measured, confidence, contract, is_wrong
):
    train = BandwidthBody(
        sent=14, received=14, train_bytes=1, available_bps=measured, confidence_ratio=confidence
    )
    found = keys(up(sold=LineSold(contract and Contracted.one_figure(contract), train)))
    assert found == ([ProblemKey.BELOW_CONTRACT] if is_wrong else [])


@pytest.mark.parametrize(
    ("kind", "errors", "packets", "is_wrong"),
    [
        ("physical", 5, 1000, True),
        ("physical", 4, 10, False),  # a cable was plugged in
        ("physical", 1000, 1_000_000, False),
        ("physical", 1001, 1_000_000, True),
        ("physical", 7, 0, True),  # nothing but errors
        ("virtual", 500, 1000, False),  # a tunnel whose other end is away
    ],
)
def test_frame_errors_count_as_a_share_and_on_what_has_a_plug(kind, errors, packets, is_wrong):
    port = InterfaceRate(
        name="x0", has_carrier=True, kind=kind, recent_errors=errors, recent_packets=packets
    )
    found = keys(up(health_body(interfaces=(port,))))
    assert found == ([ProblemKey.INTERFACE_ERRORS] if is_wrong else [])


@pytest.mark.parametrize(
    ("received", "expected"),
    [(1, set()), (0, {ProblemKey.GATEWAY_SILENT, ProblemKey.CENTRE_UNREACHED})],
)
def test_a_gateway_that_answers_no_ping_is_at_fault_only_where_nothing_gets_through(
    received, expected
):
    body = health_body(
        gateway=GatewaySection(address="192.0.2.1"),
        link=LineSection(sent=3, received=received, rtt_ms=9 if received else None),
    )
    assert set(keys(up(body))) == expected


def test_what_is_minor_changes_no_state_and_comes_last():
    failure = CollectorFailure(collector="lan", error="no route", duration_ms=3)
    facts = up(health_body(cpu_ratio=0.99, disk_ratio=0.95, failures=(failure,)))
    judged = judge(facts)
    assert [p.severity for p in judged.problems] == [
        Severity.SERIOUS, Severity.MINOR, Severity.MINOR,
    ]  # fmt: skip
    assert judge(up(health_body(cpu_ratio=0.99))).state is UP


def test_every_problem_has_a_sentence_in_both_languages():
    assert set(_VI) == set(_EN) == set(ProblemKey)


def test_sentences_carry_their_figures_in_each_languages_form():
    loss = Problem(ProblemKey.LOSS, Severity.SERIOUS, {"percent": 3.5})
    assert sentence(loss, "vi", NOW) == "Mất gói 3,5 %"
    assert sentence(loss, "en", NOW) == "3.5 % of packets lost"
    silent = Problem(ProblemKey.SILENT, Severity.SERIOUS, {"since": NOW})
    assert sentence(silent, "vi", NOW) == "Không nhận được tin từ 15:00:00"
    yesterday = NOW.replace(day=23)
    assert sentence(silent, "en", yesterday) == "Nothing heard since 15:00:00 24/11/2026"
    assert sentence(Problem(ProblemKey.SILENT, Severity.SERIOUS), "vi", NOW) == (
        "Không nhận được tin"
    )


def test_judgements_are_plain_values():
    body = health_body(disk_ratio=0.99)
    assert judge(up(body)) == judge(up(body))


def test_a_line_that_swallows_large_packets_is_named_with_the_size_and_degrades_nothing():
    body = HealthBody(line=LineSection(figures={"swallowed_above_bytes": 1280.0}))
    judged = judge(up(body))
    assert judged.state is UP
    assert sentence(judged.problems[0], "vi", NOW).startswith(
        "Đường truyền nuốt mất gói tin lớn hơn 1280 byte mà không báo"
    )
    assert keys(up(HealthBody())) == []


@pytest.mark.parametrize(
    ("up_ratio", "down_ratio", "vi", "en"),
    [
        (0.04, 0.002, "Mất gói 4,2 % chiều lên", "4.2 % of packets lost going up"),
        (0.002, 0.04, "Mất gói 4,2 % chiều xuống", "4.2 % of packets lost coming down"),
        (0.03, 0.012, "Mất gói 4,2 % (3,0 % chiều lên, 1,2 % chiều xuống)",
         "4.2 % of packets lost (3.0 % going up, 1.2 % coming down)"),
        (None, None, "Mất gói 4,2 %", "4.2 % of packets lost"),
    ],
)  # fmt: skip
def test_a_loss_names_the_directions_that_lose(up_ratio, down_ratio, vi, en):
    line = LineWindow(1000, 958, loss_up_ratio=up_ratio, loss_down_ratio=down_ratio)
    (problem,) = judge(up(health_body(), line=line)).problems
    assert (sentence(problem, "vi", NOW), sentence(problem, "en", NOW)) == (vi, en)
