"""What `diemcau-room cameras` prints: the cameras that were found, and what to write for each."""

from collections.abc import Iterator, Sequence

from agent.room.onvif.messages import CameraAccount
from agent.room.onvif.search import Answered, CameraRefused, Stream, streams


def lines(cameras: Sequence[Answered], account: CameraAccount | None) -> Iterator[str]:
    """Yield the lines; each camera is asked as its turn comes."""
    if not cameras:
        yield "Không camera ONVIF nào trả lời trong mạng này. / No ONVIF camera answered here."
    for one in cameras:
        yield f"{one.host}  {one.camera.name}".rstrip()
        try:
            for stream in streams(one.service, account):
                yield f"    {_line(stream)}"
        except CameraRefused as exc:
            yield f"    {exc}"


def _line(stream: Stream) -> str:
    profile = stream.profile
    size = f"{profile.width}×{profile.height}" if profile.width else ""
    facts = " ".join(part for part in (profile.encoding, size, f"({profile.name})") if part)
    return f"{stream.address or '–'}  {facts}"
