"""All trunks of this relay: at the home of a meeting who has called, at an outer relay its call.

They are looked at ten times a second: what is new is said, what is silent is ended.
"""

import asyncio
import re
import time

import structlog

from contracts.trunk import TrunkAnswer, TrunkPeer
from media.relay import grants
from media.relay.media_tunnel import MediaTunnels
from media.relay.relayed_meeting import RelayedMeeting
from media.relay.trunk_content import settle
from media.relay.trunk_end import TrunkEnd
from media.relay.trunk_words import WordsLine
from media.sfu import trunk_lines
from media.sfu.engine import RelayEngine
from media.sfu.session import MediaSession
from media.sfu.slots import Viewer
from runtime.guard import guarded

LOOK_EVERY_S = 0.1
# From the answer to the first word: DTLS, and a connection for words.
BEGIN_LIMIT_S = 10.0
_PATH = re.compile(r"/session/([\w-]{1,64})/words")

_log = structlog.get_logger()


class Trunks:
    """The ends here, by their sessions; it takes over the connections that are to be no HTTP."""

    def __init__(self, engine: RelayEngine, tunnels: MediaTunnels) -> None:
        self.begun_total = 0
        self._sent_before = self._received_before = 0
        self._engine = engine
        self.tunnels = tunnels
        self._ends: dict[str, TrunkEnd] = {}
        self._lines: dict[str, WordsLine] = {}
        self._since: dict[str, float] = {}
        engine.connected_listeners.append(self._connected)
        engine.closed_listeners.append(self._closed)

    @property
    def token(self) -> bytes:
        """What connections ask for that are to be no HTTP."""
        return self.tunnels.token

    @property
    def ends(self) -> list[TrunkEnd]:
        """Every end there is."""
        return list(self._ends.values())

    @property
    def sent_total(self) -> int:
        """Packets of media that were sent to other relays."""
        return self._sent_before + sum(end.session.sent for end in self.ends)

    @property
    def received_total(self) -> int:
        """Packets of media that came from them."""
        return self._received_before + sum(end.session.received for end in self.ends)

    def accept(self, path: str) -> asyncio.Protocol | None:
        """Return what goes on with a connection: a trunk's words, or a point's media."""
        match = _PATH.fullmatch(path)
        if match is None:
            return self.tunnels.accept(path)
        end = self._ends.get(match[1])
        return None if end is None or not end.is_home else self.line_for(end)

    def called(
        self,
        meeting: RelayedMeeting,
        relay: Viewer,
        offer: TrunkPeer,
        *,
        certificate_sha256: str = "",
    ) -> TrunkAnswer:
        """Answer another relay's call; an older one of it ends."""
        for older in self.ends:
            if older.meeting is meeting and older.relay == relay.subject:
                older.session.peer.close("called anew")
        session, answer = trunk_lines.answer(self._engine, meeting.router, relay, offer)
        end = TrunkEnd(meeting, session, is_home=True, certificate_sha256=certificate_sha256)
        self.add(end)
        return answer

    def add(self, end: TrunkEnd) -> None:
        """Take up an end, until its session is closed."""
        self._ends[end.session.info.id] = end
        self._since[end.session.info.id] = time.monotonic()
        end.meeting.elsewhere.append(end)

    def line_for(self, end: TrunkEnd) -> WordsLine:
        """Return a connection for an end's words; one that it had ends."""
        older = self._lines.pop(end.session.info.id, None)
        if older is not None:
            older.close()
        line = self._lines[end.session.info.id] = WordsLine(end)
        return line

    def _connected(self, session: MediaSession) -> None:
        end = self._ends.get(session.info.id)
        if end is not None:
            self.begun_total += 1
            meeting_id = end.meeting.document.meeting_id
            _log.info("trunk_up", relay=end.relay, meeting_id=meeting_id, is_home=end.is_home)
            end.send(now=time.monotonic())

    def _closed(self, session: MediaSession, reason: str) -> None:
        end = self._ends.pop(session.info.id, None)
        line = self._lines.pop(session.info.id, None)
        self._since.pop(session.info.id, None)
        if line is not None:
            line.close()
        if end is not None:
            self._sent_before += end.session.sent
            self._received_before += end.session.received
            end.meeting.elsewhere.remove(end)
            end.close()
            meeting_id = end.meeting.document.meeting_id
            _log.warning("trunk_down", relay=end.relay, meeting_id=meeting_id, reason=reason)

    async def run(self) -> None:
        """Look after all, for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.look(now=time.monotonic())

    def look(self, *, now: float) -> None:
        """Say what is new, and end what is silent or may not be any more."""
        for end in self.ends:
            with guarded("trunk", end.session.peer.put_away, relay=end.relay):
                self._look(end, now=now)
        for meeting in {id(end.meeting): end.meeting for end in self.ends}.values():
            with guarded("trunk"):
                settle(meeting, self.ends, now=now)

    def _look(self, end: TrunkEnd, *, now: float) -> None:
        session, line = end.session, self._lines.get(end.session.info.id)
        meeting, is_new = end.meeting, now - self._since[session.info.id] < BEGIN_LIMIT_S
        if meeting.is_over or not _is_of(end):
            session.peer.close("the meeting is no more on both relays")
        elif not is_new and (line is None or line.is_silent):
            session.peer.close("it says nothing")
        elif line is not None and session.has_joined and not session.peer.is_heard(now):
            session.peer.close("nothing comes by UDP")
        else:
            end.tick(now=now)


def _is_of(end: TrunkEnd) -> bool:
    """Return whether the other one is still a relay of the meeting."""
    document = end.meeting.document
    if end.is_home:
        is_revoked = grants.is_revoked(end.certificate_sha256, document)
        return end.relay in (document.outer or {}) and not is_revoked
    return bool(document.home and document.home.relay_id == end.relay)
