"""A power supply: what it answers is a recording that changes, and it says unasked when it does.

    python -m scripts.demo.lan.ups RECORDING TRAPS_PORT

SIGUSR1 takes the mains away, SIGUSR2 brings them back. RFC 1628, by SNMP v2c.
"""

import os
import signal
import socket
import sys
import time
from pathlib import Path

from pyasn1.codec.ber import encoder
from pysnmp.proto import api

from scripts.demo.lan.names import UPS_ADDRESS, UPS_WORD

_UPS = "1.3.6.1.2.1.33"
_TRAP_ON_BATTERY, _TRAP_ALARM_REMOVED = f"{_UPS}.2.1", f"{_UPS}.2.4"
_ALARM_DESCR, _ALARM_ON_BATTERY = f"{_UPS}.1.6.2.1.2.1", f"{_UPS}.1.6.3.2"
_MAINS, _BATTERY = 3, 5  # upsOutputSource
_V2C = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]


def recording(*, has_mains: bool) -> str:
    """Return what it answers, as snmpsim reads it."""
    return "\n".join(
        (
            "1.3.6.1.2.1.1.1.0|4|UPS 1 kVA",
            "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.9",
            "1.3.6.1.2.1.1.3.0|67:numeric|rate=100,initial=5000000",
            "1.3.6.1.2.1.1.5.0|4|ups-phong-hop",
            f"{_UPS}.1.2.1.0|2|2",
            f"{_UPS}.1.2.2.0|2|{0 if has_mains else 5}",
            f"{_UPS}.1.2.3.0|2|{42 if has_mains else 40}",
            f"{_UPS}.1.2.4.0|2|{100 if has_mains else 96}",
            f"{_UPS}.1.2.7.0|2|27",
            f"{_UPS}.1.4.1.0|2|{_MAINS if has_mains else _BATTERY}",
            f"{_UPS}.1.4.4.1.5.1|2|23",
            "",
        )
    )


def trap(*, has_mains: bool) -> bytes:
    """Return what it says unasked."""
    what = _TRAP_ALARM_REMOVED if has_mains else _TRAP_ON_BATTERY
    values = [
        ("1.3.6.1.2.1.1.3.0", _V2C.TimeTicks(5_000_000)),
        ("1.3.6.1.6.3.1.1.4.1.0", _V2C.ObjectIdentifier(what)),
    ]
    if has_mains:
        values.append((_ALARM_DESCR, _V2C.ObjectIdentifier(_ALARM_ON_BATTERY)))
    pdu, message = _V2C.TrapPDU(), _V2C.Message()
    _V2C.apiTrapPDU.set_defaults(pdu)
    _V2C.apiTrapPDU.set_varbinds(pdu, values)
    _V2C.apiMessage.set_defaults(message)
    _V2C.apiMessage.set_community(message, UPS_WORD)
    _V2C.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))


def put(file: Path, *, has_mains: bool) -> None:
    """Replace the recording; the second of its writing is another, by which snmpsim sees that."""
    draft = file.with_suffix(".new")
    draft.write_text(recording(has_mains=has_mains))
    if file.exists():
        written_s = max(int(draft.stat().st_mtime), int(file.stat().st_mtime) + 1)
        os.utime(draft, (written_s, written_s))
    draft.replace(file)


def main() -> None:
    """Be a power supply until ended."""
    file, port = Path(sys.argv[1]), int(sys.argv[2])
    wanted = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGINT)
    signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
    file.parent.mkdir(parents=True, exist_ok=True)
    put(file, has_mains=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((UPS_ADDRESS, 0))
        while (number := signal.sigwait(wanted)) in (signal.SIGUSR1, signal.SIGUSR2):
            has_mains = number == signal.SIGUSR2
            put(file, has_mains=has_mains)
            udp.sendto(trap(has_mains=has_mains), ("127.0.0.1", port))
            print(f"{time.time():.3f} {'mains' if has_mains else 'battery'}", flush=True)


if __name__ == "__main__":
    main()
