"""Many records at once through the API: jobs, files, and what is refused before one begins."""

import json
from typing import Any

import msgspec
import pytest
from pytest_twisted import ensureDeferred
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater

from mom.admin.jobs import JobState
from mom.web.api.jobs import JobRoutes
from mom.web.paging import ListQuery
from mom.web.topics import selecting
from tests.web.api.house import House

MANY = 10_000


async def ended(manor: House, location: str) -> Any:
    """The job, once it has come to its end; each portion is waited for until it has been told."""
    path = location.removeprefix("/api/v1")
    number = int(path.rpartition("/")[2])
    while manor.jobs.get(number)[0].state is JobState.RUNNING:
        told: Deferred[None] = Deferred()
        silence = manor.jobs.listen(lambda told=told: told.called or told.callback(None))
        manor.clock.advance(0)
        await told
        silence()
        await deferLater(reactor, 0, lambda: None)
    return (await manor.ask("GET", path)).json()


async def order(manor: House, path: str, **body: Any) -> Any:
    answer = await manor.ask("POST", path, json=body)
    assert answer.status == 202, answer.body
    assert answer.json()["state"] == "running"
    return await ended(manor, answer.headers["location"])


async def send(manor: House, path: str, text: str) -> Any:
    answer = await manor.ask("POST", path, content=text.encode())
    assert answer.status == 202, answer.body
    return await ended(manor, answer.headers["location"])


@ensureDeferred
async def test_many_records_are_changed_with_a_result_for_each(manor: House) -> None:
    job = await order(manor, "/users/bulk", ids=[1, 3, 99, 1], set={"vip": True, "name": "All"})
    assert (job["state"], job["done"], job["total"], job["failed"]) == ("done", 3, 3, 1)
    assert job["results"] == [
        {"id": 1, "ok": True, "error": ""},
        {"id": 3, "ok": True, "error": ""},
        {"id": 99, "ok": False, "error": "there is no user 99"},
    ]
    for number in (1, 3):
        assert (await manor.ask("GET", f"/users/{number}")).json()["name"] == "All"
    listed = (await manor.ask("GET", "/jobs")).json()
    assert [(each["what"], each["by"]) for each in listed["items"]] == [("change users", "mom")]
    assert "results" not in listed["items"][0]


@ensureDeferred
async def test_many_records_are_deleted_and_a_job_that_ended_can_be_cancelled(
    manor: House,
) -> None:
    job = await order(manor, "/devices/bulk", ids=[11, 12], delete=True)
    assert job["failed"] == 0
    assert (await manor.ask("GET", "/devices")).json()["total"] == 0
    assert (await manor.ask("DELETE", f"/jobs/{job['id']}")).status == 204
    assert (await manor.ask("GET", f"/jobs/{job['id']}")).json()["state"] == "done"
    assert (await manor.ask("GET", "/jobs/77")).status == 404
    assert (await manor.ask("DELETE", "/jobs/77")).status == 404


@pytest.mark.feature("F31")
@ensureDeferred
async def test_actions_on_many_records(manor: House) -> None:
    await manor.ask("PATCH", "/devices/11", json={"encrypt": False})
    job = await order(manor, "/devices/bulk", ids=[11, 12], action="unsubscribe")
    assert [result["ok"] for result in job["results"]] == [False, False]
    assert "Dynamic" in job["results"][0]["error"]
    for path, name, more, what in (
        ("/users/bulk", "permanent", {"permanent": True}, "change which users are permanent"),
        ("/users/bulk", "source", {"external": False}, "make users internal"),
        ("/pairs/bulk", "unbind", {}, "unbind pairs"),
    ):
        numbers = [11] if "pairs" in path else [1]
        job = await order(manor, path, ids=numbers, action=name, **more)
        assert (job["failed"], job["what"]) == (0, what), job
    assert (await manor.ask("GET", "/users/1")).json()["permanent"] is True
    assert (await manor.ask("GET", "/pairs")).json()["total"] == 0


@ensureDeferred
async def test_what_is_wrong_for_all_is_refused_before_a_job_begins(manor: House) -> None:
    await manor.ask("POST", "/users/2/actions/bind", json={"ppn": 12})
    for path, body, field in (
        ("/users/bulk", {"ids": [1], "set": {"name": "x" * 21, "colour": 1}}, "colour"),
        ("/users/bulk", {"ids": [1]}, "action"),
        ("/users/bulk", {"ids": [1], "delete": True, "set": {}}, "delete"),
        ("/users/bulk", {"ids": [1], "delete": False}, "delete"),
        ("/users/bulk", {"ids": [], "delete": True}, "ids"),
        ("/users/bulk", {"ids": [-1], "delete": True}, "ids"),
        ("/users/bulk", {"ids": [1], "action": "explode"}, "action"),
        ("/users/bulk", {"ids": [1], "action": "relation"}, "relType"),
        ("/users/bulk", {"ids": [1], "action": "relation", "relType": "Loose"}, "relType"),
        ("/users/bulk", {"ids": [1], "action": "source", "external": True}, "external"),
        ("/users/bulk", {"ids": [1], "action": "permanent"}, "permanent"),
        ("/pairs/bulk", {"ids": [11, 12], "action": "relation", "relType": "Fixed"}, "relType"),
    ):
        answer = await manor.ask("POST", path, json=body)
        assert (answer.status, field in answer.json()["fields"]) == (422, True), answer.body
    assert (await manor.ask("GET", "/jobs")).json()["total"] == 0


@ensureDeferred
async def test_ten_thousand_numbers_fit_into_one_order(manor: House) -> None:
    job = await order(manor, "/users/bulk", ids=list(range(1, MANY + 1)), set={"vip": True})
    assert (job["done"], job["failed"]) == (MANY, MANY - 3)


@ensureDeferred
async def test_the_live_topic_of_jobs_gives_the_same_page(manor: House) -> None:
    job = await order(manor, "/users/bulk", ids=[1], set={"vip": True})
    routes = JobRoutes(jobs=manor.jobs)
    page = await selecting(routes.views)(ListQuery())
    listed = (await manor.ask("GET", "/jobs")).json()
    assert msgspec.to_builtins(page.items) == listed["items"]
    assert [each["id"] for each in listed["items"]] == [job["id"]]


@ensureDeferred
async def test_a_running_job_is_cancelled(manor: House) -> None:
    answer = await manor.ask("POST", "/users/bulk", json={"ids": [1], "set": {"vip": True}})
    path = answer.headers["location"].removeprefix("/api/v1")
    assert (await manor.ask("DELETE", path)).status == 204
    manor.clock.advance(1)
    job = (await manor.ask("GET", path)).json()
    assert (job["state"], job["results"]) == ("cancelled", [])
    assert (await manor.ask("GET", "/users/1")).json()["revision"] == 1


@ensureDeferred
async def test_pairs_come_from_a_file_after_a_dry_run(manor: House) -> None:
    text = (
        "num,name,ipei,pin,vip,uid\r\n"
        "500,Ann,0307402202593,1234,true,1\r\n"
        "100,Bob,,,false,\r\n"
        "501,Cleo,0307402202594,,maybe,\r\n"
        "500,Dora,,,,\r\n"
        ",Eve,,,,\r\n"
    )
    tried = await send(manor, "/pairs/import?dryRun=true", text)
    assert (await manor.ask("GET", "/users")).json()["total"] == 3
    job = await send(manor, "/pairs/import", text)
    for each in (tried, job):
        assert [(r["id"], r["ok"]) for r in each["results"]] == [
            *((2, True), (3, False), (4, False), (5, False), (6, False)),
        ]
        errors = [result["error"] for result in each["results"]]
        assert "num: is used by user" in errors[1]
        assert "ipei" in errors[2]
        assert "vip" in errors[2]
        assert "num: is used by user" in errors[3]
        assert "num: is required" in errors[4]
    found = (await manor.ask("GET", "/pairs?filter=num:eq:500")).json()["items"]
    assert [(pair["name"], pair["relType"], pair["vip"]) for pair in found] == [
        ("Ann", "Fixed", True)
    ]


@ensureDeferred
async def test_ten_thousand_lines_are_tried_and_taken(manor: House) -> None:
    lines = [f"{1000 + n},Name {n}" for n in range(MANY)]
    job = await send(manor, "/users/import?dryRun=1", "\n".join(["num,name", *lines]))
    assert (job["done"], job["failed"]) == (MANY, 0)
    assert (await manor.ask("GET", "/users")).json()["total"] == 3


@ensureDeferred
async def test_a_template_names_what_can_be_entered_and_an_export_can_be_taken(
    manor: House,
) -> None:
    heading = (await manor.ask("GET", "/pairs/template.csv")).body.decode("utf-8-sig").split(",")
    assert {"num", "ipei", "sipPw", "pin"} < set(heading)
    assert not {"uid", "revision", "s", "marks"} & set(heading)
    exported = "revision,userRevision,num,relType,omm\n1,1,700,Fixed,4\n"
    job = await send(manor, "/pairs/import?dryRun=true", exported)
    assert job["failed"] == 0


@ensureDeferred
async def test_a_file_that_cannot_be_read_is_refused_at_once(manor: House) -> None:
    for text, status in (("", 400), ("colour\n1\n", 422), ("num\n\xff", 400)):
        content = text.encode("latin-1")
        assert (await manor.ask("POST", "/users/import", content=content)).status == status
    wrong = await manor.ask("POST", "/users/import?dryRun=perhaps", content=b"num\n1\n")
    assert wrong.status == 400


@pytest.mark.feature("F175")
@ensureDeferred
async def test_a_read_account_changes_nothing_in_any_way(manor: House) -> None:
    await manor.ask("POST", "/accounts", json={"name": "eve", "password": "Giraffe#9"})
    await manor.sign_in("eve", "Giraffe#9")
    changing = [declared for declared in manor.app.routes if declared.access.value == "write"]
    kept = ("/users", "/devices", "/pairs", "/jobs", "/trash")
    paths = [(r.method, r.path.removeprefix("/api/v1")) for r in changing]
    asked = [(method, path) for method, path in paths if path.startswith(kept)]
    assert len(asked) > 30
    for method, path in asked:
        place = path.replace("<string:noun>", "user")
        place = place.replace("<number:number>", "1").replace("<number:line>", "1")
        answer = await manor.ask(method, place, content=json.dumps({}).encode())
        assert answer.status == 403, (method, path)
    assert (await manor.ask("GET", "/jobs")).status == 200


@ensureDeferred
async def test_many_conference_rooms_are_changed_and_deleted(manor: House) -> None:
    for number in ("900", "901"):
        answer = await manor.ask("POST", "/conference-rooms", json={"conferenceId": number})
        assert answer.status == 201
    path = "/conference-rooms/bulk"
    job = await order(manor, path, ids=[1, 2, 9], set={"name": "Staff"})
    assert [result["ok"] for result in job["results"]] == [True, True, False]
    assert (await manor.ask("GET", "/conference-rooms/2")).json()["name"] == "Staff"
    wrong = await order(manor, path, ids=[1], set={"conferenceId": "901"})
    assert "conferenceId: is used" in wrong["results"][0]["error"]
    for body in ({"ids": [1]}, {"ids": [1], "set": {}, "delete": True}):
        assert (await manor.ask("POST", path, json=body)).status == 422
    assert (await order(manor, path, ids=[1, 2], delete=True))["failed"] == 0
    assert (await manor.ask("GET", "/conference-rooms")).json()["total"] == 0
