"""What people ask of the floor: applied, refused in words, undone, and what the log says."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import FloorError
from contracts.floor import FloorMode, FloorState
from contracts.floor_request import FloorAction, FloorRequest, Participants, applied, refusal_vi
from contracts.ids import PointId
from controller.meetings.floor_moves import FloorMove, moves_between

CHAIR, B, C = PointId("chair"), PointId("b"), PointId("c")
SEATS = Participants(CHAIR, frozenset({CHAIR, B, C}))
START = FloorState(epoch=0)


def grant(point: PointId) -> FloorRequest:
    """Return the request for giving a point the floor."""
    return FloorRequest(FloorAction.GRANT, point)


def test_giving_the_floor_to_another_takes_it_from_the_first() -> None:
    first = applied(START, grant(B), SEATS, undo=None)
    second = applied(first, grant(C), SEATS, undo=START)
    assert second == FloorState(epoch=2, holders=(C,), previous_speaker=B)
    assert moves_between(first, second) == [
        FloorMove("floor_taken", B),
        FloorMove("floor_given", C),
    ]


def test_undo_brings_the_last_state_back_under_a_higher_epoch() -> None:
    first = applied(START, grant(B), SEATS, undo=None)
    second = applied(first, grant(C), SEATS, undo=START)
    undone = applied(second, FloorRequest(FloorAction.UNDO), SEATS, undo=first)
    assert undone == msgspec.structs.replace(first, epoch=3)


def test_muting_everyone_spares_the_chair() -> None:
    muted = applied(START, FloorRequest(FloorAction.MUTE_ALL), SEATS, undo=None)
    assert muted.muted == (B, C)
    assert moves_between(START, muted) == [FloorMove("muted", B), FloorMove("muted", C)]


def test_a_muted_point_given_the_floor_is_logged_as_given_only() -> None:
    muted = applied(START, FloorRequest(FloorAction.MUTE, B), SEATS, undo=None)
    given_floor = applied(muted, grant(B), SEATS, undo=None)
    assert moves_between(muted, given_floor) == [FloorMove("floor_given", B)]


def test_a_change_of_mode_is_logged() -> None:
    request = FloorRequest(FloorAction.MODE, mode=FloorMode.DISCUSSION)
    changed = applied(applied(START, grant(B), SEATS, undo=None), request, SEATS, undo=None)
    assert moves_between(FloorState(epoch=1, holders=(B,)), changed) == [
        FloorMove("mode_changed", detail="discussion"),
        FloorMove("floor_taken", B),
    ]


@pytest.mark.parametrize(
    ("state", "request_", "sentence"),
    [
        (START, grant(CHAIR), "Điểm cầu chủ trì luôn được phát biểu, không cần mời."),
        (START, grant(PointId("x")), "Điểm cầu này không được mời dự cuộc họp."),
        (START, FloorRequest(FloorAction.GRANT), "Chưa chọn điểm cầu."),
        (START, FloorRequest(FloorAction.MODE), "Chưa chọn chế độ phát biểu."),
        (START, FloorRequest(FloorAction.UNDO), "Không còn thao tác nào để hoàn tác."),
        (
            FloorState(epoch=1, mode=FloorMode.DISCUSSION),
            grant(B),
            "Đang thảo luận, mọi điểm cầu đều được nói. Chọn chế độ khác trước.",
        ),
        (
            FloorState(
                epoch=1,
                mode=FloorMode.CONFERENCE,
                holders=tuple(PointId(f"h{i}") for i in range(2)),
            ),
            grant(B),
            "Đã có 2 điểm cầu được phát biểu. Thu quyền của một điểm cầu trước.",
        ),
    ],
)
def test_what_the_rules_refuse_is_said_in_vietnamese(
    state: FloorState, request_: FloorRequest, sentence: str
) -> None:
    with pytest.raises(FloorError):
        applied(state, request_, SEATS, undo=None)
    assert refusal_vi(state, request_, SEATS) == sentence


def test_a_discussion_is_for_any_number_of_points() -> None:
    request = FloorRequest(FloorAction.MODE, mode=FloorMode.DISCUSSION)
    many = Participants(CHAIR, SEATS.invited | {PointId(f"p{i}") for i in range(30)})
    assert applied(START, request, many, undo=None).mode is FloorMode.DISCUSSION


requests = st.builds(
    FloorRequest,
    st.sampled_from(FloorAction),
    st.sampled_from([None, CHAIR, B, C, PointId("x")]),
    st.sampled_from([None, *FloorMode]),
)


@given(st.lists(requests, max_size=30))
def test_epochs_only_rise_and_one_mic_has_one_holder(asked: list[FloorRequest]) -> None:
    state, undo = START, None
    for request in asked:
        try:
            new = applied(state, request, SEATS, undo=undo)
        except FloorError:
            continue
        if new != state:
            assert new.epoch == state.epoch + 1
            undo, state = state, new
        assert state.mode is not FloorMode.ONE_MIC or len(state.holders) <= 1
        assert CHAIR not in state.holders
