"""The door to pysnmp: the second library behind the same protocol, to tell a device from a library.

It is all Python: thirty times the processor time of the first one, and weight. So nothing that
runs all the time imports this file. It takes no malformed datagram for an answer: what the first
one calls unreadable is silence here.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from pyasn1.error import PyAsn1Error
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch import asyncio as v3arch
from pysnmp.proto import errind

from monitoring.collectors.snmp.budget import CIRCLE, TOO_MUCH, Budget, Walk
from monitoring.collectors.snmp.pysnmp_values import octets, raw
from monitoring.collectors.snmp.reader import Column, RawValue
from monitoring.collectors.snmp.refusal import QUESTION_ID, exchanged, question
from monitoring.collectors.snmp.target import (
    AskingLimits,
    AuthAlgorithm,
    Community,
    DeviceTarget,
    PrivAlgorithm,
    UserKeys,
)
from monitoring.errors import DeviceSilent, DeviceUnreadable, RefusedFor, UserRefused

_AUTH = {
    AuthAlgorithm.SHA1: v3arch.USM_AUTH_HMAC96_SHA,
    AuthAlgorithm.SHA224: v3arch.USM_AUTH_HMAC128_SHA224,
    AuthAlgorithm.SHA256: v3arch.USM_AUTH_HMAC192_SHA256,
    AuthAlgorithm.SHA384: v3arch.USM_AUTH_HMAC256_SHA384,
    AuthAlgorithm.SHA512: v3arch.USM_AUTH_HMAC384_SHA512,
}
_PRIV = {
    PrivAlgorithm.AES128: v3arch.USM_PRIV_CFB128_AES,
    PrivAlgorithm.AES192: v3arch.USM_PRIV_CFB192_AES,
    PrivAlgorithm.AES256: v3arch.USM_PRIV_CFB256_AES,
}
_REFUSED = {
    errind.UnknownUserName: RefusedFor.USER,
    errind.UnknownSecurityName: RefusedFor.USER,
    errind.WrongDigest: RefusedFor.AUTH_KEY,
    errind.AuthenticationFailure: RefusedFor.AUTH_KEY,
    errind.DecryptionError: RefusedFor.PRIV_KEY,
    errind.UnsupportedSecurityLevel: RefusedFor.UNKNOWN,
}
_TOO_BIG = 1

_Rows = list[tuple[str, RawValue | None]]


class PysnmpReader:
    """Asks one device, a request at a time, inside `async with`."""

    def __init__(
        self,
        target: DeviceTarget,
        limits: AskingLimits,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._target = target
        self._limits = limits
        self._monotonic = monotonic
        self._budget = Budget(target, limits, monotonic)
        self._engine = v3arch.SnmpEngine()
        self._credentials = _credentials(target.credentials)
        self._place: Any = None
        self._repetitions = limits.repetitions
        self._next_s = 0.0

    async def __aenter__(self) -> Self:
        target, limits = self._target, self._limits
        kind = v3arch.Udp6TransportTarget if ":" in target.address else v3arch.UdpTransportTarget
        try:
            self._place = await kind.create(
                (target.address, target.port), timeout=limits.request_s, retries=limits.tries - 1
            )
        except (PySnmpError, OSError) as exc:  # no way leads there
            self._engine.close_dispatcher()
            raise DeviceSilent(target.address, target.port) from exc
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._engine.close_dispatcher()

    async def scalars(self, oids: Sequence[str]) -> Mapping[str, RawValue]:
        """Return the values of those OIDs that the device knows.

        Raises:
            DeviceSilent, UserRefused, DeviceUnreadable: the device has not answered anything yet.
        """
        return await self._budget.scalars(oids, self._some)

    async def _some(self, oids: Sequence[str]) -> dict[str, RawValue]:
        rows = await self._asked(
            lambda who: v3arch.get_cmd(*who, *map(_asked_for, oids), lookupMib=False)
        )
        if rows is None and len(oids) > 1:
            singly: dict[str, RawValue] = {}
            for oid in oids:
                singly |= await self._some([oid])
            return singly
        return self._budget.counted({oid: raw for oid, raw in rows or () if raw is not None})

    async def column(self, oid: str) -> Column:
        """Return what stands under an OID, as far as the limits go."""
        walk, place = Walk(), oid
        while not walk.problem:
            if self._budget.is_spent(walk):
                walk.problem = TOO_MUCH
                break
            before = len(walk.values)
            try:
                rows = await self._part(place)
            except (DeviceSilent, DeviceUnreadable, UserRefused) as exc:
                walk.ended_by(exc)
            else:
                if _taken(rows, f"{oid}.", walk):
                    break
                if len(walk.values) == before:
                    walk.problem = CIRCLE
                place = rows[-1][0]
        return self._budget.column(walk)

    async def _part(self, place: str) -> _Rows:
        """Return what follows a place; smaller parts are asked for where one is too big."""
        while True:
            repetitions = self._repetitions
            rows = await self._asked(
                lambda who, count=repetitions: v3arch.bulk_cmd(  # type: ignore[misc]
                    *who, 0, count, _asked_for(place), lookupMib=False
                )
            )
            if rows is not None:
                return rows
            if repetitions == 1:
                raise DeviceUnreadable(self._target.address)
            self._repetitions = repetitions // 2

    async def _asked(self, request: Callable[[tuple[Any, ...]], Awaitable[Any]]) -> _Rows | None:
        """Send one request and return its answer; None: it was too big.

        Raises:
            DeviceSilent: no answer, or the time for this device is over.
            DeviceUnreadable: the library could not go on with what came.
            UserRefused: SNMP v3 says no.
        """
        await self._wait_for_turn()
        left_s = self._budget.request()
        who = (self._engine, self._credentials, self._place, v3arch.ContextData())
        try:
            async with asyncio.timeout(left_s):
                error, status, _, bound = await request(who)
        except TimeoutError as exc:
            raise self._budget.silent(is_out_of_time=True) from exc
        except OSError as exc:
            raise self._budget.silent() from exc
        except (PySnmpError, PyAsn1Error) as exc:
            raise DeviceUnreadable(self._target.address) from exc
        if error is not None:
            await self._refuse(error)
        self._budget.answered()
        if int(status) == _TOO_BIG:
            return None
        return [(str(name), raw(value)) for name, value in bound] if not int(status) else []

    async def _refuse(self, error: errind.ErrorIndication) -> None:
        """Raise what an error of the library means."""
        target = self._target
        refused = _REFUSED.get(type(error))
        if refused is not None:
            raise UserRefused(target.address, refused)
        if isinstance(error, errind.RequestTimedOut):
            if not self._budget.has_answered and await self._is_key_in_doubt():
                raise UserRefused(target.address, RefusedFor.PRIV_KEY)
            raise self._budget.unanswered()
        raise DeviceUnreadable(target.address)

    async def _is_key_in_doubt(self) -> bool:
        """Say whether a device is there that answers everybody, only not what we encrypt."""
        keys = self._target.credentials
        if not isinstance(keys, UserKeys) or keys.priv_key is None:
            return False
        place = (self._target.address, self._target.port)
        message = question(b"", "", message_id=QUESTION_ID)
        return await exchanged(place, message, timeout_s=self._limits.request_s) is not None

    async def _wait_for_turn(self) -> None:
        now_s = self._monotonic()
        if self._next_s > now_s:
            await asyncio.sleep(self._next_s - now_s)
        self._next_s = max(now_s, self._next_s) + 1 / self._limits.requests_per_s


def _credentials(credentials: Community | UserKeys) -> object:
    if isinstance(credentials, Community):
        word = octets(credentials.word)
        return v3arch.CommunityData(word, mpModel=1)  # noqa: S508 - what switches speak
    return v3arch.UsmUserData(
        credentials.name,
        octets(credentials.auth_key) if credentials.auth_key else None,
        octets(credentials.priv_key) if credentials.priv_key else None,
        authProtocol=_AUTH[credentials.auth] if credentials.auth_key else v3arch.USM_AUTH_NONE,
        privProtocol=_PRIV[credentials.priv] if credentials.priv_key else v3arch.USM_PRIV_NONE,
    )


def _taken(rows: _Rows, root: str, walk: Walk) -> bool:
    """Take the rows of one answer; return whether the column is at its end."""
    for oid, value in rows:
        if value is None or not oid.startswith(root):
            return True
        walk.take(oid.removeprefix(root), value)
    return not rows


def _asked_for(oid: str) -> object:
    return v3arch.ObjectType(v3arch.ObjectIdentity(oid))
