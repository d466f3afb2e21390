"""By which server an address was lent, from files as the clients of Debian write them."""

import pytest

from monitoring.collectors.leases import server_of

NETWORKD = """# This is private data. Do not parse.
ADDRESS=192.168.10.31
NETMASK=255.255.255.0
ROUTER=192.168.10.1
SERVER_ADDRESS=192.168.10.2
T1=1800
LIFETIME=3600
"""
DHCLIENT = """lease {
  interface "eth0";
  fixed-address 192.168.10.31;
  option dhcp-server-identifier 192.168.10.77;
  renew 5 2026/11/27 10:00:00;
  expire 5 2026/11/27 12:00:00;
}
lease {
  interface "eth0";
  fixed-address 192.168.10.31;
  option subnet-mask 255.255.255.0;
  option dhcp-server-identifier 192.168.10.1;
  expire 5 2026/11/27 18:00:00;
}
lease {
  interface "eth0";
  fixed-address 192.168.10.99;
  option dhcp-server-identifier 192.168.10.8;
}
"""


def server(root, *, index=2, address="192.168.10.31"):
    return server_of(root, index, "eth0", address)


def test_networkd_says_it_by_the_interfaces_number(tmp_path):
    file = tmp_path / "run/systemd/netif/leases/2"
    file.parent.mkdir(parents=True)
    file.write_text(NETWORKD)
    assert server(tmp_path) == "192.168.10.2"
    assert server(tmp_path, index=3) == ""
    assert server(tmp_path, address="192.168.10.32") == ""


@pytest.mark.parametrize("said", ["192.168.10.66", "x" * 200, ""])
def test_a_server_cannot_name_another_in_its_own_words(tmp_path, said):
    """What it gives as a root path, networkd writes as it came, line breaks and all."""
    file = tmp_path / "run/systemd/netif/leases/2"
    file.parent.mkdir(parents=True)
    file.write_text(f"{NETWORKD}ROOT_PATH=a\nSERVER_ADDRESS={said}\n")
    assert server(tmp_path) == "192.168.10.2"
    file.write_text(NETWORKD.replace("SERVER_ADDRESS=192.168.10.2", f"SERVER_ADDRESS={'9' * 70}"))
    assert server(tmp_path) == ""


def test_of_dhclient_the_newest_lease_of_that_address_counts(tmp_path):
    file = tmp_path / "var/lib/dhcp/dhclient.eth0.leases"
    file.parent.mkdir(parents=True)
    file.write_text(DHCLIENT)
    assert server(tmp_path) == "192.168.10.1"
    assert server_of(tmp_path, 2, "eth1", "192.168.10.31") == ""
    file.write_bytes(b"\xff" * 100 + b"lease {\n  interface" + DHCLIENT.encode()[:40])
    assert server(tmp_path) == ""


def test_where_no_client_leaves_anything_nothing_is_said(tmp_path):
    assert server(tmp_path) == ""
