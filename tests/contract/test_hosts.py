"""Host names and addresses: one form, or a sentence about what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import hosts
from contracts.errors import MalformedHost


@pytest.mark.parametrize(
    ("text", "one_form"),
    [
        ("Do.Dac.VN", "do.dac.vn"),
        ("dodac.vn.", "dodac.vn"),
        ("localhost", "localhost"),
        ("may_chu-1", "may_chu-1"),
        ("điểm.vn", "xn--im-pma3251a.vn"),
        ("a" * 63 + ".vn", "a" * 63 + ".vn"),
        ("10.0.0.1", "10.0.0.1"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_a_host_has_one_form(text: str, one_form: str) -> None:
    assert hosts.host(text) == one_form
    assert hosts.host(one_form) == one_form


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "is empty"),
        (".", "is empty"),
        ("do..dac.vn", "nothing before, between or after its dots"),
        (".dodac.vn", "nothing before, between or after its dots"),
        ("dodac.vn..", "nothing before, between or after its dots"),
        ("a" * 64 + ".vn", "more than 63 characters"),
        (".".join(["a" * 49] * 6), "longer than 253 characters"),
        ("-a.vn", "hyphen at either end"),
        ("a b.vn", "the part 'a b'"),
        ("a\x00.vn", "the part"),
        ("đ" * 64 + ".vn", "no name can have"),
        ("10.0.0.300", "is not an IP address"),
        ("10.0.0.1:8883", "is not an IP address"),
        ("fe80::1%eth0", "has a zone"),
    ],
)
def test_what_no_host_can_be_is_refused_with_a_sentence(text: str, wrong: str) -> None:
    with pytest.raises(MalformedHost, match=wrong):
        hosts.host(text)


@given(st.text(max_size=80) | st.from_regex(r"[a-z.\-_0-9:]{1,70}", fullmatch=True))
def test_what_passes_can_be_given_to_a_resolver(text: str) -> None:
    try:
        found = hosts.host(text)
    except MalformedHost:
        return
    # getaddrinfo encodes a name so, and raises UnicodeError for what is none.
    assert found.encode("idna").decode("ascii") == found
    assert hosts.host(found) == found


@pytest.mark.parametrize(
    ("url", "host", "port", "one_form"),
    [
        ("https://Centre", "centre", 443, "https://centre"),
        ("https://centre:8444", "centre", 8444, "https://centre:8444"),
        ("https://[2001:DB8::1]:8444", "2001:db8::1", 8444, "https://[2001:db8::1]:8444"),
        ("https://[::1]", "::1", 443, "https://[::1]"),
    ],
)
def test_an_origin_has_a_host_and_a_port(url: str, host: str, port: int, one_form: str) -> None:
    assert hosts.origin(url) == hosts.Origin(host, port)
    assert hosts.origin(url).url == one_form


@pytest.mark.parametrize(
    "url",
    ["http://a", "https://", "https://a..b", "https://a/b", "https://a:0", "https://a:99999",
     "https://[::1", "https://[a]", "https://a@b"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(url: str) -> None:
    with pytest.raises(MalformedHost):
        hosts.origin(url)


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_what_one_line_has_of_the_network_counts_as_one_address(peer: str, network: str) -> None:
    assert hosts.network_of(peer) == network


def test_one_customer_may_have_many_addresses() -> None:
    assert hosts.network_of("10.0.7.1", is_wide=True) == "10.0.7.0/24"
    assert hosts.network_of("2001:db8:1:2:3::4", is_wide=True) == "2001:db8:1::/48"
    assert hosts.network_of("unknown", is_wide=True) == "unknown"
