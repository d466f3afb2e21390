"""What is read in the mailbox is what the centre has written."""

import socket
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

from controller.incidents import mail
from controller.incidents.channel_entered import ChannelPlace
from controller.incidents.parcel import Parcel
from scripts.demo.check import letters
from scripts.demo.check.letters import Letter
from tests.waiting import until_blocking

ALERT = (
    "Mất liên lạc với Xã Đà Bắc. Từ 14:05. Thuộc về: nhà mạng. Cần làm: Báo nhà mạng. "
    "https://10.77.0.1:8443/incidents/12"
)


def written(port: int, title: str, text: str) -> None:
    place = ChannelPlace(host="127.0.0.1", port=port, security="none", sender="a@b.vn",
                         recipients=("c@d.vn",))  # fmt: skip
    assert mail.send(Parcel("mail", place, "", title, text, "m-1")).fate == "sent"


def opened(port: int) -> bool:
    with socket.socket() as knock:
        return knock.connect_ex(("127.0.0.1", port)) == 0


def test_letters_of_the_centre_lie_in_their_order_and_are_understood(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = (sys.executable, "-m", "scripts.demo.mailbox", str(port), str(tmp_path))
    with subprocess.Popen(words) as server:
        try:
            assert until_blocking(lambda: opened(port), 30)
            written(port, "Điểm Cầu: Mất liên lạc với Xã Đà Bắc", ALERT)
            written(
                port, "Điểm Cầu: Đã hết: Mất liên lạc với Xã Đà Bắc", "Hết. https://x/incidents/12"
            )
        finally:
            server.terminate()
    first, second = letters.all_of(tmp_path)
    assert (first.subject, first.text, first.number) == (
        "Điểm Cầu: Mất liên lạc với Xã Đà Bắc", ALERT, 12,
    )  # fmt: skip
    assert (first.is_over, first.is_whole) == (False, True)
    assert (second.is_over, second.number) == (True, 12)

    def is_it(letter: Letter) -> bool:
        return "Đà Bắc" in letter.subject

    assert letters.alerts(tmp_path, first.received_s, is_it) == [first]
    assert letters.alerts(tmp_path, second.received_s + 1, is_it) == []
    assert sorted(one.name for one in tmp_path.iterdir()) == ["0001.eml", "0002.eml"]


def test_a_letter_of_no_incident_has_no_number() -> None:
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content("https://10.77.0.1:8443/incidents/channels")
    assert letters.read(message.as_bytes(), 0).number is None


def test_a_letter_with_a_calendar_is_read_by_its_words_and_is_of_no_incident():
    message = EmailMessage()
    message["Subject"] = "Giấy mời: Giao ban tuần"
    message.set_content("Kính mời dự họp.")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar")
    letter = letters.read(message.as_bytes(), 1.0)
    assert (letter.text, letter.number, letter.is_over) == ("Kính mời dự họp.", None, False)
