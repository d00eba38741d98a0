"""Users, devices and pairs of a real store through the API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_twisted
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.defer import Deferred

from mom.model.attribute import attributes
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, OmmId, UserNumber
from mom.model.secret import Secret
from mom.model.user import User
from mom.store.store import Store
from mom.store.vault import KEY_BYTES, Vault
from mom.web.api.records import RecordRoutes
from mom.web.paging import listing_of
from mom.web.records import Records
from mom.web.views import DeviceView, PairView, UserView
from tests.web.api.house import House
from tests.web.schema import mistakes

PIN = "9182736"


def user(number: int, num: str, **more: Any) -> User:
    return User(uid=UserNumber(number), num=num, name=f"Name {num}", **more)


def device(number: int, **more: Any) -> Device:
    return Device(ppn=DeviceNumber(number), ipei=f"03074 02202{number:02d} 1", **more)


async def fill(store: Store) -> None:
    async with store.write() as work:
        bound = {"ppn": DeviceNumber(11), "rel_type": "Dynamic"}
        work.put_user(None, user(1, "100", **bound, pin=Secret(PIN), vip=True, hierarchy1="Cellar"))
        work.put_user(None, user(2, "99", marks=("not accepted by OMM 0004: EInval num",)))
        work.put_user(None, user(3, "20", hierarchy1="attic", extra={"newThing": "1"}))
        work.put_device(
            None,
            device(
                11,
                uid=UserNumber(1),
                rel_type="Dynamic",
                home=OmmId(4),
                uak="0123456789ABCDEF",
                encrypt=True,
            ),
        )
        work.put_device(None, device(12, revision=7))
        work.add_line(Noun.USER, 1, 1000, "name from OMM 0004, newer there")


@pytest.fixture
def home(tmp_path: Path, home: House) -> Iterator[House]:
    opening = Store.open(
        f"sqlite:///{tmp_path / 'mom.db'}", Vault(bytes(KEY_BYTES)), reactor, home.clock.seconds
    )
    store = pytest_twisted.blockon(Deferred.fromCoroutine(opening))
    pytest_twisted.blockon(Deferred.fromCoroutine(fill(store)))
    home.app.add([RecordRoutes(records=Records(store))])
    yield home
    pytest_twisted.blockon(Deferred.fromCoroutine(store.close()))


async def numbers(home: House, path: str, key: str) -> list[int]:
    answer = await home.ask("GET", path)
    assert answer.status == 200, answer.body
    return [item[key] for item in answer.json()["items"]]


@pytest.mark.feature("F102", "F157")
@ensureDeferred
async def test_users_bear_the_protocols_names_and_json_types(home: House) -> None:
    listed = (await home.ask("GET", "/users")).json()
    assert listed["total"] == 3
    first = listed["items"][0]
    assert (first["uid"], first["num"], first["ppn"], first["omm"]) == (1, "100", 11, 4)
    assert (first["vip"], first["relType"], first["revision"]) == (True, "Dynamic", 1)
    assert listed["items"][1]["marks"] == ["not accepted by OMM 0004: EInval num"]
    assert (listed["items"][2]["omm"], listed["items"][2]["extra"]) == (0, {"newThing": "1"})


@pytest.mark.feature("F158", "F113")
@ensureDeferred
async def test_devices_bear_their_home(home: House) -> None:
    items = (await home.ask("GET", "/devices")).json()["items"]
    assert [(item["ppn"], item["omm"], item["uid"]) for item in items] == [(11, 4, 1), (12, 0, 0)]
    assert items[0]["encrypt"] is True


@pytest.mark.feature("F156")
@ensureDeferred
async def test_pairs_are_devices_with_the_users_bound_to_them(home: House) -> None:
    listed = (await home.ask("GET", "/pairs")).json()
    assert listed["total"] == 1
    pair = listed["items"][0]
    assert (pair["id"], pair["ppn"], pair["uid"], pair["num"], pair["omm"]) == (11, 11, 1, "100", 4)
    assert (pair["revision"], pair["userRevision"]) == (1, 1)
    assert (await home.ask("GET", "/pairs/11")).json() == pair
    assert (await home.ask("GET", "/pairs/12")).status == 404


@ensureDeferred
async def test_secrets_and_keys_are_in_no_answer(home: House) -> None:
    for path in ("/users", "/users/1", "/devices", "/devices/11", "/pairs", "/pairs/11"):
        answer = await home.ask("GET", path)
        assert answer.status == 200
        assert PIN.encode() not in answer.body
        assert b"0123456789ABCDEF" not in answer.body
    view = (await home.ask("GET", "/users/1")).json()
    assert (view["hasPin"], view["hasSipPw"]) == (True, False)
    assert not {"pin", "sipPw", "credentialPw"} & set(view)


@pytest.mark.feature("F107", "F110")
@ensureDeferred
async def test_pages_are_sorted_filtered_and_cut_by_the_store(home: House) -> None:
    assert await numbers(home, "/users?sort=num", "uid") == [3, 2, 1]
    assert await numbers(home, "/users?sort=-num&limit=2", "uid") == [1, 2]
    assert await numbers(home, "/users?sort=hierarchy1", "uid") == [3, 1, 2]
    assert await numbers(home, "/users?filter=hierarchy1:empty", "uid") == [2]
    assert await numbers(home, "/users?filter=vip:eq:true&filter=num:starts:1", "uid") == [1]
    assert await numbers(home, "/devices?filter=omm:eq:4", "ppn") == [11]
    assert await numbers(home, "/devices?sort=-omm&offset=1", "ppn") == [12]
    assert await numbers(home, "/pairs?filter=omm:gt:3&sort=id&q=name 100".replace(" ", "+"), "id")
    for wrong in ("sort=colour", "filter=pin:eq:1", "filter=uid:gt:x", "filter=marks:gt:1"):
        answer = await home.ask("GET", f"/users?{wrong}")
        assert (answer.status, len(answer.json()["fields"])) == (400, 1)


@ensureDeferred
async def test_a_record_says_why_it_is_as_it_is(home: House) -> None:
    lines = (await home.ask("GET", "/users/1/lines")).json()
    assert lines == {"items": [{"at": 1000, "text": "name from OMM 0004, newer there"}]}
    assert (await home.ask("GET", "/devices/11/lines")).json() == {"items": []}
    for path in ("/users/9", "/users/9/lines", "/devices/9", "/devices/9/lines"):
        assert (await home.ask("GET", path)).status == 404


@ensureDeferred
async def test_what_is_answered_is_what_is_described(home: House) -> None:
    views = {
        "/users": listing_of(UserView),
        "/users/1": UserView,
        "/devices": listing_of(DeviceView),
        "/pairs": listing_of(PairView),
        "/pairs/11": PairView,
    }
    for path, view in views.items():
        (schema,), parts = msgspec.json.schema_components(
            [view], ref_template="#/components/schemas/{name}"
        )
        answer = (await home.ask("GET", path)).json()
        assert mistakes(answer, schema, {"components": {"schemas": parts}}) == [], path


def test_a_view_has_every_attribute_that_is_not_hidden() -> None:
    for record, view in ((User, UserView), (Device, DeviceView)):
        described = set(view.__struct_encode_fields__)
        for attribute in attributes(record):
            own = attribute.name.startswith("rev_") or attribute.name == "home"
            assert (attribute.wire in described) is not (attribute.attr.hidden or own)
