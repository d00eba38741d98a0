"""The declaration of a route: what it takes, gives and demands. The only way to make one.

A declaration serves the gate (`mom.web.gate`), which enforces it, and the OpenAPI document
(`mom.web.openapi`), which publishes it. Knows nothing of Twisted or Klein.
"""

import enum
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

API = "/api/v1"
"""Where the API begins."""
JSON = "application/json"
SWITCHING = 101
"""The status of a request that becomes a websocket."""
MAX_BODY = 64 * 1024
"""Bytes of a body, unless a route says otherwise."""
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""The methods that change something and so need the CSRF token beside a cookie."""

_DECLARED = "declared_route"

Handler = Callable[..., Awaitable[Any]]
HandlerT = TypeVar("HandlerT", bound=Callable[..., Any])


class Access(enum.Enum):
    """Who may use a route.

    `SIGNED_IN` is open to a session that still has to change its password or accept the licence
    terms; `READ` and `WRITE` are not.
    """

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    READ = "read"
    WRITE = "write"


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One route as it is declared.

    `path` is a Klein pattern. `body` and `query` are record classes that the handler receives as
    arguments of these names; where another room checks the fields, `body` is a free object and
    `documented` the record that is published. `takes` is the media type of a body that it receives
    as bytes in `content` instead. `answer` is the type of the JSON in the reply, `None` for a reply
    without one; `gives` names another media type. `max_body` is in bytes.
    """

    name: str
    method: str
    path: str
    access: Access
    summary: str
    body: Any = None
    documented: Any = None
    takes: str = ""
    query: Any = None
    answer: Any = None
    gives: str = ""
    status: int = 200
    max_body: int = MAX_BODY

    @property
    def upgrades(self) -> bool:
        """Whether the connection becomes a websocket."""
        return self.status == SWITCHING

    @property
    def changing(self) -> bool:
        """Whether it changes something."""
        return self.method in CHANGING


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer with more than a body: headers, or a body that is not JSON (`content`).

    `resource` (an `IResource`) takes the whole request over instead.
    """

    body: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = {}
    resource: Any = None


def route(
    method: str,
    path: str,
    *,
    access: Access,
    summary: str,
    body: Any = None,
    documented: Any = None,
    takes: str = "",
    query: Any = None,
    answer: Any = None,
    gives: str = "",
    status: int = 0,
    max_body: int = MAX_BODY,
    base: str = API,
) -> Callable[[HandlerT], HandlerT]:
    """Declare the decorated method as the handler of `method` on `path` below `base`.

    The handler is an `async` method `(self, call, **path arguments, body=, query=, content=)`; it
    returns the value of `answer` or a `Reply`. `status` is 204 by default if nothing is answered,
    else 200.
    """

    def declare(handler: HandlerT) -> HandlerT:
        declared = Route(
            name=handler.__name__,
            method=method,
            path=base + path,
            access=access,
            summary=summary,
            body=body,
            documented=documented,
            takes=takes,
            query=query,
            answer=answer,
            gives=gives,
            status=status or (200 if answer is not None or gives else 204),
            max_body=max_body,
        )
        setattr(handler, _DECLARED, declared)
        return handler

    return declare


def routes_of(group: object) -> Iterator[tuple[Route, Handler]]:
    """The declared routes of a group with their bound handlers, in the order of declaration.

    A group with a method `declare` has the last word on each of its routes.
    """
    last_word = getattr(group, "declare", None)
    for name, member in vars(type(group)).items():
        declared = getattr(member, _DECLARED, None)
        if isinstance(declared, Route):
            yield last_word(declared) if last_word else declared, getattr(group, name)
