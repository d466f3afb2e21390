"""One session with the centre's relay, kept up for as long as it is wanted.

    opening      offer sent, path and keys not up yet
    up           media may flow; checks are answered
    suspect      checks are not answered: an ICE restart is asked for over HTTPS, and the
                 old path goes on being tried
    waiting      there is no session; the next attempt comes after a pause that grows

A relay that was restarted does not know the session (404): a new one is opened at once.
A line that was cut answers neither checks nor HTTPS: both are tried until it returns.
Where HTTPS gets through and no UDP does, media go over TLS (media/transport/tunnel.py).
"""

import asyncio
import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import uniform
from typing import Literal, Protocol

import structlog

from contracts.relay import LOCKED
from media.client.whip_client import Session, WhipClient
from media.errors import (
    HandshakeFailed,
    MalformedSdp,
    MeetingOver,
    OfferRefused,
    RelayRefused,
    RelayUnreachable,
)
from media.transport.dtls import DtlsCertificate
from media.transport.ice_agent import IceState
from media.transport.leg import Leg
from media.transport.tunnel import Tunnel
from media.wire import sdp, sdp_fragment
from media.wire.ice_credentials import Credentials, fresh_credentials
from media.wire.sdp import SessionDescription
from media.wire.sdp_offer import Own, remote_of
from runtime.guard import FAILURES

UplinkState = Literal["opening", "up", "suspect", "waiting"]
Wait = Callable[[int], float]

OPEN_LIMIT_S = 6.0
WATCH_EVERY_S = 0.2
RESTART_LIMIT_S = 3.0
RESTARTS_BEFORE_NEW = 2
DELETE_LIMIT_S = 1.0
TUNNEL_AFTER_S, TUNNEL_PAUSE_S = 2.0, 0.2
TUNNEL_UNUSED_S = 30
SHORT_SESSION_S = 5.0
SILENT_PAUSE_S = 0.25
NO_WAY_PAUSE_S = (0.3, 0.6)
_REFUSED_FACTOR = 4
LOCKED_PAUSE_S = (4.0, 6.0)
_log = structlog.get_logger()


class SessionUser(Protocol):
    """Whoever sends or receives through an uplink's sessions."""

    def offer(self, own: Own) -> SessionDescription:
        """Return what to offer."""

    def opened(self, leg: Leg, answer: SessionDescription) -> None:
        """A session was accepted; keys are not up yet."""

    def up(self, leg: Leg) -> None:
        """Media may flow through this leg."""

    def lost(self, leg: Leg) -> None:
        """Nothing flows through this leg any more."""

    def moved(self, is_sure: bool) -> None:
        """The relay has to hear that we may be, or are, elsewhere: send it something of media."""

    def take_rtp(self, packet: bytes) -> None:
        """A decrypted RTP packet came."""

    def take_rtcp_bytes(self, compound: bytes) -> None:
        """A decrypted RTCP compound came."""


@dataclass(slots=True)
class UplinkFacts:
    """What can be said about an uplink; kept over its sessions."""

    state: UplinkState = "waiting"
    since_s: float = 0.0
    sessions: int = 0
    restarts: int = 0
    failures: int = 0
    last_error: str = ""
    refusal_vi: str = ""
    answer_sha256: str = ""


class Uplink:
    """Keeps one session up.

    Args:
        path: where to POST, e.g. /whep/MEETING.
        wait_s: the pause after so many failures in a row.
        ended_after_404: asked when the relay does not know the meeting: true where that
            can only mean that it is over.
        has_other_ways: whether other interfaces that lead out are kept ready to take over.
    """

    def __init__(
        self,
        client: WhipClient,
        path: str,
        user: SessionUser,
        *,
        certificate: DtlsCertificate,
        bind_hosts: Sequence[str],
        relay_host: str,
        wait_s: Wait,
        ended_after_404: Callable[[], bool],
        has_other_ways: bool = False,
    ) -> None:
        self.facts = UplinkFacts()
        self.leg: Leg | None = None
        self._session_there: Session | None = None
        self._client = client
        self._path = path
        self._user = user
        self._certificate = certificate
        self._bind_hosts = bind_hosts
        self._relay_host = relay_host
        self._wait_s = wait_s
        self._has_other_ways = has_other_ways
        self._ended_after_404 = ended_after_404
        self._up_at: float | None = None
        self._is_tunnelled = False
        self._short_sessions = 0

    async def run(self) -> None:
        """Keep a session until cancelled; it is then closed at the relay too.

        Raises:
            MeetingOver: the relay says so.
        """
        while True:
            try:
                await self._session()
            except RelayRefused as exc:
                if exc.status == 410 or (exc.status == 404 and self._ended_after_404()):
                    raise MeetingOver(exc.message) from exc
                self._failed(exc)
                pause_s = self._pause_after_refusal(exc)
            except (RelayUnreachable, MalformedSdp, OfferRefused, HandshakeFailed) as exc:
                self._failed(exc)
                pause_s = self._pause_after(exc)
            except Exception as exc:  # noqa: BLE001 - whatever it is, it ends one session alone
                FAILURES.note("session", exc, path=self._path)
                self._failed(exc)
                pause_s = self._wait_s(self.facts.failures)
            else:
                pause_s = self._pause_after_end(time.monotonic())
            await asyncio.sleep(pause_s)

    async def tell(self, leaf: str, body: bytes) -> bool:
        """PUT something about the session that is there; False: there is none.

        Raises:
            RelayRefused: the relay will not.
            RelayUnreachable: there was no answer in time.
        """
        if self._session_there is None:
            return False
        await self._client.tell(self._session_there, leaf, body)
        return True

    def _pause_after_refusal(self, exc: RelayRefused) -> float:
        """Return how long to wait after a refusal; outside a locked meeting never for long."""
        if exc.code == LOCKED:
            return uniform(*LOCKED_PAUSE_S)  # noqa: S311 - spreads load
        wait_s = self._wait_s(self.facts.failures)
        return wait_s * _REFUSED_FACTOR if self.facts.failures > 3 else wait_s

    def _pause_after(self, exc: Exception) -> float:
        """Return how long to wait after a failure: not for long where the line is away.

        An attempt that nobody answered has taken its time already. One that could not be made,
        without a route or a name, comes back at once and asks nobody. No two points are in step.
        """
        wait_s = self._wait_s(self.facts.failures)
        if not isinstance(exc, RelayUnreachable):
            return wait_s
        if exc.has_no_way:
            return min(wait_s, uniform(*NO_WAY_PAUSE_S))  # noqa: S311 - spreads load
        return min(wait_s, uniform(0.0, SILENT_PAUSE_S)) if exc.is_silent else wait_s  # noqa: S311

    def _pause_after_end(self, now: float) -> float:
        """Return how long to wait after a session that ended.

        The first loss is answered at once. Two machines with one identity close each
        other's sessions: from the second short one in a row the pause grows.
        """
        up_at, self._up_at = self._up_at, None
        if up_at is None:  # it never came up, such as where UDP is blocked
            return self._wait_s(self.facts.failures)
        self._short_sessions = self._short_sessions + 1 if now - up_at < SHORT_SESSION_S else 0
        if self._short_sessions < 2:
            return 0.0
        self._enter("waiting")
        return self._wait_s(self._short_sessions - 1)

    def _failed(self, exc: Exception) -> None:
        self.facts.failures += 1
        self.facts.last_error = str(exc)[:200]
        self.facts.refusal_vi = exc.message_vi if isinstance(exc, RelayRefused) else ""
        self._enter("waiting")
        count = self.facts.failures
        if count & (count - 1) == 0:  # 1, 2, 4, 8 …: an outage of days fills no log
            _log.warning("uplink_failed", path=self._path, failures=count, error=str(exc)[:200])

    def _enter(self, state: UplinkState) -> None:
        if state != self.facts.state:
            self.facts.state = state
            self.facts.since_s = time.monotonic()

    async def _session(self) -> None:
        """Open a session and live with it until it is lost."""
        self._enter("opening")
        leg = Leg(
            certificate=self._certificate,
            bind_hosts=self._bind_hosts,
            on_rtp=self._user.take_rtp,
            on_rtcp=self._user.take_rtcp_bytes,
            on_moved=self._user.moved,
            has_other_ways=self._has_other_ways,
        )
        try:
            own = Own(
                leg.local,
                self._certificate.fingerprint,
                await leg.sockets.candidates(self._relay_host),
                secrets.randbits(62),
            )
            offer = sdp.render(self._user.offer(own))
            session = await self._client.open(self._path, offer)
        except BaseException:
            leg.sockets.close()
            raise
        await self._live(leg, session)

    async def _live(self, leg: Leg, session: Session) -> None:
        is_known_there = True
        try:
            answer = sdp.parse(session.answer)
            remote = remote_of(answer)
            self._user.opened(leg, answer)
            self.leg = leg
            self._session_there = session
            self.facts.sessions += 1
            self.facts.answer_sha256 = hashlib.sha256(session.answer.encode()).hexdigest()
            async with asyncio.TaskGroup() as group:
                running = group.create_task(leg.run(remote), name="leg")
                helping = group.create_task(self._help(leg, session), name="tunnel")
                is_known_there = await self._watch(leg, session)
                running.cancel()
                helping.cancel()
        except BaseExceptionGroup as group_of_faults:
            failure = _handshake_failure(group_of_faults)
            if failure is None:
                raise
            raise failure from None
        finally:
            leg.sockets.close()
            self._user.lost(leg)
            self.leg = self._session_there = None
            if is_known_there:
                await self._delete(session)

    async def _watch(self, leg: Leg, session: Session) -> bool:
        """Return once the session is lost: whether the relay still knows it."""
        try:
            async with asyncio.timeout(OPEN_LIMIT_S):
                await leg.is_up.wait()
        except TimeoutError:
            self._failed(HandshakeFailed(f"no path or no keys after {OPEN_LIMIT_S:g} s"))
            return True
        self._user.up(leg)
        self._up_at = time.monotonic()
        self._enter("up")
        self.facts.failures, self.facts.refusal_vi = 0, ""
        _log.info("uplink_up", path=self._path, rtt_ms=leg.rtt_ms)
        while not leg.is_closed.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(WATCH_EVERY_S):
                    await leg.is_closed.wait()
            if leg.state is IceState.CONNECTED:
                self._enter("up")
                self.facts.failures = 0
            elif not await self._revive(leg, session):
                return False
        _log.info("uplink_closed_by_relay", path=self._path)
        return False

    async def _help(self, leg: Leg, session: Session) -> None:
        """Have a way over TLS while no UDP gets through; at once where it was so before."""
        while True:
            await asyncio.sleep(TUNNEL_PAUSE_S if self._is_tunnelled else TUNNEL_AFTER_S)
            if leg.is_up.is_set() and leg.state is IceState.CONNECTED:
                self._is_tunnelled = False
                continue
            tunnel: Tunnel | None = None
            try:
                tunnel = await self._client.tunnel(session)
                leg.add_tunnel(tunnel)
            except (RelayUnreachable, OSError) as exc:
                if tunnel is not None:
                    tunnel.close()
                self.facts.last_error = str(exc)[:200]
                self._is_tunnelled = False  # and the next attempt waits
                continue
            _log.info("uplink_tunnelled", path=self._path)
            self._is_tunnelled = True
            await self._while_needed(leg, tunnel)

    async def _while_needed(self, leg: Leg, tunnel: Tunnel) -> None:
        """Read a tunnel until it ends, or UDP has been well for long."""
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(tunnel.run(), name="tunnel-reader")
            unused = 0
            while not reading.done() and unused < TUNNEL_UNUSED_S:
                await asyncio.sleep(1)
                is_used = leg.is_tunnelled or leg.state is not IceState.CONNECTED
                unused = 0 if is_used else unused + 1
            reading.cancel()

    async def _revive(self, leg: Leg, session: Session) -> bool:
        """Ask for an ICE restart until the path answers again; false: open a new session."""
        self._enter("suspect")
        _log.warning("uplink_suspect", path=self._path)
        restarts = 0
        while leg.state is not IceState.CONNECTED and not leg.is_closed.is_set():
            if restarts >= RESTARTS_BEFORE_NEW or leg.state is IceState.FAILED:
                return False  # the relay has given it up as well
            local = fresh_credentials(os.urandom)
            try:
                fragment = await self._client.restart(session, _fragment(local))
                leg.restart(local, _credentials(fragment))
            except RelayRefused as exc:
                self.facts.last_error = str(exc)[:200]
                return False
            except RelayUnreachable as exc:
                self.facts.failures += 1
                self.facts.last_error = str(exc)[:200]
                await asyncio.sleep(self._pause_after(exc))
                continue
            restarts += 1
            self.facts.restarts += 1
            await self._connected(leg)
        return True

    async def _connected(self, leg: Leg) -> None:
        """Wait until the path answers, for some seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RESTART_LIMIT_S):
                await leg.is_answered.wait()

    async def _delete(self, session: Session) -> None:
        with contextlib.suppress(RelayRefused, RelayUnreachable, TimeoutError):
            async with asyncio.timeout(DELETE_LIMIT_S):
                await self._client.close(session)


def _handshake_failure(group: BaseExceptionGroup[BaseException]) -> HandshakeFailed | None:
    """Return the failed handshake of nested task groups; None where there is anything else."""
    matched, rest = group.split(HandshakeFailed)
    if matched is None or rest is not None:
        return None
    leaf: BaseException = matched
    while isinstance(leaf, BaseExceptionGroup):
        leaf = leaf.exceptions[0]
    return leaf if isinstance(leaf, HandshakeFailed) else None


def _fragment(local: Credentials) -> str:
    """Return the body of an ICE restart (RFC 9725, section 4.3.3)."""
    return sdp_fragment.render(local, mid="0")


def _credentials(text: str) -> Credentials:
    try:
        found = sdp_fragment.parse(text)
    except MalformedSdp as exc:
        raise RelayRefused(200, "no-fragment", exc.reason) from exc
    if not found.ufrag or not found.password:
        raise RelayRefused(200, "no-credentials", "its fragment has no ICE credentials")
    return found
