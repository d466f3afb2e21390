"""The bits of an H.264 parameter set (ITU-T H.264, sections 7.3.1 and 9.1)."""

from media.errors import MalformedPacket

_MOST_ZEROS = 31


class Bits:
    """Reads from the front. The bytes that only keep start codes out are passed over."""

    def __init__(self, unit: bytes) -> None:
        # 00 00 03 stands for 00 00; what follows the 03 is data, whatever it is.
        data = unit.replace(b"\0\0\3", b"\0\0")
        self._value = int.from_bytes(data)
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        """Return so many bits as a number.

        Raises:
            MalformedPacket: there are not as many left.
        """
        if count > self._left:
            raise MalformedPacket("H.264", "a parameter set cut short")
        self._left -= count
        return self._value >> self._left & (1 << count) - 1

    def unsigned(self) -> int:
        """Return a number of ue(v), below 2**32.

        Raises:
            MalformedPacket: it is longer, or cut short.
        """
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > _MOST_ZEROS:
                raise MalformedPacket("H.264", "a number of more than 32 bits")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """Return a number of se(v).

        Raises:
            MalformedPacket: as `unsigned`.
        """
        code = self.unsigned()
        return (code + 1) // 2 if code & 1 else -(code // 2)
