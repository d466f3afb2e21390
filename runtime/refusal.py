"""Whether our certificate is still accepted, asked without taking anybody's session over.

A handshake and not a word more. In TLS 1.3 the refusal comes after the client's last word of
it, so the answer is waited for; who accepts us says nothing, as we are to speak first.
"""

import asyncio
import ssl

from runtime.connecting import NEXT_ADDRESS_S

ANSWER_LIMIT_S = 2.0


async def refusal(
    host: str, port: int, context: ssl.SSLContext, *, timeout_s: float
) -> ssl.SSLError | None:
    """Return what TLS says against us; None: nothing, or nobody answers."""
    try:
        async with asyncio.timeout(timeout_s):
            reader, writer = await asyncio.open_connection(
                host, port, ssl=context, happy_eyeballs_delay=NEXT_ADDRESS_S
            )
        try:
            async with asyncio.timeout(ANSWER_LIMIT_S):
                await reader.read(1)
        finally:
            writer.transport.abort()
    except ssl.SSLError as exc:
        return exc
    except (OSError, TimeoutError):
        return None
    return None
