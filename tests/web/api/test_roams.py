"""The moves of phones through the API."""

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.model.identities import DeviceNumber, OmmId
from mom.model.roam import Roam, RoamResult
from mom.store.store import Store
from mom.web.paging import listing_of
from tests.web.api.house import House
from tests.web.schema import mistakes


@ensureDeferred
async def test_the_roams_of_one_phone_come_newest_first_in_words(
    manor: House, store: Store
) -> None:
    async with store.write() as work:
        for number, result in ((7, RoamResult.MOVED), (8, RoamResult.MOVED), (7, RoamResult.AWAY)):
            work.put_roam(
                Roam(
                    at=100,
                    ppn=DeviceNumber(number),
                    source=OmmId(1),
                    target=OmmId(2),
                    seconds=1.5,
                    result=result,
                )
            )
    answer = await manor.ask("GET", "/roams?sort=-id&filter=ppn:eq:7")
    page = answer.json()
    (schema,), parts = msgspec.json.schema_components(
        [listing_of(Roam)], ref_template="#/components/schemas/{name}"
    )
    assert mistakes(page, schema, {"components": {"schemas": parts}}) == []
    assert page["total"] == 2
    assert [each["result"] for each in page["items"]] == ["OMM away", "moved"]
    assert (page["items"][1]["from"], page["items"][1]["to"]) == (1, 2)
    moved = await manor.ask("GET", "/roams?filter=to:eq:2&filter=result:eq:moved")
    assert moved.json()["total"] == 2


@pytest.mark.parametrize("query", ["filter=nothing:eq:1", "sort=nothing"])
@ensureDeferred
async def test_a_field_that_is_none_is_told(manor: House, query: str) -> None:
    assert (await manor.ask("GET", f"/roams?{query}")).status in (400, 422)
