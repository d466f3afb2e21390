"""The door to pysnmp where it listens: one device's datagrams in, what they say and answers out.

Each device has an engine of its own, so that two may use the same word or user with other keys,
and nobody is let in by another's. Beyond what the library judges, what proves the device is
asked in full: v3 counts with both keys alone, and no message from before counts again; the
library would take one without any key, and one of yesterday.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import Enum

from pysnmp.carrier.base import AbstractTransportDispatcher
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.error import PySnmpError
from pysnmp.proto import rfc1902
from pysnmp.proto.api import v2c

from monitoring.collectors.snmp.pysnmp_values import octets, raw
from monitoring.collectors.snmp.reader import RawValue
from monitoring.collectors.snmp.target import AuthAlgorithm, Community, PrivAlgorithm, UserKeys
from monitoring.errors import LibraryFailed
from monitoring.listeners.traps.envelope import engine_of, request_of
from monitoring.listeners.traps.trap import Trap
from runtime.limits import BoundedMap

MOST_ENGINES = 4
"""Of one device: after a new card or a reset its engine may be called otherwise."""
TICK_S = 1.0
TIME_WINDOW_S = 150
"""RFC 3414, section 3.2, 7."""
_AUTH = {
    AuthAlgorithm.SHA1: config.USM_AUTH_HMAC96_SHA,
    AuthAlgorithm.SHA224: config.USM_AUTH_HMAC128_SHA224,
    AuthAlgorithm.SHA256: config.USM_AUTH_HMAC192_SHA256,
    AuthAlgorithm.SHA384: config.USM_AUTH_HMAC256_SHA384,
    AuthAlgorithm.SHA512: config.USM_AUTH_HMAC384_SHA512,
}
_PRIV = {
    PrivAlgorithm.AES128: config.USM_PRIV_CFB128_AES,
    PrivAlgorithm.AES192: config.USM_PRIV_CFB192_AES,
    PrivAlgorithm.AES256: config.USM_PRIV_CFB256_AES,
}
_KINDS = (v2c.SNMPv2TrapPDU.tagSet, v2c.InformRequestPDU.tagSet)
_UPTIME, _TRAP_OID = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.1.1.4.1.0"
_SECURITY = {"v2c": (2, 1), "v3": (3, 3)}
_DOMAIN = (1, 3, 6, 1, 6, 1, 1)

# RFC 3414, section 5: a wrong level, user, digest or key, as the reports that say so begin.
_REFUSALS = tuple(bytes.fromhex("2b060106030f0101") + bytes((which,)) for which in (1, 3, 5, 6))

Confirm = Callable[[], None]
Send = Callable[[bytes], None]


class Came(Enum):
    """What became of a datagram."""

    TRAP = "trap"
    QUESTION = "question"
    REFUSED = "refused"


class _Answers(AbstractTransportDispatcher):  # type: ignore[misc]
    """Where the library's answers go."""

    def __init__(self) -> None:
        super().__init__()
        self.send: Send = lambda _: None

    def send_message(self, message: bytes, domain: object, address: object) -> None:
        self.send(message)


class _EngineTime(rfc1902.Integer32):  # type: ignore[misc]
    """What time we say it is to senders of informs: the library's own is the wall clock's."""

    def __init__(self, value: int, now_s: Callable[[], float], **kept: object) -> None:
        super().__init__(value, **kept)
        self._now_s = now_s

    def clone(self, *_: object, **__: object) -> rfc1902.Integer32:
        return rfc1902.Integer32(int(self._now_s()))


class TrapReceiver:
    """Reads one device's notifications. Not for use by two threads at once.

    Args:
        engine_id, boots: whom senders of informs know us as, and how often we have begun.
        now_s: never set; of one beginning for all receivers of an engine, who are one to senders.

    `took` is given each notification that is proved, and what confirms an inform.

    Raises:
        LibraryFailed: no device can have a word, user or key like this.
    """

    def __init__(
        self,
        credentials: Community | UserKeys,
        engine_id: bytes,
        boots: int,
        *,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._credentials, self._now_s = credentials, now_s
        self._engine = SnmpEngine(rfc1902.OctetString(engine_id))
        self._own_engine_id = engine_id
        self._answers = _Answers()
        self._answers.set_timer_resolution(TICK_S)
        self._engine.register_transport_dispatcher(self._answers)
        self._times: BoundedMap[bytes, tuple[int, int, float]] = BoundedMap(MOST_ENGINES)
        self.took: Callable[[Trap, Confirm | None], None] = lambda *_: None
        self._said: tuple[object, ...] | None = None
        self._request_id: int | None = None
        self._claimed: tuple[bytes, int, int] = (b"", 0, 0)
        builder = self._engine.get_mib_builder()
        counted, timed = builder.import_symbols(
            "__SNMP-FRAMEWORK-MIB", "snmpEngineBoots", "snmpEngineTime"
        )
        counted.syntax = counted.syntax.clone(boots)
        timed.syntax = _EngineTime(0, now_s)
        if isinstance(credentials, Community):
            with _kept_inside():
                config.add_v1_system(self._engine, "device", octets(credentials.word))
            self._security = _SECURITY["v2c"]
        else:
            self._add_user(credentials, None)
            self._security = _SECURITY["v3"]
        self._engine.message_dispatcher.register_context_engine_id(b"", _KINDS, self._process)
        self._engine.observer.register_observer(self._heard, "rfc3414.processIncomingMsg")

    def receive(self, datagram: bytes, answer: Send, refuse: Send) -> Came:
        """Read one datagram; `answer` is given what is to be sent back.

        A question is how a sender of v3 finds out who and when we are. Whoever sends an inform by
        another user or key is answered by `refuse`, unless it is another device's.
        """
        came = Came.REFUSED

        def send(message: bytes) -> None:
            nonlocal came
            if any(refusal in message for refusal in _REFUSALS):
                refuse(bytes(message))
            else:
                came = Came.QUESTION
                answer(bytes(message))

        self._answers.send = send
        sender, self._request_id = self._sender(datagram), request_of(datagram)
        try:
            said = self._read(datagram)
            found = None if said is None else self._judged(said, answer)
        finally:
            self._forget(sender)
        if found is not None:
            self.took(*found)
            return Came.TRAP
        return came

    def _read(self, datagram: bytes) -> tuple[object, ...] | None:
        """Return what the library lets in; whatever its own code stumbles over is no message."""
        self._said = None
        try:
            self._engine.message_dispatcher.receive_message(
                self._engine, _DOMAIN, ("", 0), datagram
            )
        except Exception:  # noqa: BLE001 - bytes of a stranger; nothing of ours is decided in here
            return None
        return self._said

    def tick(self) -> None:
        """Let the library forget what has waited too long: to be called once in TICK_S."""
        self._answers.handle_timer_tick(self._now_s())

    def _sender(self, datagram: bytes) -> bytes | None:
        """Make the keys of an engine that is heard for the first time; return it then."""
        if isinstance(self._credentials, Community):
            return None
        engine_id = engine_of(datagram)
        if engine_id is None or engine_id == self._own_engine_id or engine_id in self._times:
            return None
        self._add_user(self._credentials, engine_id)
        return engine_id

    def _forget(self, engine_id: bytes | None) -> None:
        """Whoever has not proved itself leaves nothing behind."""
        if engine_id is not None and engine_id not in self._times:
            self._remove_user(engine_id)

    def _add_user(self, keys: UserKeys, engine_id: bytes | None) -> None:
        with _kept_inside():
            config.add_v3_user(
                self._engine,
                keys.name,
                _AUTH[keys.auth],
                octets(keys.auth_key or ""),
                _PRIV[keys.priv],
                octets(keys.priv_key or ""),
                securityEngineId=None if engine_id is None else rfc1902.OctetString(engine_id),
            )

    def _remove_user(self, engine_id: bytes) -> None:
        if isinstance(self._credentials, UserKeys):
            name = self._credentials.name
            with _kept_inside():
                config.delete_v3_user(self._engine, name, rfc1902.OctetString(engine_id))

    def _heard(self, _engine: object, _point: str, said: Mapping[str, object], _: object) -> None:
        """Note which time an engine says it is; it is not proved yet."""
        boots, time_s = (int(str(said[f"snmpEngine{name}"])) for name in ("Boots", "Time"))
        self._claimed = (bytes(said["securityEngineId"]), boots, time_s)  # type: ignore[call-overload]

    def _process(self, _: object, *said: object) -> None:
        """Take one that the library has let in. `said`: as its answer wants it back."""
        self._said = said

    def _judged(self, said: tuple[object, ...], answer: Send) -> tuple[Trap, Confirm | None] | None:
        """Return what a message says and what confirms it; None: it is not proved in full."""
        _, security, _, level, _, _, _, pdu, _, state = said
        if (int(str(security)), int(str(level))) != self._security or not self._is_of_now():
            return None
        trap = _trap(pdu, self._request_id)
        if trap is None or pdu.tagSet != v2c.InformRequestPDU.tagSet:  # type: ignore[attr-defined]
            return None if trap is None else (trap, None)
        engine = self._engine

        def confirm() -> None:
            self._answers.send = lambda message: answer(bytes(message))
            response = v2c.apiPDU.get_response(pdu)
            v2c.apiPDU.set_varbinds(response, v2c.apiPDU.get_varbinds(pdu))
            # Where it is too old whoever waited has asked again.
            with _kept_inside(), suppress(PySnmpError):
                engine.message_dispatcher.return_response_pdu(
                    engine, *said[:7], response, said[8], state, {}
                )

        return trap, confirm

    def _is_of_now(self) -> bool:
        """Whether a proved message of a sender's engine is of its present, as far as is known."""
        if isinstance(self._credentials, Community):
            return True
        engine_id, boots, time_s = self._claimed
        if engine_id == self._own_engine_id:
            return True  # by our own time: the library has looked
        now_s = self._now_s()
        last = self._times.get(engine_id)
        if last is not None:
            last_boots, last_time_s, then_s = last
            is_behind = time_s < last_time_s + (now_s - then_s) - TIME_WINDOW_S
            if boots < last_boots or (boots == last_boots and is_behind):
                return False
        elif len(self._times) >= MOST_ENGINES:
            self._remove_user(next(iter(self._times)))
        self._times[engine_id] = (boots, time_s, now_s)
        return True


@contextmanager
def _kept_inside() -> Iterator[None]:
    """Let no error of the library out: what it could not use stands in it, and would in the log."""
    try:
        yield
    except Exception as exc:  # noqa: BLE001 - whatever it raises holds what it was given
        raise LibraryFailed(type(exc).__name__) from None


def _trap(pdu: object, request_id: int | None) -> Trap | None:
    oid, uptime, values = None, None, list[tuple[str, RawValue]]()
    for name, value in v2c.apiPDU.get_varbinds(pdu):
        place, found = str(name), raw(value)
        if place == _TRAP_OID and oid is None and isinstance(found, str):
            oid = found
        elif place == _UPTIME and uptime is None and isinstance(found, int):
            uptime = found
        elif found is not None:
            values.append((place, found))
    if oid is None:
        return None
    if request_id is None:
        request_id = int(v2c.apiPDU.get_request_id(pdu))
    return Trap(oid, request_id, uptime, tuple(values))
