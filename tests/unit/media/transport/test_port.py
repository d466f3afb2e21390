"""The relay's port: whose checks it answers."""

from media.transport.dtls import PacketBuffer
from media.transport.peer import Peer
from media.transport.port import MediaPort
from media.transport.udp import UdpEndpoint
from media.wire.ice_credentials import Credentials

REMOTE = Credentials("point", "p" * 22)


async def test_only_the_newest_two_credentials_of_a_peer_are_answered():
    buffer = PacketBuffer()
    endpoint = UdpEndpoint("127.0.0.1", 0, receive_buffer=buffer.view)
    port = MediaPort(endpoint, buffer)
    one, other = (Peer(port, None, remote=REMOTE, fingerprints=(), role="server") for _ in range(2))
    given = [one.local.ufrag]
    port.register(one)
    port.register(other)
    given += [one.restart_ice(REMOTE).ufrag for _ in range(5)]
    assert list(port._by_ufrag) == [other.local.ufrag, *given[-2:]]
    endpoint.close()
