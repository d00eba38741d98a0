"""What the fields of users, devices, pairs and rooms are called and how they can be asked for."""

from mom.web.call import Call
from mom.web.fields import FieldsView, fields_view
from mom.web.route import Access, route


class FieldRoutes:
    """`/fields`."""

    def __init__(self) -> None:
        self._fields = fields_view()

    @route(
        "GET",
        "/fields",
        access=Access.READ,
        summary="The fields of users, devices, pairs and conference rooms: labels, kinds, choices",
        answer=FieldsView,
    )
    async def read(self, call: Call) -> FieldsView:
        """The fields of all collections."""
        return self._fields
