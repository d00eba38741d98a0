"""CSV files and fields through the API of a real store."""

import csv
import io

import pytest
from pytest_twisted import ensureDeferred

from mom.web.api.exports import ExportRoutes
from mom.web.api.fields import FieldRoutes
from mom.web.api.omms import OmmRoutes
from mom.web.records import Records
from tests.web.api.house import House


@pytest.fixture
def office(manor: House, records: Records) -> House:
    omms = OmmRoutes(omms=manor.omms, fleet=manor.fleet, missing=manor.fleet)
    manor.app.add([ExportRoutes(records=records, omms=omms), FieldRoutes()])
    return manor


async def rows(office: House, path: str) -> list[dict[str, str]]:
    answer = await office.ask("GET", path)
    assert answer.status == 200, answer.body
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


@pytest.mark.feature("F108")
@ensureDeferred
async def test_the_file_has_the_filtered_rows_in_their_order(office: House) -> None:
    found = await rows(office, "/users.csv?sort=-num&filter=num:starts:2&field=num&field=name")
    assert found == [{"num": "20", "name": "Name 20"}]
    assert [each["num"] for each in await rows(office, "/users.csv?sort=-num")] == [
        *("100", "99", "20")
    ]


@ensureDeferred
async def test_every_collection_has_its_file(office: House) -> None:
    await office.ask("POST", "/omms", json={"name": "Plant", "omm1": "10.0.0.1"})
    assert [each["ppn"] for each in await rows(office, "/devices.csv")] == ["11", "12"]
    assert [each["num"] for each in await rows(office, "/pairs.csv")] == ["100"]
    (line,) = await rows(office, "/lines.csv")
    assert (line["number"], line["key"]) == ("1", "100")
    assert line["text"] == "name from OMM 0004, newer there"
    omms = await rows(office, "/omms.csv")
    assert [each["name"] for each in omms] == ["Plant"]
    assert "password" not in omms[0]


@ensureDeferred
async def test_a_wrong_query_is_refused_before_anything_is_sent(office: House) -> None:
    assert (await office.ask("GET", "/users.csv?sort=nonsense")).status == 400
    assert (await office.ask("GET", "/pairs.csv?filter=x")).status == 400


@ensureDeferred
async def test_fields_are_told(office: House) -> None:
    told = (await office.ask("GET", "/fields")).json()
    assert told["users"][0]["name"] == "uid"
    assert {each["tab"] for each in told["pairs"]} >= {"General", "SIP", "Monitoring"}
