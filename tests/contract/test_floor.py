"""The floor's rules, over long walks of random moves and over pairs of states."""

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import codec, floor
from contracts.errors import FloorError, MalformedPayload
from contracts.floor import FloorMode, FloorState
from contracts.ids import PointId
from contracts.relay import RelayEvent, RelayState
from tests.contract import cases, golden

CHAIR = PointId("ubnd-tinh")
POINTS = tuple(PointId(f"xa-{n:02}") for n in range(12))
STRANGER = PointId("xa-la")
INVITED = frozenset((CHAIR, *POINTS))
A, B, C = POINTS[:3]

Move = Callable[[FloorState], FloorState]


def _moves(chance: random.Random) -> tuple[str, PointId, Move]:
    point = chance.choice((CHAIR, STRANGER, *POINTS))
    some = frozenset(chance.sample((CHAIR, *POINTS), k=chance.randint(0, 4)))
    mode = chance.choice(list(FloorMode))
    name, move = chance.choice(
        [
            ("grant", lambda s: floor.grant(s, point, chair=CHAIR, invited=INVITED)),
            ("grant", lambda s: floor.grant(s, point, chair=CHAIR, invited=INVITED)),
            ("withdraw", lambda s: floor.withdraw(s, point)),
            ("withdraw_all", floor.withdraw_all),
            ("mute", lambda s: floor.mute(s, some)),
            ("unmute", lambda s: floor.unmute(s, point)),
            ("change_mode", lambda s: floor.change_mode(s, mode)),
        ]
    )
    return name, point, move


def _holds(state: FloorState) -> None:
    """Assert what holds in every state."""
    if state.mode is FloorMode.ONE_MIC:
        assert len(state.holders) <= 1
    if state.mode is FloorMode.DISCUSSION:
        assert not state.holders
    assert len(state.holders) <= floor.MAX_HOLDERS
    assert len(set(state.holders)) == len(state.holders)
    assert not set(state.holders) & set(state.muted)
    assert CHAIR not in state.holders
    audible = floor.audible(state, chair=CHAIR, invited=INVITED)
    assert audible <= INVITED
    assert not audible & set(state.muted)
    if state.mode is not FloorMode.DISCUSSION:
        assert audible <= {CHAIR, *state.holders}


def test_no_walk_of_moves_breaks_the_rules() -> None:
    chance = random.Random(20261124)
    refused = moved = 0
    for _ in range(cases.FLOOR_WALKS):
        state = FloorState(epoch=chance.choice((0, 1, 2**40)))
        for _ in range(cases.FLOOR_MOVES_PER_WALK):
            name, point, move = _moves(chance)
            try:
                after = move(state)
            except FloorError:
                refused += 1
                continue
            _holds(after)
            is_same = after == state
            assert after.epoch == state.epoch + (0 if is_same else 1)
            assert (after is state) is is_same
            lost_their_mute = set(state.muted) - set(after.muted)
            assert lost_their_mute <= ({point} if name in ("grant", "unmute") else set())
            assert floor.adopt(state, after) == after
            moved += not is_same
            state = after
    assert refused > cases.FLOOR_WALKS
    assert moved > cases.FLOOR_WALKS * cases.FLOOR_MOVES_PER_WALK / 4


@st.composite
def _states(draw: st.DrawFn) -> FloorState:
    mode = draw(st.sampled_from(FloorMode))
    most = {FloorMode.ONE_MIC: 1, FloorMode.CONFERENCE: floor.MAX_HOLDERS, FloorMode.DISCUSSION: 0}[
        mode
    ]
    order = draw(st.permutations(POINTS[:6]))
    holders = tuple(order[: draw(st.integers(0, most))])
    muted = tuple(sorted(order[5 - draw(st.integers(0, 1)) :]))
    return FloorState(
        epoch=draw(st.integers(0, 3)),
        mode=mode,
        holders=holders,
        muted=muted,
        previous_speaker=draw(st.none() | st.sampled_from(POINTS[:6])),
    )


@settings(max_examples=cases.FLOOR_PAIRS)
@given(one=_states(), other=_states(), third=_states())
def test_whoever_adopts_from_whom_all_end_with_the_same_state(
    one: FloorState, other: FloorState, third: FloorState
) -> None:
    both = floor.adopt(one, other)
    assert both == floor.adopt(other, one)
    assert both in (one, other)
    assert both.epoch == max(one.epoch, other.epoch)
    assert floor.adopt(both, one) == both
    assert floor.adopt(floor.adopt(one, other), third) == floor.adopt(
        one, floor.adopt(other, third)
    )


def test_of_two_that_moved_at_once_the_quieter_counts() -> None:
    before = FloorState(epoch=4)
    granted = floor.grant(before, A, chair=CHAIR, invited=INVITED)
    muted = floor.mute(before, frozenset((A,)))
    assert floor.adopt(granted, muted) == floor.adopt(muted, granted) == muted


def test_one_mic_hands_the_floor_from_one_to_the_next() -> None:
    first = floor.grant(FloorState(epoch=0), A, chair=CHAIR, invited=INVITED)
    second = floor.grant(first, B, chair=CHAIR, invited=INVITED)
    assert first == FloorState(epoch=1, holders=(A,))
    assert second == FloorState(epoch=2, holders=(B,), previous_speaker=A)
    assert second.speaker == B
    assert floor.withdraw(second, B) == FloorState(epoch=3, previous_speaker=B)


def test_a_grant_to_the_holder_and_a_withdrawal_from_another_change_nothing() -> None:
    state = FloorState(epoch=5, holders=(A,))
    assert floor.grant(state, A, chair=CHAIR, invited=INVITED) is state
    assert floor.withdraw(state, B) is state
    assert floor.unmute(state, B) is state
    assert floor.change_mode(state, FloorMode.ONE_MIC) is state


def test_muted_stays_muted_until_granted() -> None:
    state = floor.mute(FloorState(epoch=0, holders=(A,)), frozenset((A, B)))
    assert (state.holders, state.muted) == ((), (A, B))
    for mode in (FloorMode.CONFERENCE, FloorMode.DISCUSSION):
        state = floor.change_mode(state, mode)
        assert state.muted == (A, B)
    assert floor.audible(state, chair=CHAIR, invited=INVITED) == INVITED - {A, B}
    state = floor.change_mode(state, FloorMode.ONE_MIC)
    state = floor.grant(state, B, chair=CHAIR, invited=INVITED)
    assert (state.holders, state.muted) == ((B,), (A,))


def test_a_conference_keeps_holders_in_order_up_to_a_number() -> None:
    state = FloorState(epoch=0, mode=FloorMode.CONFERENCE)
    for point in POINTS[: floor.MAX_HOLDERS]:
        state = floor.grant(state, point, chair=CHAIR, invited=INVITED)
    assert state.holders == POINTS[: floor.MAX_HOLDERS]
    with pytest.raises(FloorError, match=f"at most {floor.MAX_HOLDERS}"):
        floor.grant(state, POINTS[floor.MAX_HOLDERS], chair=CHAIR, invited=INVITED)
    one = floor.change_mode(state, FloorMode.ONE_MIC)
    assert one.holders == (POINTS[floor.MAX_HOLDERS - 1],)


@pytest.mark.parametrize(
    ("point", "mode", "sentence"),
    [
        (STRANGER, FloorMode.ONE_MIC, "not invited"),
        (CHAIR, FloorMode.ONE_MIC, "may always speak"),
        (A, FloorMode.DISCUSSION, "everyone may speak"),
    ],
)
def test_a_grant_against_the_rules_says_why(point: PointId, mode: FloorMode, sentence: str) -> None:
    with pytest.raises(FloorError, match=sentence):
        floor.grant(FloorState(epoch=0, mode=mode), point, chair=CHAIR, invited=INVITED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"conference"', b'"one_mic"'),
        (b'"conference"', b'"discussion"'),
        (b'"xa-dong-cuong"', b'"xa-mau-a"'),
        (b'"xa-tran-yen"', b'"xa-mau-a"'),
        (b'"epoch": 7', b'"epoch": -7'),
    ],
)
def test_a_state_that_no_moves_lead_to_is_refused_on_arrival(old: bytes, new: bytes) -> None:
    payload = golden.payload("relay-event")
    assert codec.decode(RelayEvent, payload).floor is not None
    with pytest.raises(MalformedPayload):
        codec.decode(RelayEvent, payload.replace(old, new))


LAN = "person:Nguyễn Lan"


def test_a_person_is_moved_as_a_point_is():
    invited = INVITED | {LAN}
    given = floor.grant(FloorState(epoch=3), LAN, chair=CHAIR, invited=invited)
    assert (given.speaker, given.epoch) == (LAN, 4)
    assert floor.audible(given, chair=CHAIR, invited=invited) == {CHAIR, LAN}
    muted = floor.mute(given, frozenset((LAN,)))
    assert (muted.holders, muted.muted, muted.previous_speaker) == ((), (LAN,), LAN)
    with pytest.raises(FloorError):
        floor.grant(given, LAN, chair=CHAIR, invited=INVITED)


@pytest.mark.parametrize(
    "name", ["person:", "person:a:b", "recorder:a", "Xã", f"person:{'a' * 61}"]
)
def test_only_points_and_people_are_on_the_floor(name):
    payload = {"schema_version": 1, "reported_at": "2026-11-24T01:31:15Z", "meetings": [
        {"meeting_id": "m1", "is_forwarding": True, "floor": {"epoch": 1, "holders": [name]}}
    ]}  # fmt: skip
    with pytest.raises(MalformedPayload):
        codec.decode(RelayState, json.dumps(payload).encode())
    payload["meetings"][0]["floor"]["holders"] = [LAN]
    assert codec.decode(RelayState, json.dumps(payload).encode()).meetings[0].floor.speaker == LAN


def test_who_is_put_on_the_stage_stays_through_other_moves_until_the_chair_is_back() -> None:
    chair, b = PointId("p-chair"), PointId("p-b")
    invited = frozenset((chair, b))
    first = FloorState(epoch=4)
    staged = floor.put_on_stage(first, b, chair=chair, invited=invited)
    assert (staged.epoch, staged.on_stage) == (5, b)
    assert floor.put_on_stage(staged, b, chair=chair, invited=invited) is staged
    given = floor.grant(staged, b, chair=chair, invited=invited)
    assert given.on_stage == b
    assert floor.change_mode(given, FloorMode.DISCUSSION).on_stage == b
    for back in (None, chair):
        left = floor.put_on_stage(given, back, chair=chair, invited=invited)
        assert (left.epoch, left.on_stage, left.holders) == (given.epoch + 1, None, (b,))
    with pytest.raises(FloorError):
        floor.put_on_stage(staged, "p-x", chair=chair, invited=invited)
    assert floor.adopt(FloorState(epoch=5), staged) == floor.adopt(staged, FloorState(epoch=5))
