"""Fragments of session descriptions for trickle ICE and ICE restarts (RFC 8840, RFC 9725).

Credentials and candidates stand below the m-line of the bundle's transport; a
fragment that has the credentials at its top is read as well.
"""

from collections.abc import Sequence

from media.errors import MalformedSdp
from media.wire.ice_credentials import Credentials
from media.wire.sdp import MAX_ATTRIBUTE_CHARS, Candidate, candidate_line

CONTENT_TYPE = "application/trickle-ice-sdpfrag"


def parse(text: str) -> Credentials:
    """Return the credentials that a fragment holds; empty where it has none.

    Raises:
        MalformedSdp: it is none: empty, or made of other lines.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not any(line.startswith("a=") for line in lines):
        raise MalformedSdp("The fragment has no a= line.")
    if any(line[1:2] != "=" or len(line) > MAX_ATTRIBUTE_CHARS for line in lines):
        raise MalformedSdp("Every line of a fragment has the form letter=value.")
    return Credentials(_first(lines, "ice-ufrag"), _first(lines, "ice-pwd"))


def _first(lines: Sequence[str], name: str) -> str:
    prefix = f"a={name}:"
    return next((line.removeprefix(prefix) for line in lines if line.startswith(prefix)), "")


def render(
    credentials: Credentials,
    *,
    mid: str,
    is_lite: bool = False,
    candidates: Sequence[Candidate] = (),
) -> str:
    """Return the text of a fragment for one bundle, whose first member is `mid`."""
    lines = ["a=ice-lite"] if is_lite else []
    lines += [
        "a=ice-options:ice2",
        f"a=group:BUNDLE {mid}",
        "m=audio 9 UDP/TLS/RTP/SAVPF 0",
        f"a=mid:{mid}",
        *credentials.lines,
    ]
    lines += [candidate_line(candidate) for candidate in candidates]
    if candidates:
        lines.append("a=end-of-candidates")
    return "\r\n".join(lines) + "\r\n"
