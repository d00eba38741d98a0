"""Changing users, devices and pairs one at a time: create, edit, copy, delete, and the actions.

The directory checks the values and brings them to the OMMs; the answer is the record as it is then.
"""

from typing import Any, Literal

import msgspec

from mom.directory.editing.changes import Change
from mom.directory.editing.editor import Editor
from mom.web.call import Call
from mom.web.collections import Fields, Kind, OfCollection, Shown
from mom.web.records import Records
from mom.web.route import API, Access, Reply, route
from mom.web.views import DeviceView, UserView, View

Values = dict[str, Any]
RelType = Literal["Fixed", "Dynamic"]
_ONE = "/{collection}/<number:number>"
_ACTION = _ONE + "/actions"


class Form(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The arguments of an action."""


class BoundDevice(Form, frozen=True, kw_only=True):
    """The device (its number) that a user is bound to, and how."""

    ppn: int
    rel_type: RelType = "Fixed"


class BoundUser(Form, frozen=True, kw_only=True):
    """The user (its number) that a device is bound to, and how."""

    uid: int
    rel_type: RelType = "Fixed"


class Relation(Form, frozen=True, kw_only=True):
    """The type that a relation gets."""

    rel_type: RelType


class Source(Form, frozen=True, kw_only=True):
    """Where the data of a user come from: from MOM (`false`), the only thing that can be chosen."""

    external: bool


class Permanence(Form, frozen=True, kw_only=True):
    """Whether a user is on every OMM."""

    permanent: bool


class EditRoutes(OfCollection):
    """Changing the records of one collection."""

    def __init__(self, kind: Kind, *, editor: Editor, records: Records) -> None:
        super().__init__(kind)
        self._editor = editor
        self._records = records

    @route(
        "POST",
        "/{collection}",
        access=Access.WRITE,
        summary="Add a {one}: users and devices unbound, a pair fixed; it waits for its phone",
        body=Values,
        documented=Fields,
        answer=Shown,
        status=201,
    )
    async def create(self, call: Call, body: Values) -> Reply:
        """Add a record; of a pair, fields that a user has go to the user."""
        number = await self._editor.create(self._kind.collection, body, call.by)
        return await self._created(number)

    @route(
        "PATCH",
        _ONE,
        access=Access.WRITE,
        summary="Change a {one}; If-Match takes the revision that the change started from",
        body=Values,
        documented=Fields,
        answer=Shown,
    )
    async def edit(self, call: Call, number: int, body: Values) -> View:
        """Change fields; of a pair both ends at once."""
        change = self._editor.changes.edit(self._kind.collection, body)
        return await self._changed(call, number, change)

    @route("DELETE", _ONE, access=Access.WRITE, summary="Delete a {one}")
    async def delete(self, call: Call, number: int) -> None:
        """Delete, in MOM and on connected OMMs; kept in the trash for 30 days."""
        await self._change(call, number, self._editor.changes.delete())

    @route(
        "POST",
        f"{_ACTION}/copy",
        access=Access.WRITE,
        summary="Add a copy of a {one} without number, IPEI, PIN and SIP password, but with these",
        body=Values,
        documented=Fields,
        answer=Shown,
        status=201,
    )
    async def copy(self, call: Call, number: int, body: Values) -> Reply:
        """Add a copy; what is entered takes the place of the copied values."""
        return await self._created(
            await self._editor.copy(self._kind.collection, number, body, call.by)
        )

    @route(
        "POST",
        f"{_ACTION}/unsubscribe",
        access=Access.WRITE,
        summary="End the subscription of the device of a fixed relation; it leaves its OMM",
        answer=Shown,
    )
    async def unsubscribe(self, call: Call, number: int) -> View:
        """End the subscription; the records stay in MOM."""
        return await self._changed(call, number, self._editor.changes.unsubscribe())

    @route(
        "POST",
        f"{_ACTION}/relation",
        access=Access.WRITE,
        summary="Make the relation of a subscribed device fixed or dynamic",
        body=Relation,
        answer=Shown,
    )
    async def relation(self, call: Call, number: int, body: Relation) -> View:
        """Switch the type of a relation."""
        return await self._changed(call, number, self._editor.changes.relate(body.rel_type))

    @route(
        "POST",
        f"{_ACTION}/source",
        access=Access.WRITE,
        summary="Make an external user internal, if its relation is not fixed",
        body=Source,
        answer=Shown,
    )
    async def source(self, call: Call, number: int, body: Source) -> View:
        """Take an external user over."""
        return await self._changed(call, number, self._editor.changes.internal(body.external))

    @route(
        "POST",
        f"{_ACTION}/permanent",
        access=Access.WRITE,
        summary="Have a user and its device on every OMM, or no more",
        body=Permanence,
        answer=Shown,
    )
    async def permanent(self, call: Call, number: int, body: Permanence) -> View:
        """Make a user permanent or not."""
        return await self._changed(call, number, self._editor.changes.permanent(body.permanent))

    async def _created(self, number: int) -> Reply:
        view = await self._records.one(self._kind.name, number)
        return Reply(body=view, headers={"location": f"{API}/{self._kind.name}/{number}"})

    async def _changed(self, call: Call, number: int, change: Change) -> View:
        await self._change(call, number, change)
        return await self._records.one(self._kind.name, number)

    async def _change(self, call: Call, number: int, change: Change) -> None:
        await self._editor.change(self._kind.collection, number, change, call.by, call.revisions)


class BindRoutes:
    """Binding users and devices, from either end."""

    def __init__(self, *, editor: Editor, records: Records) -> None:
        self._editor = editor
        self._records = records

    @route(
        "POST",
        "/users/<number:number>/actions/bind",
        access=Access.WRITE,
        summary="Bind a user to a device; what either was bound to ends",
        body=BoundDevice,
        answer=UserView,
    )
    async def bind_user(self, call: Call, number: int, body: BoundDevice) -> View:
        """Bind a user to a device."""
        since = (call.revision, None)
        await self._editor.bind(number, body.ppn, call.by, body.rel_type, since)
        return await self._records.user(number)

    @route(
        "POST",
        "/devices/<number:number>/actions/bind",
        access=Access.WRITE,
        summary="Bind a device to a user; what either was bound to ends",
        body=BoundUser,
        answer=DeviceView,
    )
    async def bind_device(self, call: Call, number: int, body: BoundUser) -> View:
        """Bind a device to a user."""
        since = (None, call.revision)
        await self._editor.bind(body.uid, number, call.by, body.rel_type, since)
        return await self._records.device(number)


class EndRoutes(OfCollection):
    """What is done with one end only: unbinding (a pair would be none then), undoing a line."""

    def __init__(self, kind: Kind, *, editor: Editor, records: Records) -> None:
        super().__init__(kind)
        self._editor = editor
        self._records = records

    @route(
        "POST",
        f"{_ACTION}/unbind",
        access=Access.WRITE,
        summary="End the relation of a {one}",
        answer=Shown,
    )
    async def unbind(self, call: Call, number: int) -> View:
        """End a relation at both ends."""
        change = self._editor.changes.unbind()
        await self._editor.change(self._kind.collection, number, change, call.by, call.revisions)
        return await self._records.one(self._kind.name, number)

    @route(
        "POST",
        f"{_ONE}/lines/<number:line>/actions/put-back",
        access=Access.WRITE,
        summary="Put the values back that a {one} lost when this line was written",
        answer=Shown,
    )
    async def put_back(self, call: Call, number: int, line: int) -> View:
        """Write lost values again, as a change made now."""
        await self._editor.put_back(self._kind.collection.noun, number, line, call.by)
        return await self._records.one(self._kind.name, number)
