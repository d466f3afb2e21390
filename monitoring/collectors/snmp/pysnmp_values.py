"""Values of pysnmp as ours: a library's own types do not pass its doors."""

from pyasn1.type import univ
from pysnmp.proto.rfc1902 import IpAddress, OctetString

from monitoring.collectors.snmp.reader import RawValue


def raw(value: object) -> RawValue | None:
    """Return a value as the first library gives it; None: there is none."""
    if isinstance(value, univ.Null):  # which is of octets here, and says that nothing is there
        return None
    if isinstance(value, univ.Integer):
        return int(value)
    if isinstance(value, IpAddress):
        return str(value.prettyPrint())
    if isinstance(value, univ.OctetString):
        return bytes(value)
    if isinstance(value, univ.ObjectIdentifier):
        return str(value)
    return None


def octets(secret: str) -> OctetString:
    """Return a word or key as the first library sends it; of text this one takes Latin-1 alone."""
    return OctetString(secret.encode())
