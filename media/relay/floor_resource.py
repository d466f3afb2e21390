"""The floor of a meeting at the relay's door, for when the centre does not answer.

    GET  /floor/{meeting}     who has it
    POST /floor/{meeting}     move it: one move, made on an epoch (contracts.steering.SteeringMove)

Both with a token for `steer`, which the centre gives to whoever leads the meeting. The rules are
the centre's own (contracts/floor.py), and so is what becomes of it: the centre adopts the floor
when it is back, and its log names who has moved it.
"""

import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from contracts import codec, floor_request
from contracts.errors import FloorError, MalformedPayload
from contracts.floor import FloorState
from contracts.steering import FloorShown, MovedFloor, SteeringMove
from media.relay import refusals, steering
from media.relay.grants import Grant
from media.relay.http_resource import JSON_TYPE, Handler
from media.relay.meetings import MeetingRegistry
from media.relay.relayed_meeting import RelayedMeeting
from runtime.limits import KeyedBuckets

# By a person's hand; a page asks twice a second while the centre is away.
MOVES_PER_S, MOVES_BURST = 3.0, 20
LOOKS_PER_S, LOOKS_BURST = 8.0, 40

Prove = Callable[[Request], Awaitable[tuple[bytes, Grant]]]


class FloorResource:
    """What is done with /floor/{meeting}."""

    def __init__(self, registry: MeetingRegistry, prove: Prove) -> None:
        self._registry = registry
        self._prove = prove
        self._moves: KeyedBuckets[str] = KeyedBuckets(per_s=MOVES_PER_S, burst=MOVES_BURST)
        self._looks: KeyedBuckets[str] = KeyedBuckets(per_s=LOOKS_PER_S, burst=LOOKS_BURST)

    @property
    def handlers(self) -> dict[str, Handler]:
        """Its methods."""
        return {"GET": self._show, "POST": self._move}

    async def _show(self, request: Request) -> Response:
        meeting, _, _ = await self._asked(request, self._looks)
        return _shown(meeting)

    async def _move(self, request: Request) -> Response:
        meeting, grant, body = await self._asked(request, self._moves)
        try:
            move = codec.decode(SteeringMove, body)
        except MalformedPayload as exc:
            raise refusals.bad_move(str(exc)) from exc
        old = meeting.document.floor
        if move.expected_epoch != old.epoch:
            raise refusals.floor_moved()
        new = _applied(meeting, move)
        if new != old:
            names = {move.who: move.name} if move.who and move.name else {}
            moved = MovedFloor(floor=new, names=names)
            said = " ".join(one for one in (move.action, move.who) if one)
            await self._registry.steer(meeting, moved, grant.viewer, move=said)
        return _shown(meeting)

    async def _asked(
        self, request: Request, budget: KeyedBuckets[str]
    ) -> tuple[RelayedMeeting, Grant, bytes]:
        """Return the meeting, who asks, and what with.

        Raises:
            AccessRefused: he may not.
        """
        body, grant = await self._prove(request)
        if not budget.take(grant.viewer.source, now_s=time.monotonic()):
            raise refusals.too_many()
        meeting = self._registry.find(request.path_params["meeting"])
        if meeting is None:
            raise refusals.unknown_meeting()
        steering.check_may_steer(grant, meeting.document, is_over=meeting.is_over)
        return meeting, grant, body


def _applied(meeting: RelayedMeeting, move: SteeringMove) -> FloorState:
    seats, floor = steering.participants(meeting), meeting.document.floor
    try:
        return floor_request.applied(floor, move.request, seats, undo=None)
    except FloorError as exc:
        vi = floor_request.refusal_vi(floor, move.request, seats)
        raise refusals.floor_refused(vi, exc.reason) from exc


def _shown(meeting: RelayedMeeting) -> Response:
    shown = FloorShown(floor=meeting.document.floor, is_moved_here=meeting.moved is not None)
    return Response(
        codec.encode(shown), media_type=JSON_TYPE, headers={"Cache-Control": "no-store"}
    )
