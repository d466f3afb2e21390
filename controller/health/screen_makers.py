"""Makers of screens by their three letters (PNP IDs of uefi.org), those one meets. Pure."""

_MAKERS = {
    "ACI": "Asus", "ACR": "Acer", "AOC": "AOC", "AUO": "AUO", "AUS": "Asus", "BNQ": "BenQ",
    "BOE": "BOE", "DEL": "Dell", "EPI": "Envision", "GSM": "LG", "HEC": "Hisense", "HPN": "HP",
    "HWP": "HP", "IVM": "Iiyama", "LEN": "Lenovo", "LGD": "LG Display", "LPL": "LG Display",
    "MEI": "Panasonic", "MSI": "MSI", "NEC": "NEC", "PHL": "Philips", "SAM": "Samsung",
    "SEC": "Epson", "SHP": "Sharp", "SNY": "Sony", "TCL": "TCL", "TSB": "Toshiba",
    "VIZ": "Vizio", "VSC": "ViewSonic", "XMI": "Xiaomi",
}  # fmt: skip


def maker_name(letters: str) -> str:
    """Return a maker's name; one that is not in the list by its letters."""
    return _MAKERS.get(letters, letters)
