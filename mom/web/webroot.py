"""The page's own files: types, validators for caching, and never anything outside the folder.

Texts are sent compressed to who takes that: over a thin line the page is there four times sooner.
No listings, no ranges, no execution. Knows nothing of the API.
"""

import gzip
from collections.abc import Mapping
from os import stat_result
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
_PACKED = frozenset((".html", ".js", ".mjs", ".css", ".json", ".svg"))
"""Types that are worth packing."""
_WORTH = 1024
"""Bytes from which on packing is worth it."""
_MOST_PACKED = 256
"""Packed files that are kept in memory."""
_NOT_FOUND = b"<!DOCTYPE html><html lang=en><title>Not found</title><p>There is no such page.</p>"


class Webroot(Resource):
    """Serves the files of a folder whose types are known; `/` is its `index.html`."""

    isLeaf = True

    def __init__(self, folder: Path) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._folder = folder
        self._packed: dict[tuple[Path, bytes], bytes] = {}

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
        headers.setRawHeaders("vary", ["accept-encoding"])
        packs = found.suffix in _PACKED and len(content) >= _WORTH and _takes_gzip(request)
        tag = _tag(status, "-gzip" if packs else "")
        unchanged = [
            request.setLastModified(status.st_mtime),  # type: ignore[no-untyped-call]
            request.setETag(tag),  # type: ignore[no-untyped-call]
        ]
        if _is_cached(request, unchanged):
            request.setResponseCode(http.NOT_MODIFIED)
            return b""
        request.setResponseCode(http.OK)
        if packs:
            headers.setRawHeaders("content-encoding", ["gzip"])
            content = self._pack(found, tag, content)
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

    def _pack(self, file: Path, tag: bytes, content: bytes) -> bytes:
        """The content packed, from memory if it was packed before."""
        packed = self._packed.get((file, tag))
        if packed is None:
            if len(self._packed) >= _MOST_PACKED:
                self._packed.clear()
            packed = self._packed[file, tag] = gzip.compress(content, mtime=0)
        return packed

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


def _tag(status: stat_result, form: str) -> bytes:
    """The entity tag of a file in one of its forms."""
    return f'"{status.st_mtime_ns:x}-{status.st_size:x}{form}"'.encode()


def _takes_gzip(request: Request) -> bool:
    """Whether the client takes gzip, and does not take it out with a weight of 0."""
    offers = ",".join(request.requestHeaders.getRawHeaders("accept-encoding", [])).lower()
    for offer in offers.split(","):
        name, _, weight = offer.replace(" ", "").partition(";")
        if name == "gzip":
            return weight.rstrip("0.") != "q="
    return False


def _is_cached(request: Request, unchanged: list[object]) -> bool:
    """An entity tag decides alone if the client sent one; else the time does."""
    by_time, by_tag = unchanged
    if request.requestHeaders.hasHeader("if-none-match"):
        return by_tag is http.CACHED
    return by_time is http.CACHED
