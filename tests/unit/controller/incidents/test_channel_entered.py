"""A channel as typed: what cannot be used is refused, and what is secret stays out of sight."""

import dataclasses

import pytest

from controller.errors import BadEntry
from controller.incidents.channel_entered import APPRISE, SYSLOG, WEBHOOK, ChannelEntered, taken

MAIL = ChannelEntered(
    name="Trực mạng", host="mail.tinh.gov.vn", port="587", user="canh-bao", password="bi-mat",
    sender="canh-bao@tinh.gov.vn", recipients="a@tinh.gov.vn, b@tinh.gov.vn;a@tinh.gov.vn",
)  # fmt: skip
PUSH = ChannelEntered(kind=APPRISE, name="Nhóm trực", url="tgram://12:khoa/34")


def test_what_is_right_is_taken_and_nothing_secret_is_shown() -> None:
    mail, push = taken(MAIL), taken(PUSH)
    assert mail.place.recipients == ("a@tinh.gov.vn", "b@tinh.gov.vn")
    assert (mail.secret, push.secret, push.place.scheme) == ("bi-mat", PUSH.url, "tgram")
    for shown in (repr(MAIL), repr(PUSH), repr(mail), repr(push), str(push.place)):
        assert "bi-mat" not in shown
        assert "khoa" not in shown
    assert MAIL.again("x").password == PUSH.again("x").url == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""}, {"host": "máy chủ"}, {"port": "0"}, {"port": "70000"}, {"security": "ssl3"},
        {"security": "none"}, {"sender": "a"}, {"sender": "a@b\r\nBcc: c@d"}, {"recipients": ""},
        {"recipients": "a@b <c@d>"}, {"recipients": ",".join(f"a{n}@b.vn" for n in range(11))},
        {"password": "a\nb"}, {"user": "a\x00"}, {"kind": "sms"},
    ],
)  # fmt: skip
def test_what_is_wrong_of_a_mail_server_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(BadEntry):
        taken(dataclasses.replace(MAIL, **changed))


@pytest.mark.parametrize(
    "url", ["tgram", "tgram://", "file:///etc/passwd", "syslog://a", "json://a b", "json://a\nb",
            "json://" + "a" * 1000],
)  # fmt: skip
def test_what_is_no_address_of_a_service_is_refused(url: str) -> None:
    with pytest.raises(BadEntry) as refused:
        taken(dataclasses.replace(PUSH, url=url))
    assert url not in str(refused.value)


HOOK = ChannelEntered(kind=WEBHOOK, name="Zalo", hook="https://zalo.tinh.vn/hook?a=1", key="k" * 16)


def test_a_webhook_shows_its_address_and_never_its_key() -> None:
    hook = taken(HOOK)
    assert (hook.place.url, hook.secret) == (HOOK.hook, "k" * 16)
    assert "kkkk" not in repr(HOOK) + repr(hook) + str(hook.place)
    assert HOOK.again("x").key == ""


@pytest.mark.parametrize(
    "changed",
    [{"hook": ""}, {"hook": "ftp://a/"}, {"hook": "https://a:b@c/"}, {"hook": "https://a/ b"},
     {"hook": "https://a/#b"}, {"hook": "https://tỉnh/"}, {"hook": "https://" + "a" * 1000},
     {"key": "k" * 15}, {"key": "k" * 16 + "\n"}],
)  # fmt: skip
def test_what_is_wrong_of_a_webhook_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(BadEntry):
        taken(dataclasses.replace(HOOK, **changed))


LOG = ChannelEntered(kind=SYSLOG, name="SIEM", log_host="nhat-ky.tinh.vn", log_port="601",
                     transport="tcp")  # fmt: skip


def test_a_syslog_server_needs_no_secret() -> None:
    log = taken(LOG)
    assert (log.place.host, log.place.port, log.place.security) == ("nhat-ky.tinh.vn", 601, "tcp")
    assert log.secret == ""


@pytest.mark.parametrize(
    "changed", [{"log_host": ""}, {"log_host": "a b"}, {"log_port": "0"}, {"transport": "sctp"}]
)
def test_what_is_wrong_of_a_syslog_server_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(BadEntry):
        taken(dataclasses.replace(LOG, **changed))
