"""Changing users, devices and pairs: create, edit, delete, bind and unbind.

The directory checks the values and brings them to the OMMs; the answer is the record as it is then.
"""

from typing import Any, Literal

import msgspec

from mom.directory.editor import Editor
from mom.model.attribute import by_wire
from mom.model.copy import Noun
from mom.model.user import User
from mom.web.call import Call
from mom.web.records import Records
from mom.web.route import API, Access, Reply, route
from mom.web.views import DeviceFields, DeviceView, PairFields, PairView, UserFields, UserView, View

Values = dict[str, Any]


class Binding(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """The device (its number) that a user is bound to, and how."""

    ppn: int
    rel_type: Literal["Fixed", "Dynamic"] = "Fixed"


class EditRoutes:
    """`/users`, `/devices`, `/pairs`: changing."""

    def __init__(self, *, editor: Editor, records: Records) -> None:
        self._editor = editor
        self._records = records

    @route(
        "POST",
        "/users",
        access=Access.WRITE,
        summary="Add an unbound user",
        body=Values,
        documented=UserFields,
        answer=UserView,
        status=201,
    )
    async def create_user(self, call: Call, body: Values) -> Reply:
        """Add an unbound user."""
        user = await self._editor.create_user(body, call.by)
        return _created("users", user.uid, await self._records.user(user.uid))

    @route(
        "PATCH",
        "/users/<number:number>",
        access=Access.WRITE,
        summary="Change a user; If-Match takes the revision that the change started from",
        body=Values,
        documented=UserFields,
        answer=UserView,
    )
    async def edit_user(self, call: Call, number: int, body: Values) -> View:
        """Change a user."""
        await self._editor.edit_user(number, body, call.by, call.revision)
        return await self._records.user(number)

    @route("DELETE", "/users/<number:number>", access=Access.WRITE, summary="Delete a user")
    async def delete_user(self, call: Call, number: int) -> None:
        """Delete a user, in MOM and on connected OMMs; kept in the trash for 30 days."""
        await self._editor.delete(Noun.USER, number, call.by)

    @route(
        "POST",
        "/users/<number:number>/actions/bind",
        access=Access.WRITE,
        summary="Bind a user to a device; what either was bound to ends",
        body=Binding,
        answer=UserView,
    )
    async def bind(self, call: Call, number: int, body: Binding) -> View:
        """Bind a user to a device."""
        await self._editor.bind(number, body.ppn, call.by, body.rel_type)
        return await self._records.user(number)

    @route(
        "POST",
        "/users/<number:number>/actions/unbind",
        access=Access.WRITE,
        summary="End the relation of a user",
        answer=UserView,
    )
    async def unbind_user(self, call: Call, number: int) -> View:
        """Unbind a user from its device."""
        await self._editor.unbind(Noun.USER, number, call.by)
        return await self._records.user(number)

    @route(
        "POST",
        "/devices",
        access=Access.WRITE,
        summary="Add an unbound device",
        body=Values,
        documented=DeviceFields,
        answer=DeviceView,
        status=201,
    )
    async def create_device(self, call: Call, body: Values) -> Reply:
        """Add an unbound device."""
        device = await self._editor.create_device(body, call.by)
        return _created("devices", device.ppn, await self._records.device(device.ppn))

    @route(
        "PATCH",
        "/devices/<number:number>",
        access=Access.WRITE,
        summary="Change a device; If-Match takes the revision that the change started from",
        body=Values,
        documented=DeviceFields,
        answer=DeviceView,
    )
    async def edit_device(self, call: Call, number: int, body: Values) -> View:
        """Change a device."""
        await self._editor.edit_device(number, body, call.by, call.revision)
        return await self._records.device(number)

    @route("DELETE", "/devices/<number:number>", access=Access.WRITE, summary="Delete a device")
    async def delete_device(self, call: Call, number: int) -> None:
        """Delete a device, in MOM and on connected OMMs; kept in the trash for 30 days."""
        await self._editor.delete(Noun.DEVICE, number, call.by)

    @route(
        "POST",
        "/devices/<number:number>/actions/unbind",
        access=Access.WRITE,
        summary="End the relation of a device",
        answer=DeviceView,
    )
    async def unbind_device(self, call: Call, number: int) -> View:
        """Unbind a device from its user."""
        await self._editor.unbind(Noun.DEVICE, number, call.by)
        return await self._records.device(number)

    @route(
        "POST",
        "/pairs",
        access=Access.WRITE,
        summary="Add a fixed pair of a user and a device that waits for its phone",
        body=Values,
        documented=PairFields,
        answer=PairView,
        status=201,
    )
    async def create_pair(self, call: Call, body: Values) -> Reply:
        """Add a fixed pair; fields that a user has go to the user, others to the device."""
        known = by_wire(User)
        user = {name: value for name, value in body.items() if name in known}
        device = {name: value for name, value in body.items() if name not in known}
        _, number = await self._editor.create_pair(user, device, call.by)
        return _created("pairs", number, await self._records.pair(number))


def _created(collection: str, number: int, view: View) -> Reply:
    return Reply(body=view, headers={"location": f"{API}/{collection}/{number}"})
