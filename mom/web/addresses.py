"""The addresses on which the web server is to listen. Blocking, and only for a moment."""

import re
import socket

_INTERFACE = re.compile(r"tcp6?:.*?interface=((?:[^\s:\\]|\\.)+)")


def foreign(endpoint: str) -> str:
    """The address in an endpoint, if this machine does not have it; else empty.

    Whether the port is free is not looked at.
    """
    interface = _INTERFACE.match(endpoint)
    if interface is None:
        return ""
    host = interface[1].replace("\\", "")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, 0), family=family).close()
    except OSError:
        return host
    return ""
