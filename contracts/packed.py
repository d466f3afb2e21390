"""Reports in fewer bytes: one for a line that is charged by volume, several of the past for any.

zlib (RFC 1950) with a dictionary that both ends have: a report says the same names each time, and
a third of it goes without one, a sixth with it. The header names the dictionary. JSON begins with
a brace and zlib never does: whoever reads, takes either. Several are a JSON array of reports, and
only ever packed.
"""

import zlib
from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from contracts.errors import MalformedPayload

MAX_PACK = 32
"""Reports in one pack: five minutes of them, which the centre adds up at once."""
_LEVEL = 9
_PACK_LEVEL = 6  # 9 takes a tenth of a percent off the line and twice the time
_FIRST_BYTE = 0x78  # RFC 1950, section 2.2: deflate with a window of 32 KiB
_NAME = "Packed"
_each = msgspec.json.Decoder(Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=MAX_PACK)])

# Never changed: a new one stands beside it. What is likeliest stands last (section 2.2 again).
DICTIONARY = (
    b'"kind":"media","meeting_id":"","is_sending":true,"slots":[{"slot":"stage","shown_number":,'
    b'"frames":,"packets":,"bitrate_bps":,"mos":"heard_numbers":['
    b'"kind":"bandwidth","sent":,"received":,"train_bytes":,"available_bps":,"confidence_ratio":,'
    b'"down_bps":,"down_confidence_ratio":'
    b'"kind":"inventory","hostname":"","system":"Debian GNU/Linux 12","agent_version":"",'
    b'"processor":"Intel(R) ","processor_count":4,"memory_bytes":,"disk_bytes":,"interfaces":[{'
    b'"name":"enp1s0","mac":"","mtu":1500,"speed_bps":1000000000,"duplex":"full","addresses":["192.'
    b'168.1."],"is_uplink":true}],"virtual_interfaces":,"machine":{"maker":"","model":"","serial":"'
    b'"boot":{'
    b'"kind":"snmp","devices":[{"device_id":"","asked_at":"","device":{"sys_descr":"","sys_object_id'
    b'":"1.3.6.1.4.1.","sys_name":"","uptime_s":,"interfaces":[{"index":1,"name":"","is_up":true,'
    b'"in_octets":,"out_octets":,"counter_bits":64},{"ups":{"charge_percent":100,"runtime_s":,"load_'
    b'percent":,"on_battery":false},"sensors":[{"problems":["neighbours":['
    b'"dhcp":{"leases":[{"interface":"","address":"192.168.","left_s":,"whole_s":86400,"server":"'
    b'"segment":{"figures":{"segment_devices_count":},"neighbours":[{"address":"","mac":"","maker":"'
    b'"total":'
    b'"disk":{"disk_ratio":0.,"inode_ratio":0.,"file_systems":[{"mount":"/","source":"/dev/","kind":'
    b'"ext4","bytes_total":,"bytes_free":,"inodes_total":,"inodes_free":'
    b'"disks":{"figures":{"disk_temperature_c":},"disks":[{"name":"","model":"","serial":"","is_well'
    b'":true,"power_on_hours":,"written_bytes":,"worn_ratio":0.0'
    b'"throttling":{"figures":{"throttled_ratio":0.0}},"screens":{"screens":[{"connector":"HDMI-A-1"'
    b',"is_plugged":true,'
    b'"camera":{"state":"closed","name":""},"microphone":{"state":"closed","name":""}},"devices":{}'
    b'"dns":{"figures":{"dns_rtt_ms":},"asked":"","resolvers":[{"address":"192.168.1.1","answer":"'
    b'answers","rtt_ms":}]}'
    b'"uplink":{"interface":"wwan0","is_metered":true,"month_began_at":"2026-","month_ends_at":"2026'
    b'-","own_bytes":,"interface_bytes":,"budget_bytes":},"modem":{"figures":{"rsrp_dbm":-,"'
    b'rsrq_db":-,"snr_db":},"interface":"wwan0","operator":"Viettel","technology":"lte"},'
    b'"failures":[{"collector":"","error":"","duration_ms":}]'
    b'{"outbox_id":"","seq":,"measured_at":"2026-12-01T00:00:00.000000Z","boot_id":"","monotonic_ms"'
    b':,"clock":{"source":"ntp","error_ms":},"body":{"kind":"sections","host":{"cpu_ratio":0.0,"'
    b'memory_ratio":0.,"uptime_s":,"temperature_c":},"interfaces":{"rates":[{"name":"wwan0","has_'
    b'carrier":true,"rx_bps":,"tx_bps":,"recent_packets":,"errors_total":,"drops_total":},{"name":"'
    b'(virtual)","has_carrier":true,"kind":"virtual","count":]},"gateway":{"address":"192.168.1.1",'
    b'"rtt_ms":0.},"line":{"sent":7,"received":7,"rtt_ms":,"rtt_min_ms":,"rtt_max_ms":,"jitter_ms":'
    b',"up":{"sent":7,"received":7,"jitter_ms":,"delay_ms":,"transit_ms":},"down":{"sent":7,"'
    b'received":7,"jitter_ms":,"delay_ms":,"transit_ms":},"minute":{"sent":,"received":,"rtt":[[1'
    b',1],[,1]],"up":[[0,1],[,1]],"down":[[0,1],[,1]]}},"room":{"media":"idle","load":{"figures":{"'
    b'load_1min_count":0.,"swap_ratio":0.0}}}},"schema_version":1}'
)


def packed(payload: bytes) -> bytes:
    """Return a payload in fewer bytes, for the report's topic alone."""
    return _deflated(payload, _LEVEL)


def together(payloads: Sequence[bytes]) -> bytes:
    """Return several reports' payloads as one; MAX_PACK and 64 KiB before packing are read."""
    return _deflated(b"[" + b",".join(payloads) + b"]", _PACK_LEVEL)


def _deflated(payload: bytes, level: int) -> bytes:
    deflating = zlib.compressobj(level, zdict=DICTIONARY)
    return deflating.compress(payload) + deflating.flush()


def unpacked(payload: bytes, *, most_bytes: int) -> bytes:
    """Return a payload as it was before it was packed, and one that never was as it is.

    Raises:
        MalformedPayload: it is damaged, of another dictionary, not all, or longer than is read.
    """
    if not payload or payload[0] != _FIRST_BYTE:
        return payload
    inflating = zlib.decompressobj(zdict=DICTIONARY)
    try:
        whole = inflating.decompress(payload, most_bytes + 1)
    except zlib.error as exc:
        raise MalformedPayload(_NAME, str(exc)) from exc
    if len(whole) > most_bytes:
        raise MalformedPayload(_NAME, f"more than {most_bytes} bytes once unpacked")
    if not inflating.eof or inflating.unused_data:
        raise MalformedPayload(_NAME, "not one whole packed payload")
    return whole


def apart(payload: bytes) -> list[bytes] | None:
    """Return the payloads of an unpacked payload of several reports; None: it is of one.

    What is in them is not looked at: one that is damaged spoils no other.

    Raises:
        MalformedPayload: it is no array, of none, or of more than are read.
    """
    if payload[:1] != b"[":
        return None
    try:
        return [bytes(one) for one in _each.decode(payload)]
    except (msgspec.MsgspecError, RecursionError, ValueError) as exc:
        raise MalformedPayload(_NAME, str(exc)[:200]) from exc
