"""Serves what was built from web/: compressed beforehand, and kept by browsers for good.

A file whose name or address carries its hash never changes; everything else is asked
for again each time.
"""

import re

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_HASHED_NAME = re.compile(r"-[A-Z0-9]{8}\.[a-z0-9]+$")
_FOR_GOOD = "public, max-age=31536000, immutable"
_TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}


class BuiltFiles(StaticFiles):
    """Static files with their compressed twins (`app.css.gz` beside `app.css`)."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, compressed where that is understood."""
        suffix = path.rpartition(".")[2]
        accepted = Headers(scope=scope).get("accept-encoding", "")
        is_packed = suffix in _TYPES and "gzip" in accepted and self.lookup_path(f"{path}.gz")[1]
        response = await super().get_response(f"{path}.gz" if is_packed else path, scope)
        if is_packed:
            response.headers["Content-Encoding"] = "gzip"
            response.headers["Content-Type"] = f"{_TYPES[suffix]}; charset=utf-8"
        has_hash = _HASHED_NAME.search(path) or b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = _FOR_GOOD if has_hash else "no-cache"
        response.headers["Vary"] = "Accept-Encoding"
        return response
