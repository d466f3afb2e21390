"""Where a point is on the earth, as people and tables write it. Pure."""

from controller import entered
from controller.entered import Label
from controller.errors import BadEntry

KEYS = ("latitude", "longitude")
_LATITUDE = Label("Vĩ độ", "The latitude")
_LONGITUDE = Label("Kinh độ", "The longitude")


def typed(latitude: str, longitude: str) -> tuple[float | None, float | None]:
    """Return both in degrees, `21,0285` or `21.0285`; None twice: both were left open.

    Raises:
        BadEntry: one is no such number, or the other is missing.
    """
    given = latitude.strip(), longitude.strip()
    if not any(given):
        return None, None
    if not all(given):
        raise BadEntry(
            "Nhập cả vĩ độ và kinh độ, hoặc để trống cả hai.",
            "Give both latitude and longitude, or neither.",
        )
    return _degrees(_LATITUDE, given[0], 90), _degrees(_LONGITUDE, given[1], 180)


def _degrees(label: Label, text: str, most: int) -> float:
    is_negative = text.startswith("-")
    # Three decimals are no thousands here: nobody writes degrees by thousands.
    whole, _, rest = text.lstrip("-").replace(",", ".").partition(".")
    value = entered.decimal(label, f"{whole}.{rest}0000" if rest else whole, least=0, most=most)
    return -value if is_negative else value
