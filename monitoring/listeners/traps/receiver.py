"""The door to pysnmp where it listens: one device's datagrams in, what they say and answers out.

Each device has an engine of its own, so that two may use the same word or user with other keys,
and nobody is let in by another's. Beyond what the library judges, what proves the device is
asked in full: v3 counts with both keys alone, and no message from before counts again; the
library would take one without any key, and one of yesterday.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum

from pyasn1.error import PyAsn1Error
from pysnmp.carrier.base import AbstractTransportDispatcher
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.error import PySnmpError
from pysnmp.proto import rfc1902
from pysnmp.proto.api import v2c

from monitoring.collectors.snmp.pysnmp_values import raw
from monitoring.collectors.snmp.reader import RawValue
from monitoring.collectors.snmp.target import AuthAlgorithm, Community, PrivAlgorithm, UserKeys
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

# What the library makes of bytes that nobody has proved: whatever its own code stumbles over.
_UNREADABLE = (
    PySnmpError, PyAsn1Error, RecursionError, ValueError, TypeError, AttributeError, LookupError,
)  # fmt: skip

Confirm = Callable[[], None]


class Came(Enum):
    """What became of a datagram."""

    TRAP = "trap"
    QUESTION = "question"
    REFUSED = "refused"


class _Answers(AbstractTransportDispatcher):  # type: ignore[misc]
    """Where the library's answers go."""

    def __init__(self) -> None:
        super().__init__()
        self.send: Callable[[bytes], None] = lambda _: None

    def send_message(self, message: bytes, domain: object, address: object) -> None:
        self.send(message)


class TrapReceiver:
    """Reads one device's notifications. Not for use by two threads at once.

    Args:
        engine_id, boots: whom senders of informs know us as, and how often we have begun.

    `took` is given each notification that is proved, and what confirms an inform.
    """

    def __init__(
        self,
        credentials: Community | UserKeys,
        engine_id: bytes,
        boots: int,
        *,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        self._credentials, self._now_s = credentials, now_s
        self._engine = SnmpEngine(rfc1902.OctetString(engine_id))
        self._own_engine_id = engine_id
        self._answers = _Answers()
        self._answers.set_timer_resolution(TICK_S)
        self._engine.register_transport_dispatcher(self._answers)
        self._times: BoundedMap[bytes, tuple[int, int, float]] = BoundedMap(MOST_ENGINES)
        self.took: Callable[[Trap, Confirm | None], None] = lambda *_: None
        self._found: tuple[Trap, Confirm | None] | None = None
        self._request_id: int | None = None
        self._claimed: tuple[bytes, int, int] = (b"", 0, 0)
        builder = self._engine.get_mib_builder()
        [counted] = builder.import_symbols("__SNMP-FRAMEWORK-MIB", "snmpEngineBoots")
        counted.syntax = counted.syntax.clone(boots)
        if isinstance(credentials, Community):
            config.add_v1_system(self._engine, "device", credentials.word)
            self._security = _SECURITY["v2c"]
        else:
            self._add_user(credentials, None)
            self._security = _SECURITY["v3"]
        self._engine.message_dispatcher.register_context_engine_id(b"", _KINDS, self._process)
        self._engine.observer.register_observer(self._heard, "rfc3414.processIncomingMsg")

    def receive(self, datagram: bytes, answer: Callable[[bytes], None]) -> Came:
        """Read one datagram; `answer` is given what is to be sent back.

        Whatever was not asked for a trap, of which the library may answer some, is a question.
        """
        self._found, is_answered = None, False

        def send(message: bytes) -> None:
            nonlocal is_answered
            is_answered = True
            answer(bytes(message))

        self._answers.send = send
        sender, self._request_id = self._sender(datagram), request_of(datagram)
        try:
            self._engine.message_dispatcher.receive_message(
                self._engine, _DOMAIN, ("", 0), datagram
            )
        except _UNREADABLE:
            self._found = None
        finally:
            self._forget(sender)
        if (found := self._take_found()) is not None:
            self.took(*found)
            return Came.TRAP
        return Came.QUESTION if is_answered else Came.REFUSED

    def _take_found(self) -> tuple[Trap, Confirm | None] | None:
        return self._found

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
        config.add_v3_user(
            self._engine,
            keys.name,
            _AUTH[keys.auth],
            keys.auth_key,
            _PRIV[keys.priv],
            keys.priv_key,
            securityEngineId=None if engine_id is None else rfc1902.OctetString(engine_id),
        )

    def _remove_user(self, engine_id: bytes) -> None:
        if isinstance(self._credentials, UserKeys):
            name = self._credentials.name
            config.delete_v3_user(self._engine, name, rfc1902.OctetString(engine_id))

    def _heard(self, _engine: object, _point: str, said: Mapping[str, object], _: object) -> None:
        """Note which time an engine says it is; it is not proved yet."""
        boots, time_s = (int(str(said[f"snmpEngine{name}"])) for name in ("Boots", "Time"))
        self._claimed = (bytes(said["securityEngineId"]), boots, time_s)  # type: ignore[call-overload]

    def _process(self, engine: SnmpEngine, *said: object) -> None:
        """Take one that the library has let in. `said`: as its answer wants it back."""
        _, security, _, level, _, _, _, pdu, _, state = said
        if (int(str(security)), int(str(level))) != self._security or not self._is_of_now():
            return
        trap = _trap(pdu, self._request_id)
        if trap is None:
            return
        if pdu.tagSet != v2c.InformRequestPDU.tagSet:  # type: ignore[attr-defined]
            self._found = (trap, None)
            return
        send = self._answers.send

        def confirm() -> None:
            self._answers.send = send
            answer = v2c.apiPDU.get_response(pdu)
            v2c.apiPDU.set_varbinds(answer, v2c.apiPDU.get_varbinds(pdu))
            with suppress(PySnmpError):  # it is too old: whoever waited has asked again
                engine.message_dispatcher.return_response_pdu(
                    engine, *said[:7], answer, said[8], state, {}
                )

        self._found = (trap, confirm)

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
