"""What is said where a template cannot be used."""

from controller.errors import BadEntry


def refused(vi: str, en: str) -> BadEntry:
    """Return the refusal of a template, in sentences that go on after its name."""
    return BadEntry(f"Tệp mẫu {vi}.", f"The template {en}.")


def bad_xml() -> BadEntry:
    """Return the refusal of XML that no Word file has."""
    return refused(
        "có phần XML không đọc được hoặc không được dùng. Mở bằng Word rồi lưu lại dạng .docx",
        "holds XML that cannot be read or used. Open it in Word and save it as .docx",
    )


def shown(text: str, most: int = 60) -> str:
    """Return what can be seen of a text that somebody else wrote, shortened."""
    return "".join(char for char in text[:most] if char.isprintable())
