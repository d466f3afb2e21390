"""How forms are read, everywhere: a bounded number of fields, and no files."""

from fastapi import Request
from starlette.datastructures import FormData

MAX_FIELDS = 600


async def sent_form(request: Request) -> FormData:
    """Return the form of a request; what has more fields or brings files is answered 400.

    The first reading counts: a request keeps its form, and whoever asks later gets that.
    """
    return await request.form(max_fields=MAX_FIELDS, max_files=0)
