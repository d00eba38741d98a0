"""Users, devices and pairs as collections of the API: what routes of one are like those of another.

A group of routes is written once, with placeholders, and declared for each collection.
"""

from typing import Any

import msgspec

from mom.directory.editing.ends import Collection
from mom.web.route import Route
from mom.web.views import DeviceFields, DeviceView, PairFields, PairView, UserFields, UserView


class Fields:
    """Stands for the fields that are entered for a record of the collection."""


class Shown:
    """Stands for a record of the collection as it is shown."""


class Kind(msgspec.Struct, frozen=True):
    """One collection: what a record of it is called, is entered as and is shown as."""

    collection: Collection
    one: str
    fields: Any
    view: Any

    @property
    def name(self) -> str:
        """The name in paths."""
        return self.collection.value

    def declare(self, route: Route) -> Route:
        """The route for this collection, from one with placeholders."""
        return msgspec.structs.replace(
            route,
            path=route.path.replace("{collection}", self.name),
            summary=route.summary.format(one=self.one, many=self.name),
            documented=self.fields if route.documented is Fields else route.documented,
            answer=self.view if route.answer is Shown else route.answer,
        )


KINDS = (
    Kind(Collection.USERS, "user", UserFields, UserView),
    Kind(Collection.DEVICES, "device", DeviceFields, DeviceView),
    Kind(Collection.PAIRS, "pair", PairFields, PairView),
)
"""All three."""


class OfCollection:
    """A group of routes of one collection."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def declare(self, route: Route) -> Route:
        """The route for this group's collection."""
        return self._kind.declare(route)
