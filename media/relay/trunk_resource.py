"""The home's door for the other relays of a meeting: POST /trunk/{meeting}."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from contracts import codec
from contracts.errors import MalformedPayload
from contracts.participants import ParticipantKind
from contracts.trunk import TrunkPeer
from media.errors import AccessRefused
from media.relay import refusals
from media.relay.grants import Grant, is_revoked
from media.relay.http_resource import JSON_TYPE, Handler, nothing_to_read
from media.relay.meetings import MeetingRegistry
from media.relay.relayed_meeting import RelayedMeeting
from media.relay.trunks import Trunks
from media.sfu.slots import Viewer

Prove = Callable[[Request], Awaitable[tuple[bytes, Grant]]]


class TrunkResource:
    """Lets in the relays that the meeting's document names, by their certificates."""

    def __init__(self, registry: MeetingRegistry, trunks: Trunks, prove: Prove) -> None:
        self._registry = registry
        self._trunks = trunks
        self._prove = prove

    @property
    def handlers(self) -> dict[str, Handler]:
        """Its methods."""
        return {"GET": nothing_to_read, "POST": self._call}

    async def _call(self, request: Request) -> Response:
        body, grant = await self._prove(request)
        meeting = self._registry.find(request.path_params["meeting"])
        if meeting is None:
            raise refusals.unknown_meeting()
        _check_is_of(meeting, grant)
        try:
            offer = codec.decode(TrunkPeer, body)
        except MalformedPayload as exc:
            raise refusals.bad_call(str(exc)) from exc
        relay = Viewer(grant.viewer.subject, ParticipantKind.RELAY)
        digest = grant.certificate_sha256
        answer = self._trunks.called(meeting, relay, offer, certificate_sha256=digest)
        return Response(codec.encode(answer), status_code=201, media_type=JSON_TYPE)


def _check_is_of(meeting: RelayedMeeting, grant: Grant) -> None:
    """Check that a relay is one of the meeting's.

    Raises:
        AccessRefused: it is not, or the meeting is over.
    """
    is_named = grant.viewer.subject in (meeting.document.outer or {})
    if grant.viewer.kind is not ParticipantKind.POINT or not is_named:
        raise AccessRefused(
            403,
            "not_its_relay",
            "Máy này không phải máy chuyển tiếp của cuộc họp.",
            "This is no relay of this meeting.",
        )
    if is_revoked(grant.certificate_sha256, meeting.document):
        raise AccessRefused(
            403,
            "relay_revoked",
            "Chứng thư này của máy chuyển tiếp đã bị thu hồi.",
            "This certificate of the relay was revoked.",
        )
    if meeting.is_over:
        raise AccessRefused(410, "meeting_over", "Cuộc họp đã kết thúc.", "The meeting is over.")
