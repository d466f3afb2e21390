"""A file that a page offers: it has a name, and nobody on the way keeps it."""

from fastapi import Response

from controller.spreadsheet import GuardedCsv


def download(content: str | bytes, name: str, kind: str) -> Response:
    """Return the answer that a browser saves under a name, which is plain ASCII."""
    disposition = f'attachment; filename="{name}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


def csv_download(content: GuardedCsv, name: str) -> Response:
    """Return a table that the browser saves; what spreadsheets open holds no formula."""
    return download(content, name, "text/csv; charset=utf-8")
