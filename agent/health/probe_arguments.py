"""The command line of `diemcau-agent probe`. Imports nothing of SNMP: every command passes here."""

from argparse import ArgumentTypeError
from pathlib import Path

from runtime.command_line import CommandParser, Commands, both

COMMUNITY_ENV = "DIEMCAU_SNMP_COMMUNITY"
AUTH_ENV, PRIV_ENV = "DIEMCAU_SNMP_AUTH_KEY", "DIEMCAU_SNMP_PRIV_KEY"
AUTH_ALGORITHMS = ("SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
PRIV_ALGORITHMS = ("AES", "AES-192", "AES-256")
LIBRARIES = ("gufo-snmp", "pysnmp")
LEAST_WAIT_S, WAIT_S, MOST_WAIT_S = 0.1, 2.0, 30.0

_HOST = both("tên, IPv4 hoặc [IPv6]; cổng 161", "name, IPv4 or [IPv6]; port 161")
FOR_PROGRAMS = both("cho chương trình", "for programs")

EXAMPLES = """\
ví dụ / examples:
  diemcau-agent probe snmp 192.168.1.2 --community public
  diemcau-agent probe snmp 192.168.1.2:1161 --community-file community.txt --json
  diemcau-agent probe snmp ups.xa.example --user giamsat \\
      --auth-key-file auth.key --priv-key-file priv.key --auth SHA-256 --priv AES
"""

TRACE_EXAMPLES = """\
ví dụ / examples:
  diemcau-agent probe trace hop.tinh.example
  diemcau-agent probe trace 203.0.113.9 --json
  diemcau-agent probe trace [2001:db8::9]
"""


def add_to(commands: Commands, epilog: str) -> None:
    """Add `probe snmp` and `probe trace` to the command line."""
    probe = commands.add_parser(
        "probe", help="hỏi một thiết bị, dò một đường / ask a device, trace a way"
    )
    kinds = probe.add_subparsers(dest="kind", required=True, metavar="KIND")
    _add_trace(kinds, epilog)
    snmp = kinds.add_parser(
        "snmp",
        help="switch, bộ định tuyến, bộ lưu điện, bằng SNMP / a switch, a router, a UPS, by SNMP",
        description="Hỏi một thiết bị bằng SNMP và cho xem máy hiểu gì. Chỉ đọc, không cần ghi "
        "danh. Không rõ thì ghi null (? cho người đọc), lý do ở problems.\nAsk a device by SNMP "
        "and show what the agent makes of it. Only reads; needs no enrolment. Unknown is null "
        "(? for people), and why is said under problems.",
        epilog=f"{EXAMPLES}\n{epilog}",
    )
    snmp.add_argument("device", metavar="HOST[:PORT]", help=_HOST)
    snmp.add_argument("--json", action="store_true", help=FOR_PROGRAMS)
    snmp.add_argument(
        "--timeout", type=_seconds, default=WAIT_S, metavar="SECONDS",
        help=both(
            "chờ mỗi câu trả lời bao lâu, ba lần",
            "how long to wait for one answer, three times "
            f"({LEAST_WAIT_S:g} … {MOST_WAIT_S:g}; %(default)g)",
        ),
    )  # fmt: skip
    snmp.add_argument(
        "--library", choices=LIBRARIES, default=LIBRARIES[0],
        help=both(
            "thư viện dùng để hỏi; đổi thư viện để biết lỗi do thiết bị hay do thư viện",
            "which one asks; the second tells a device from a library (%(default)s)",
        ),
    )  # fmt: skip
    _add_proof(snmp)


def _add_proof(snmp: CommandParser) -> None:
    """Add what proves who asks: a word of v2c, or a user of v3 and two keys."""
    v2c = snmp.add_argument_group("SNMP v2c").add_mutually_exclusive_group()
    v2c.add_argument(
        "--community", metavar="WORD",
        help=both(
            f"hiện trong danh sách tiến trình: nên dùng tệp hoặc biến {COMMUNITY_ENV}",
            "is seen in the list of processes: prefer a file, or the variable",
        ),
    )  # fmt: skip
    v2c.add_argument(
        "--community-file", type=Path, metavar="FILE",
        help=both("tệp chỉ chứa community", "holds the community alone"),
    )  # fmt: skip
    v3 = snmp.add_argument_group("SNMP v3")
    v3.add_argument(
        "--user", metavar="NAME",
        help=both(
            "có tên này thì dùng v3; khóa là cụm mật khẩu",
            "with it v3 is spoken; keys are passphrases",
        ),
    )  # fmt: skip
    for name, vi, en, variable in (
        ("auth", "khóa xác thực", "the authentication key", AUTH_ENV),
        ("priv", "khóa mã hóa", "the privacy key", PRIV_ENV),
    ):
        v3.add_argument(
            f"--{name}-key-file", type=Path, metavar="FILE",
            help=both(f"tệp chứa {vi}, hoặc biến {variable}", f"holds {en}; or the variable"),
        )  # fmt: skip
    v3.add_argument(
        "--auth", choices=AUTH_ALGORITHMS, default="SHA-256",
        help=both("thuật toán ký (%(default)s)", "how it signs"),
    )  # fmt: skip
    v3.add_argument(
        "--priv", choices=PRIV_ALGORITHMS, default="AES",
        help=both("thuật toán mã hóa (%(default)s)", "how it encrypts"),
    )  # fmt: skip


def _add_trace(kinds: Commands, epilog: str) -> None:
    trace = kinds.add_parser(
        "trace",
        help="đường tới một máy, từng hop / the way to a host, hop by hop",
        description="Dò đường tới một máy: từng hop với địa chỉ, thời gian khứ hồi, gói mất, và "
        "đường dừng ở đâu. Không cần quyền root, không cần ghi danh.\nTrace the way to a host: "
        "each hop with its address, round trips, what was lost, and where it ends. By UDP, at most "
        "30 hops, 100 packets, 10 s. Needs no rights and no enrolment.",
        epilog=f"{TRACE_EXAMPLES}\n{epilog}",
    )
    trace.add_argument(
        "host",
        metavar="HOST[:PORT]",
        help="tên, IPv4 hoặc [IPv6]; cổng 33434, nơi không ai nghe / "
        "name, IPv4 or [IPv6]; port 33434, where nobody listens",
    )
    trace.add_argument("--json", action="store_true", help=FOR_PROGRAMS)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not LEAST_WAIT_S <= seconds <= MOST_WAIT_S:
        limits = f"{LEAST_WAIT_S:g}…{MOST_WAIT_S:g}"
        raise ArgumentTypeError(
            both(f"“{text}” không phải là số giây trong {limits}", f"not seconds within {limits}")
        )
    return seconds
