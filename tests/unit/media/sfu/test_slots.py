"""Who fills which slot of whom."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.floor import MAX_HOLDERS, FloorMode, FloorState
from contracts.ids import PointId
from contracts.participants import ParticipantKind
from media.sfu.slots import SOUND_SLOTS, FloorView, Viewer, content_of, fill, heard

CHAIR, B, C, D = (PointId(f"p-{name}") for name in ("chair", "b", "c", "d"))
ALL = (CHAIR, B, C, D)


def view(floor, *, is_forwarding=True, present=ALL, lanes=(), speakers=()):
    return FloorView(
        CHAIR, frozenset(ALL), floor, is_forwarding, tuple(present), tuple(lanes), tuple(speakers)
    )


def one_mic(holder=None, previous=None, muted=()):
    holders = (holder,) if holder else ()
    return FloorState(epoch=1, holders=holders, previous_speaker=previous, muted=muted)


@pytest.mark.parametrize(
    ("floor", "who", "expected"),
    [
        (one_mic(), B, {"stage": CHAIR, "sound-0": CHAIR}),
        (one_mic(), CHAIR, {"stage": CHAIR}),
        (one_mic(B), C, {"stage": CHAIR, "speaker": B, "sound-0": CHAIR, "sound-1": B}),
        (one_mic(B), CHAIR, {"stage": CHAIR, "speaker": B, "sound-1": B}),
        (one_mic(B), B, {"stage": CHAIR, "speaker": CHAIR, "sound-0": CHAIR}),
        (one_mic(B, C), B, {"stage": CHAIR, "speaker": C, "sound-0": CHAIR}),
        (one_mic(B, B), B, {"stage": CHAIR, "speaker": CHAIR, "sound-0": CHAIR}),
        (one_mic(None, B), C, {"stage": CHAIR, "sound-0": CHAIR}),
        (one_mic(B, None, (CHAIR,)), C, {"stage": CHAIR, "speaker": B, "sound-1": B}),
    ],
)
def test_one_mic(floor, who, expected):
    assert fill(view(floor), Viewer(who)) == expected


def test_a_person_who_watches_sees_the_speaker_always():
    floor = one_mic(B, C)
    assert fill(view(floor), Viewer(B, ParticipantKind.PERSON))["speaker"] == B
    assert fill(view(floor), Viewer(B, ParticipantKind.PERSON))["sound-1"] == B


LAN = "person:lan"
LANS_BROWSER = Viewer("lan", ParticipantKind.PERSON)


def with_lan(floor, **said):
    """A meeting in which a person takes part by her browser."""
    known = view(floor, present=(*ALL, LAN), **said)
    return replace(known, invited=known.invited | {LAN})


def test_a_person_with_the_floor_is_seen_and_heard_as_a_point_is():
    seen = fill(with_lan(one_mic(LAN)), Viewer(B))
    assert seen == {"stage": CHAIR, "speaker": LAN, "sound-0": CHAIR, "sound-1": LAN}
    own = fill(with_lan(one_mic(LAN, B)), LANS_BROWSER)
    assert own == {"stage": CHAIR, "speaker": LAN, "sound-0": CHAIR}, (
        "as captioned, without her sound"
    )


def test_a_person_is_not_heard_before_or_after_she_has_the_floor():
    for floor in (one_mic(B), one_mic(None, LAN), one_mic(None, LAN, (LAN,))):
        filling = fill(with_lan(floor), Viewer(C))
        assert LAN not in filling.values()


def test_a_point_that_is_named_as_a_person_is_another():
    namesake = Viewer("lan")
    assert fill(with_lan(one_mic(LAN)), namesake)["sound-1"] == LAN


def test_a_person_speaks_in_a_discussion_unless_muted():
    floor = FloorState(epoch=1, mode=FloorMode.DISCUSSION)
    loud = {"lanes": (LAN, B, None, None), "speakers": (LAN, B)}
    filling = fill(with_lan(floor, **loud), Viewer(C))
    assert (filling["speaker"], filling["sound-0"], filling["sound-1"]) == (LAN, LAN, B)
    muted = fill(with_lan(replace_muted(floor), **loud), Viewer(C))
    assert LAN not in {muted.get(slot) for slot in SOUND_SLOTS}


def replace_muted(floor):
    return FloorState(epoch=2, mode=floor.mode, muted=(LAN,))


def test_nothing_is_forwarded_before_the_begin():
    assert fill(view(one_mic(B), is_forwarding=False), Viewer(C)) == {}


def test_who_is_not_there_leaves_the_slot_empty():
    filling = fill(view(one_mic(B), present=(CHAIR, C)), Viewer(C))
    assert filling == {"stage": CHAIR, "sound-0": CHAIR}


def test_a_previous_speaker_who_has_left_is_replaced_by_the_chair():
    filling = fill(view(one_mic(B, C), present=(CHAIR, B)), Viewer(B))
    assert filling["speaker"] == CHAIR


def test_a_conference_hears_both_holders():
    floor = FloorState(epoch=1, mode=FloorMode.CONFERENCE, holders=(C, D))
    filling = fill(view(floor), Viewer(CHAIR))
    assert filling == {"stage": CHAIR, "speaker": D, "sound-1": D, "sound-2": C}


DISCUSSION = FloorState(epoch=1, mode=FloorMode.DISCUSSION)


@pytest.mark.parametrize(
    ("who", "heard"),
    [("watcher", [B, C, D]), (B, [CHAIR, C, D]), (D, [B, C, CHAIR]), (CHAIR, [B, C, D])],
)
def test_a_discussion_hears_the_three_loudest_and_who_is_one_of_them_the_next(who, heard):
    filling = fill(view(DISCUSSION, lanes=(B, C, D, CHAIR)), Viewer(who))
    assert [filling.get(slot) for slot in SOUND_SLOTS] == heard


def test_a_discussion_shows_who_spoke_last_and_to_himself_who_spoke_before():
    seen = view(DISCUSSION, speakers=(CHAIR, B, C))
    assert fill(seen, Viewer(D))["speaker"] == B
    assert fill(seen, Viewer(B))["speaker"] == C
    assert fill(view(DISCUSSION, speakers=(B,)), Viewer(B))["speaker"] == CHAIR
    assert "speaker" not in fill(view(DISCUSSION), Viewer(B))


def test_content_is_for_everyone_and_a_source_of_its_own():
    shared = replace(view(one_mic(B)), content=content_of(Viewer(B)))
    assert fill(shared, Viewer(C))["content"] == "content:p-b"
    assert fill(shared, Viewer(B))["content"] == "content:p-b"
    assert content_of(Viewer(B, ParticipantKind.PERSON)) == "content:person:p-b"
    assert "content" not in fill(replace(shared, is_forwarding=False), Viewer(C))


def test_who_was_muted_after_the_lanes_were_filled_is_not_heard():
    muted = FloorState(epoch=2, mode=FloorMode.DISCUSSION, muted=(C,))
    filling = fill(view(muted, lanes=(B, C, D, None)), Viewer(CHAIR))
    assert [filling.get(slot) for slot in SOUND_SLOTS] == [B, None, D]


points = st.sampled_from(ALL)


@given(
    st.lists(points.filter(lambda p: p != CHAIR), unique=True, max_size=3),
    st.one_of(st.none(), points),
    st.lists(points, unique=True),
    st.permutations(ALL),
    st.sampled_from(FloorMode),
    points,
    st.permutations(ALL),
)
def test_no_point_hears_itself_or_one_who_is_muted(
    holders, previous, muted, present, mode, who, lanes
):
    most = {FloorMode.ONE_MIC: 1, FloorMode.CONFERENCE: MAX_HOLDERS, FloorMode.DISCUSSION: 0}[mode]
    allowed = [p for p in holders if p not in muted][:most]
    floor = FloorState(
        epoch=1, mode=mode, holders=tuple(allowed), previous_speaker=previous, muted=tuple(muted)
    )
    filling = fill(view(floor, present=present, lanes=lanes, speakers=lanes), Viewer(who))
    heard = [filling[slot] for slot in SOUND_SLOTS if slot in filling]
    assert who not in heard
    assert not set(heard) & set(muted)
    assert len(set(heard)) == len(heard)
    if mode is FloorMode.ONE_MIC:
        assert set(heard) <= {CHAIR, *allowed}
    assert filling["stage"] == CHAIR
    assert who == CHAIR or filling.get("speaker") != who


def test_what_a_person_publishes_is_never_taken_for_a_points() -> None:
    sources = {Viewer(B, kind).source for kind in ParticipantKind}
    assert sources == {B, f"person:{B}", f"recorder:{B}", f"relay:{B}"}


def test_the_tiles_are_the_invited_points_that_the_page_asks_for():
    tiles = (D, PointId("elsewhere"), B, C)
    viewer = Viewer("secretary", ParticipantKind.PERSON, tiles)
    present = (CHAIR, B, D, PointId("elsewhere"))
    shown = fill(view(one_mic(), present=present), viewer)
    assert {slot: p for slot, p in shown.items() if slot.startswith("tile-")} == {
        "tile-0": D,
        "tile-2": B,
    }
    assert fill(view(one_mic(), is_forwarding=False), viewer) == {}


def test_a_tile_shows_a_person_who_takes_part():
    viewer = Viewer("secretary", ParticipantKind.PERSON, (LAN, "person:nobody", B))
    shown = fill(with_lan(one_mic()), viewer)
    assert {slot: p for slot, p in shown.items() if slot.startswith("tile-")} == {
        "tile-0": LAN,
        "tile-2": B,
    }


@given(
    st.sampled_from(FloorMode),
    st.sets(st.sampled_from(ALL)),
    st.sampled_from(ALL),
    st.sampled_from(ParticipantKind),
)
def test_in_an_echo_a_point_has_its_own_back_and_nobody_has_anybody_elses(mode, present, who, kind):
    lanes = (B, C, D)
    floor = FloorState(epoch=9, mode=mode)
    echo = replace(
        view(floor, present=present, lanes=lanes, speakers=lanes), is_echo=True, content=C
    )
    is_there = kind is ParticipantKind.POINT and who in present
    own = {"stage": who, "sound-0": who}
    assert fill(echo, Viewer(who, kind, tiles=ALL)) == (own if is_there else {})
    assert heard(echo) == frozenset(), "nobody is among the loudest"
    assert fill(replace(echo, is_forwarding=False), Viewer(who)) == {}
    assert fill(echo, Viewer(PointId("p-x"))) == {}, "who is not invited"


def test_another_on_the_stage_is_seen_there_and_the_chair_beside_and_nobody_hears_otherwise():
    staged = replace_stage(one_mic(C), B)
    seen = fill(view(staged), Viewer(D))
    assert seen == {"stage": B, "speaker": C, "sound-0": CHAIR, "sound-1": C}
    assert fill(view(staged), Viewer(B))["stage"] == B  # as the chair sees itself
    for holder in (None, B):  # nobody is shown twice, and the chair is never out of sight
        shown = fill(view(replace_stage(one_mic(holder), B)), Viewer(D))
        assert (shown["stage"], shown["speaker"]) == (B, CHAIR)
        assert shown["sound-0"] == CHAIR
    gone = fill(view(staged, present=(CHAIR, C, D)), Viewer(D))
    assert (gone["stage"], gone["speaker"]) == (CHAIR, C)
    stranger = fill(view(replace_stage(one_mic(C), "p-x")), Viewer(D))
    assert stranger["stage"] == CHAIR


def replace_stage(floor, who):
    return FloorState(
        epoch=floor.epoch,
        holders=floor.holders,
        previous_speaker=floor.previous_speaker,
        on_stage=who,
    )
