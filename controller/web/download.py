"""A file that a page offers: it has a name, and nobody on the way keeps it."""

from fastapi import Response

CSV = "text/csv; charset=utf-8"


def download(content: str | bytes, name: str, kind: str = CSV) -> Response:
    """Return the answer that a browser saves under a name, which is plain ASCII."""
    disposition = f'attachment; filename="{name}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
