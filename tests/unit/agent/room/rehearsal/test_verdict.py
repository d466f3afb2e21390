"""What a rehearsal finds: each part by what came back, each with its cause."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.room.rehearsal.verdict import HeardSound, SeenPictures, TrialFacts, checks_of, line_check
from contracts.rehearsal import MAX_CHECKS, RehearsedLine
from contracts.reports import DeviceState

PICTURES = SeenPictures(250, luma=110, brightest=220, changed=0.8, compared=10)
SOUND = HeardSound(500, peak_dbfs=-30.0)
LINE = RehearsedLine(
    loss_ratio=0.0, rtt_ms=12.0, jitter_ms=3.0, sent_bps=600_000, came_back_bps=590_000
)
GOOD = TrialFacts(PICTURES, SOUND, LINE, speaker="heard", carries_bps=2e6)
MISSING, BUSY = DeviceState(state="missing"), DeviceState(state="busy", name="USB")
OPEN = DeviceState(state="open", name="USB")


def found(tried: TrialFacts, what: str) -> tuple[str, str]:
    """Return what was found of one part."""
    check = next(one for one in checks_of(tried) if one.what == what)
    return check.found, check.cause


def test_where_all_is_well_all_is_passed() -> None:
    assert [(one.what, one.found, one.cause) for one in checks_of(GOOD)] == [
        ("camera", "passed", ""),
        ("microphone", "passed", ""),
        ("loudspeaker", "passed", ""),
        ("line", "passed", ""),
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"luma": 16, "brightest": 20}, ("failed", "black")),
        ({"luma": 18, "brightest": 200}, ("passed", "")),  # a lamp in a dark room
        ({"luma": 60, "brightest": 70}, ("passed", "")),
        ({"changed": 0.0}, ("failed", "frozen")),
        ({"changed": 0.0, "compared": 5}, ("passed", "")),  # too few to say so
        ({"silent_s": 3.1}, ("failed", "frozen")),
        ({"silent_s": 3.0}, ("passed", "")),
    ],
)
def test_a_camera_is_judged_by_its_pictures(
    changed: dict[str, float], expected: tuple[str, str]
) -> None:
    assert found(replace(GOOD, pictures=replace(PICTURES, **changed)), "camera") == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("camera", "sound", "expected"),
    [
        (MISSING, SOUND, ("failed", "no_camera")),
        (BUSY, HeardSound(), ("failed", "no_camera")),
        (OPEN, SOUND, ("failed", "no_picture")),
        (None, SOUND, ("failed", "no_picture")),
        (OPEN, HeardSound(), ("not_tried", "nothing_came_back")),  # the line's fault
    ],
)
def test_of_a_camera_of_which_no_picture_came_its_driver_says_more(
    camera: DeviceState | None, sound: HeardSound, expected: tuple[str, str]
) -> None:
    tried = replace(GOOD, pictures=SeenPictures(), sound=sound, camera=camera)
    assert found(tried, "camera") == expected


@pytest.mark.parametrize(
    ("sound", "microphone", "speaker", "expected"),
    [
        (HeardSound(500, -70.1), OPEN, None, ("failed", "silent")),
        (HeardSound(500, -70.0), OPEN, None, ("passed", "")),
        (HeardSound(500, -90.0), OPEN, "heard", ("passed", "")),
        (HeardSound(), MISSING, None, ("failed", "no_microphone")),
        (HeardSound(), None, None, ("failed", "no_microphone")),
        (HeardSound(500, -90.0), BUSY, None, ("failed", "no_microphone")),
    ],
)
def test_a_microphone_is_judged_by_what_is_heard(sound, microphone, speaker, expected) -> None:
    tried = replace(GOOD, sound=sound, microphone=microphone, speaker=speaker)
    assert found(tried, "microphone") == expected


@pytest.mark.parametrize(
    ("plays_sound", "speaker", "expected"),
    [
        (False, None, ("not_tried", "sound_not_allowed")),
        (True, None, ("not_tried", "cannot_tell")),
        (True, "failed", ("not_tried", "cannot_tell")),
        (True, "unheard", ("failed", "not_heard")),
        (True, "heard", ("passed", "")),
    ],
)
def test_a_loudspeaker_is_judged_where_a_sound_may_be_played(
    plays_sound, speaker, expected
) -> None:
    tried = replace(GOOD, plays_sound=plays_sound, speaker=speaker)
    assert found(tried, "loudspeaker") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"loss_ratio": 0.0099}, ("passed", "")),
        ({"loss_ratio": 0.01}, ("at_risk", "loss")),
        ({"loss_ratio": 0.025}, ("at_risk", "loss")),
        ({"loss_ratio": 0.0251}, ("failed", "loss")),
        ({"rtt_ms": 49.9}, ("passed", "")),
        ({"rtt_ms": 50.0}, ("at_risk", "round_trip")),
        ({"rtt_ms": 150.1}, ("failed", "round_trip")),
        ({"jitter_ms": 30.0}, ("at_risk", "jitter")),
        ({"jitter_ms": 80.1}, ("failed", "jitter")),
        ({"loss_ratio": 0.02, "jitter_ms": 90.0}, ("failed", "jitter")),  # the worse one
        ({"loss_ratio": 0.02, "rtt_ms": 60.0}, ("at_risk", "loss")),
        ({"loss_ratio": None, "rtt_ms": None, "jitter_ms": None}, ("passed", "")),
        ({"came_back_bps": 0}, ("failed", "nothing_came_back")),
        ({"came_back_bps": None}, ("failed", "nothing_came_back")),
    ],
)
def test_a_line_is_as_good_as_its_worst_figure(line, expected) -> None:
    figures = {name: getattr(LINE, name) for name in LINE.__struct_fields__} | line
    assert found(replace(GOOD, line=RehearsedLine(**figures)), "line") == expected


@pytest.mark.parametrize(
    ("carries_bps", "expected"),
    [
        (350_000, ("passed", "")),
        (349_999, ("at_risk", "rate")),
        (63_999, ("failed", "rate")),
        (None, ("passed", "")),
    ],
)
def test_a_line_that_carries_no_picture_is_at_risk(
    carries_bps: float | None, expected: tuple[str, str]
) -> None:
    assert found(replace(GOOD, carries_bps=carries_bps), "line") == expected


def test_what_was_cut_blames_the_line_and_neither_camera_nor_microphone() -> None:
    short = replace(PICTURES, changed=0.0, silent_s=5.0)
    cut = replace(GOOD, pictures=short, sound=HeardSound(3, -90.0), speaker=None, is_cut=True)
    assert found(cut, "line") == ("failed", "cut")
    assert found(cut, "camera") == found(cut, "microphone") == ("not_tried", "cut")
    missing = replace(cut, pictures=SeenPictures(), sound=SOUND, camera=MISSING)
    assert found(missing, "camera") == ("failed", "no_camera")


def test_a_room_that_only_watches_tries_its_line_alone() -> None:
    watching = replace(
        GOOD, pictures=SeenPictures(), sound=HeardSound(), has_source=False, carries_bps=None,
        line=RehearsedLine(rtt_ms=20.0), speaker=None,
    )  # fmt: skip
    assert [one.found for one in checks_of(watching)] == ["not_tried"] * 3 + ["passed"]
    blind = replace(watching, line=RehearsedLine())
    assert line_check(blind).found == "not_tried"


FIGURES = st.none() | st.floats(0, 1e6, allow_nan=False)


@given(
    loss=st.none() | st.floats(0, 1),
    rtt=FIGURES,
    jitter=FIGURES,
    came=st.none() | st.integers(0, 10**9),
    carries=FIGURES,
    luma=st.floats(0, 255),
    count=st.integers(0, 9),
    speaker=st.sampled_from([None, "heard", "unheard", "failed"]),
    is_cut=st.booleans(),
)
def test_each_part_is_found_once_and_whatever_is_not_passed_has_a_cause(
    loss, rtt, jitter, came, carries, luma, count, speaker, is_cut
) -> None:
    line = RehearsedLine(loss_ratio=loss, rtt_ms=rtt, jitter_ms=jitter, came_back_bps=came)
    pictures = SeenPictures(count, luma=luma, brightest=luma)
    tried = TrialFacts(
        pictures, HeardSound(count), line, speaker=speaker, carries_bps=carries, is_cut=is_cut
    )
    checks = checks_of(tried)
    assert [one.what for one in checks] == ["camera", "microphone", "loudspeaker", "line"]
    assert len(checks) <= MAX_CHECKS
    assert all((one.found == "passed") is (one.cause == "") for one in checks)
