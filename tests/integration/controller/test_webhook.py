"""A signed webhook, received by the very lines that docs/webhooks.md gives to others."""

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from controller.incidents import courier, webhook
from controller.incidents.channel_entered import ChannelEntered, ChannelPlace
from controller.incidents.channels import AlertChannels
from controller.incidents.parcel import Delivery, Parcel
from tests.integration.controller.centre import Centre
from tests.integration.controller.test_alerts import LINK, queue, sending, states
from tests.waiting import until

pytestmark = pytest.mark.timeout(500)

KEY = "khoa-ky-rat-bi-mat-01"
Received = Callable[[Mapping[str, str], bytes, bytes], dict[str, object] | None]


def documented() -> Received:
    """Return the receiver of the documentation."""
    text = (Path(__file__).parents[3] / "docs/webhooks.md").read_text()
    [lines] = re.findall(r"```python\n(.*?)```", text, re.S)
    found: dict[str, Received] = {}
    exec(lines, found)  # noqa: S102 - that is what is tested
    return found["received"]


class Receiver(BaseHTTPRequestHandler):
    """Takes what comes, and refuses as often as it is told to."""

    refuses: list[int]
    taken: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        """Take a message."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((dict(self.headers), body))
        status = self.refuses.pop() if self.refuses else 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def receiver(*refuses: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Give a receiver's address and what it took."""
    taken: list[tuple[dict[str, str], bytes]] = []
    kind = type("One", (Receiver,), {"refuses": list(refuses), "taken": taken})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook?to=truc", taken
        finally:
            server.shutdown()
            thread.join()


def parcel(url: str) -> Parcel:
    place = ChannelPlace(url=url)
    return Parcel("webhook", place, KEY, "Xã Phú Hộ", "Mất", "alert-1", "told", 7, "high", LINK)


async def test_it_goes_out_signed_and_is_tried_again_under_the_same_name(
    sqlite_centre: Centre,
) -> None:
    centre, received = sqlite_centre, documented()
    with receiver(302, 500) as (url, taken):
        entered = ChannelEntered(kind="webhook", name="Zalo", hook=url, key=KEY)
        centre.web.part(AlertChannels).add(entered, actor="admin")
        queue(centre, 0)
        async with sending(centre):
            await until(lambda: states(centre) == ["sent"], timeout_s=300, what="it is taken")
    assert len(taken) == 3
    messages = [received(headers, body, KEY.encode()) for headers, body in taken]
    assert messages[0] is not None and messages[0] == messages[1] == messages[2]
    assert messages[0]["title"] == "Sự cố hạng 0"
    assert (messages[0]["event"], messages[0]["priority"]) == ("told", "normal")
    headers, body = taken[0]
    assert received(headers, body, b"another key of others") is None
    assert received(headers, body.replace(b"0", b"1"), KEY.encode()) is None
    late = headers | {"X-Diemcau-Timestamp": "1"}
    late["X-Diemcau-Signature"] = webhook.signature(KEY, 1, body)
    assert received(late, body, KEY.encode()) is None


@pytest.mark.parametrize(
    ("url", "fate"),
    [("http://127.0.0.1:1/", "unreachable"), ("http://127.0.0.1:x/", "address"),
     ("http://[::1/", "address")],
)  # fmt: skip
def test_what_goes_wrong_is_told_and_never_raised(url: str, fate: str) -> None:
    assert webhook.send(parcel(url), now_s=1).fate == fate


async def test_a_child_delivers_it_and_a_refusal_has_its_number() -> None:
    with receiver(429) as (url, taken):
        assert await courier.deliver(parcel(url), limit_s=200) == Delivery("refused", "429")
        assert await courier.deliver(parcel(url), limit_s=200) == Delivery("sent")
    said = json.loads(taken[1][1])
    assert (said["incident"], said["take_link"], said["link"]) == (7, None, LINK)
