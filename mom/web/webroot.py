"""The page's own files: types, validators for caching, and never anything outside the folder.

No listings, no ranges, no execution. Knows nothing of the API.
"""

from collections.abc import Mapping
from pathlib import Path

from twisted.web import http
from twisted.web.resource import Resource
from twisted.web.server import Request

INDEX = "index.html"
MAX_FILE = 16 * 1024 * 1024
"""Bytes of the largest file that is served."""
_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".map": "application/json",
}
_NOT_FOUND = b"<!DOCTYPE html><html lang=en><title>Not found</title><p>There is no such page.</p>"


class Webroot(Resource):
    """Serves the files of a folder whose types are known; `/` is its `index.html`."""

    isLeaf = True

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._folder = folder

    def render_GET(self, request: Request) -> bytes:
        """Serve one file, or say that it is not modified or not there."""
        found = self.find(_path(request))
        if found is None:
            return self._missing(request)
        try:
            status = found.stat()
            content = found.read_bytes()
        except OSError:
            return self._missing(request)
        headers = request.responseHeaders
        headers.setRawHeaders("content-type", [_TYPES[found.suffix]])
        headers.setRawHeaders("cache-control", ["no-cache"])
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'.encode()
        unchanged = [
            request.setLastModified(status.st_mtime),  # type: ignore[no-untyped-call]
            request.setETag(tag),  # type: ignore[no-untyped-call]
        ]
        if _is_cached(request, unchanged):
            request.setResponseCode(http.NOT_MODIFIED)
            return b""
        request.setResponseCode(http.OK)
        headers.setRawHeaders("content-length", [str(len(content))])
        return content

    def find(self, path: str) -> Path | None:
        """The file at a path such as `/js/app.js`, or `None` if it must not or cannot be served."""
        parts = [part for part in path.split("/") if part] or [INDEX]
        if any(part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            return None
        file = self._folder.joinpath(*parts)
        try:
            real = file.resolve(strict=True)
            root = self._folder.resolve(strict=True)
            allowed = real.is_relative_to(root) and real.is_file()
            if not allowed or real.stat().st_size > MAX_FILE:
                return None
        except OSError:
            return None
        return real if real.suffix in _TYPES else None

    def _missing(self, request: Request) -> bytes:
        request.setResponseCode(http.NOT_FOUND)
        request.responseHeaders.setRawHeaders("content-type", [_TYPES[".html"]])
        return _NOT_FOUND


def _path(request: Request) -> str:
    """The path of the request, decoded; a slash written as %2F does not divide it."""
    before: list[bytes] = request.prepath or []
    after: list[bytes] = request.postpath or []
    parts = before + after
    if any(b"/" in part for part in parts):
        return "/.."
    return "/" + "/".join(part.decode("utf-8", "replace") for part in parts)


def _is_cached(request: Request, unchanged: list[object]) -> bool:
    """An entity tag decides alone if the client sent one; else the time does."""
    by_time, by_tag = unchanged
    if request.requestHeaders.hasHeader("if-none-match"):
        return by_tag is http.CACHED
    return by_time is http.CACHED
