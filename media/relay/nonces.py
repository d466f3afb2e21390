"""Nonces that need no memory until they are used: time, randomness, and a MAC over both.

A nonce is good for a minute and for one use. Used ones are remembered only as long
as they would still be good; when too many are, further ones are refused. The time is
monotonic seconds of the process: a wall clock that is set must neither make a used nonce
good again nor keep those from leaving that fill the memory.
"""

import hashlib
import hmac
import struct

LIFETIME_S = 60.0
MAX_REMEMBERED = 20_000
_MAC_SIZE = 16
_head = struct.Struct("!Q16s")
NONCE_SIZE = _head.size + _MAC_SIZE


class NonceIssuer:
    """Nonces of one process; another process' are refused."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._used: dict[bytes, float] = {}

    def issue(self, randomness: bytes, *, now_s: float) -> bytes:
        """Return a nonce made with 16 random bytes."""
        head = _head.pack(int(now_s * 1000), randomness)
        return head + self._mac(head)

    def is_good(self, nonce: bytes, *, now_s: float) -> bool:
        """Return whether the nonce is ours, fresh, and was not used yet."""
        head, mac = nonce[: _head.size], nonce[_head.size :]
        if len(nonce) != NONCE_SIZE or not hmac.compare_digest(mac, self._mac(head)):
            return False
        age_ms = int(now_s * 1000) - _head.unpack(head)[0]
        return 0 <= age_ms <= LIFETIME_S * 1000 and nonce not in self._used

    def use(self, nonce: bytes, *, now_s: float) -> bool:
        """Return whether the nonce is good; from now on it is not any more."""
        if not self.is_good(nonce, now_s=now_s):
            return False
        if len(self._used) >= MAX_REMEMBERED:
            self._used = {n: at for n, at in self._used.items() if now_s - at <= LIFETIME_S}
            if len(self._used) >= MAX_REMEMBERED:
                return False
        self._used[nonce] = now_s
        return True

    def _mac(self, head: bytes) -> bytes:
        return hmac.new(self._secret, head, hashlib.sha256).digest()[:_MAC_SIZE]
