"""The door to gufo-snmp: one device asked within limits, whatever it answers.

The library encodes, decodes and encrypts (in Rust), and believes what it is told: a walk may go in
circles for ever, an answer that says "too big" looks like an end, and wrong keys look like
silence. Here is what bounds that. Its parts are used directly rather than its iterators, because
only they say how a walk ended; it is pinned to one minor version for that.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, cast

from gufo.snmp import SnmpAuthError, SnmpError
from gufo.snmp._fast import GetIter
from gufo.snmp.aio import SnmpSession
from gufo.snmp.user import (
    Aes128Key,
    Aes192Key,
    Aes256Key,
    BaseAuthKey,
    BasePrivKey,
    Sha1Key,
    Sha224Key,
    Sha256Key,
    Sha384Key,
    Sha512Key,
    User,
)

from monitoring.collectors.snmp.budget import CIRCLE, TOO_MUCH, Budget, Walk
from monitoring.collectors.snmp.reader import Column, RawValue
from monitoring.collectors.snmp.refusal import QUESTION_ID, exchanged, question, refused_for
from monitoring.collectors.snmp.target import (
    AskingLimits,
    AuthAlgorithm,
    Community,
    DeviceTarget,
    PrivAlgorithm,
    UserKeys,
)
from monitoring.errors import DeviceSilent, DeviceUnreadable, RefusedFor, UserRefused

T = TypeVar("T")
# What the library may give for "no value" it leaves out of a walk and of several values.
_Rows = Sequence[tuple[str, RawValue] | None]

PANICS = "pyo3_runtime"

_AUTH: dict[AuthAlgorithm, type[BaseAuthKey]] = {
    AuthAlgorithm.SHA1: Sha1Key,
    AuthAlgorithm.SHA224: Sha224Key,
    AuthAlgorithm.SHA256: Sha256Key,
    AuthAlgorithm.SHA384: Sha384Key,
    AuthAlgorithm.SHA512: Sha512Key,
}
_PRIV: dict[PrivAlgorithm, type[BasePrivKey]] = {
    PrivAlgorithm.AES128: Aes128Key,
    PrivAlgorithm.AES192: Aes192Key,
    PrivAlgorithm.AES256: Aes256Key,
}


class GufoReader:
    """Asks one device, a request at a time."""

    def __init__(
        self,
        target: DeviceTarget,
        limits: AskingLimits,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._target = target
        self._limits = limits
        self._budget = Budget(target, limits, monotonic)
        self._session: SnmpSession | None = None
        self._repetitions = limits.repetitions
        self._is_size_proved = False
        self._engine_id = b""

    async def scalars(self, oids: Sequence[str]) -> Mapping[str, RawValue]:
        """Return the values of those OIDs that the device knows.

        Raises:
            DeviceSilent, UserRefused, DeviceUnreadable: the device has not answered anything yet.
        """
        return await self._budget.scalars(oids, self._some)

    async def _some(self, oids: Sequence[str]) -> dict[str, RawValue]:
        """Ask for all at once; one by one where they are too much, or one cannot be read."""
        unreadable: DeviceUnreadable | None = None
        try:
            found = await self._asked(
                lambda session: session._sock.send_get_many(list(oids)),
                lambda session: session._sock.recv_get_many(),
            )
        except DeviceUnreadable as exc:
            found, unreadable = None, exc
        if found or (len(oids) == 1 and unreadable is None):
            return self._budget.counted(cast(dict[str, RawValue], found or {}))
        singly: dict[str, RawValue] = {}
        for oid in oids if len(oids) > 1 else ():
            singly |= await self._some([oid])
        if unreadable is not None and not self._budget.has_answered:
            raise unreadable
        return singly

    async def column(self, oid: str) -> Column:
        """Return what stands under an OID, as far as the limits go."""
        repetitions = self._repetitions
        walk = best = await self._walk(oid, repetitions)
        while walk.is_abrupt and repetitions > 1:
            # All values are at their end, or an answer found no room and says so with none.
            if not walk.values and (self._is_size_proved or not await self._is_there(oid)):
                break
            repetitions //= 2
            again = await self._walk(oid, repetitions)
            if len(again.values) > len(best.values) or not again.is_abrupt:
                best = again
                self._repetitions = repetitions
            elif walk.values and len(again.values) == len(walk.values) and not again.problem:
                break
            walk = again
        return self._budget.column(best)

    async def _is_there(self, oid: str) -> bool:
        """Say whether anything stands under an OID: one value has room in every answer."""
        return bool((await self._walk(oid, 1, most=1)).values)

    async def _walk(self, oid: str, repetitions: int, *, most: int | None = None) -> Walk:
        walk, cut, last = Walk(), len(oid) + 1, 0
        place = GetIter(oid, repetitions)
        while not (walk.problem or (most is not None and len(walk.values) >= most)):
            if self._budget.is_spent(walk):
                walk.problem = TOO_MUCH
                break
            try:
                rows = await self._asked(
                    lambda session: session._sock.send_get_bulk(place),
                    lambda session: session._sock.recv_get_bulk(place),
                )
            except (DeviceSilent, DeviceUnreadable, UserRefused) as exc:
                walk.ended_by(exc)
            else:
                if not rows:
                    walk.is_abrupt = last in (0, repetitions)
                    break
                last = len(rows)
                if last >= repetitions >= self._repetitions > 1:
                    self._is_size_proved = True
                if not _taken(cast(_Rows, rows), walk, cut):
                    break
        return walk

    async def _asked(
        self, send: Callable[[SnmpSession], None], receive: Callable[[SnmpSession], T]
    ) -> T | None:
        """Send one request and return its answer; None: the answer holds no value.

        Raises:
            DeviceSilent: no answer, or the time for this device is over.
            DeviceUnreadable: answers came, and none can be read.
            UserRefused: SNMP v3 says no.
        """
        error: Exception | None = None
        for _ in range(self._limits.tries):
            left_s = self._budget.request()
            try:
                async with asyncio.timeout(min(self._limits.request_s, left_s)):
                    session = await self._opened()
                    await session._send(lambda session=session: send(session))  # type: ignore[misc]
                    answer = await session._recv(lambda session=session: receive(session))  # type: ignore[misc]
            except StopAsyncIteration:
                answer = None
            except SnmpAuthError as exc:
                raise UserRefused(self._target.address, await self._refused_for()) from exc
            except (SnmpError, ValueError, RuntimeError) as exc:
                error = exc
                continue
            except OSError as exc:  # a time-out is one
                error = exc if not isinstance(error, SnmpError) else error
                continue
            except BaseException as exc:
                # The library's decoder panics on some garbage, past all its own errors.
                if type(exc).__module__ != PANICS:
                    raise
                error = SnmpError(str(exc))
                continue
            self._budget.answered()
            return answer
        if isinstance(error, OSError):
            if self._engine_id and self._is_encrypted() and not self._budget.has_answered:
                raise UserRefused(self._target.address, RefusedFor.PRIV_KEY) from error
            raise self._budget.unanswered() from error
        raise DeviceUnreadable(self._target.address) from error

    def _is_encrypted(self) -> bool:
        credentials = self._target.credentials
        return isinstance(credentials, UserKeys) and credentials.priv_key is not None

    async def _opened(self) -> SnmpSession:
        if self._session is None:
            session = opened(self._target, self._limits)
            try:
                await session.refresh()
            finally:
                # Its name is told to everybody; what comes after it is told to users only.
                is_v3 = isinstance(self._target.credentials, UserKeys)
                self._engine_id = session.get_engine_id() if is_v3 else b""
            self._session = session
        return self._session

    async def _refused_for(self) -> RefusedFor:
        """Ask without keys whom the device does not accept."""
        credentials = self._target.credentials
        if not isinstance(credentials, UserKeys):
            return RefusedFor.UNKNOWN
        message = question(self._engine_id, credentials.name, message_id=QUESTION_ID)
        place = (self._target.address, self._target.port)
        return refused_for(await exchanged(place, message, timeout_s=self._limits.request_s))


def opened(target: DeviceTarget, limits: AskingLimits) -> SnmpSession:
    """Return the library's session; nothing is sent yet."""
    credentials = target.credentials
    return SnmpSession(
        target.address,
        port=target.port,
        community=credentials.word if isinstance(credentials, Community) else "",
        user=_user(credentials) if isinstance(credentials, UserKeys) else None,
        timeout=limits.request_s,
        limit_rps=limits.requests_per_s,
    )


def _user(keys: UserKeys) -> User:
    auth = _AUTH[keys.auth](keys.auth_key.encode()) if keys.auth_key is not None else None
    priv = _PRIV[keys.priv](keys.priv_key.encode()) if keys.priv_key is not None else None
    return User(keys.name, auth_key=auth, priv_key=priv)


def _taken(rows: _Rows, walk: Walk, cut: int) -> bool:
    """Take the rows of one answer; return whether more are to be asked for."""
    before = len(walk.values)
    for row in rows:
        if row is None:  # what follows belongs to another table
            return False
        walk.take(row[0][cut:], row[1])
    if len(walk.values) == before:
        walk.problem = CIRCLE
    return True
