"""The Klein application: declared routes behind the gate, and nothing else.

Knows no noun; `mom.web.server` says which groups there are.
"""

from collections.abc import Iterable
from typing import Any

from klein import Klein
from twisted.python.failure import Failure
from twisted.web.server import Request
from werkzeug.routing import BaseConverter, ValidationError

from mom.web.gate import Gate
from mom.web.route import Route, routes_of

LARGEST_NUMBER = 2**31 - 1


class NumberConverter(BaseConverter):
    """The number of a record in a path, `<number:name>`: 0 to 2^31-1."""

    regex = "[0-9]{1,10}"

    def to_python(self, value: str) -> int:
        """The number; a larger one is no path."""
        number = int(value)
        if number > LARGEST_NUMBER:
            raise ValidationError
        return number


class PageConverter(BaseConverter):
    """A path of the page's files: whatever does not begin with `api`."""

    regex = "(?!api(?:/|$)).+"
    part_isolating = False


class Application:
    """Registers the routes of groups; `routes` are those registered, for the OpenAPI document."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._klein = Klein()
        self._klein.url_map.converters = {
            **self._klein.url_map.converters,
            "number": NumberConverter,
            "page": PageConverter,
        }
        self._klein.url_map.strict_slashes = False
        self._klein.url_map.merge_slashes = False
        self._routes: list[Route] = []
        self._klein.handle_errors(Exception)(self._failed)

    @property
    def routes(self) -> tuple[Route, ...]:
        """All declared routes, in the order they were added."""
        return tuple(self._routes)

    def add(self, groups: Iterable[object]) -> None:
        """Register each declared route of each group, guarded."""
        for group in groups:
            for declared, handler in routes_of(group):
                endpoint = f"{declared.method} {declared.path}"
                register = self._klein.route(
                    declared.path, methods=[declared.method], endpoint=endpoint
                )
                register(self._gate.guard(declared, handler))
                self._routes.append(declared)

    def _mount(self, path: str, resource: Any) -> None:
        """Serve a resource (`IResource`) at `path`, for GET."""

        def give(_request: Request, **_path: Any) -> Any:
            return resource

        give.__name__ = f"resource {path}"
        self._klein.route(path, methods=["GET"], endpoint=give.__name__)(give)

    def mount_page(self, resource: Any) -> None:
        """Serve a resource (`IResource`) at `/` and everything below that is not the API's."""
        self._mount("/", resource)
        self._mount("/<page:_path>", resource)

    def endpoints(self) -> dict[str, str]:
        """The pattern of each rule of the URL map with the name of what serves it."""
        return {
            f"{rule.rule} {sorted(rule.methods or ())}": str(rule.endpoint)
            for rule in self._klein.url_map.iter_rules()
        }

    def resource(self) -> Any:
        """The root resource (`IResource`)."""
        return self._klein.resource()

    def _failed(self, request: Request, failure: Failure) -> bytes:
        return self._gate.failed(request, failure)
