"""A server shows a renewed certificate to whoever connects next."""

import asyncio
import ssl
from pathlib import Path

from runtime.tls_reload import keep_fresh
from tests.fakes.pki import Pki
from tests.waiting import until


async def test_new_connections_get_the_renewed_certificate(tmp_path: Path) -> None:
    pki = Pki(tmp_path)
    first, second = pki.issue("first"), pki.issue("second")
    shown, key = tmp_path / "server.crt", tmp_path / "server.key"
    shown.write_bytes(first.certificate_file.read_bytes())
    key.write_bytes(first.key_file.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, key)
    server = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context
    )
    port = server.sockets[0].getsockname()[1]

    async def seen() -> bytes:
        pem = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", port))
        return pem.encode()

    fresh = asyncio.create_task(keep_fresh(context, shown, key, look_every_s=0.05))
    try:
        assert await seen() == first.certificate_file.read_bytes()
        shown.write_bytes(b"half a file")
        key.write_bytes(second.key_file.read_bytes())
        shown.write_bytes(second.certificate_file.read_bytes())

        async def is_renewed() -> bool:
            return await seen() == second.certificate_file.read_bytes()

        await until(is_renewed, what="the renewed certificate is shown")
    finally:
        fresh.cancel()
        server.close()
