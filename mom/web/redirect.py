"""Plain HTTP: everything is sent to the HTTPS listener, nothing is served."""

import re

from twisted.web.resource import Resource
from twisted.web.server import Request

from mom.web.gate import header

_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::\d{1,5})?\Z")
DEFAULT_PORT = 443


class Redirect(Resource):
    """Answers every request with the same address under `https:`."""

    isLeaf = True

    def __init__(self, https_port: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._port = "" if https_port == DEFAULT_PORT else f":{https_port}"

    def render(self, request: Request) -> bytes:
        """308 keeps method and body; 400 if the client did not say which host it means."""
        found = _HOST.match(header(request, "host"))
        if not found or not request.uri.startswith(b"/"):
            request.setResponseCode(400)
            return b""
        uri = request.uri.decode("ascii", "replace")
        location = f"https://{found['host']}{self._port}{uri}"
        request.responseHeaders.setRawHeaders("location", [location])
        request.setResponseCode(308)
        return b""
