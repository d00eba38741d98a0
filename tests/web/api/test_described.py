"""What the API answers about users, devices and pairs is what its description says."""

from typing import Any

from pytest_twisted import ensureDeferred

from mom.web.openapi import document
from tests.web.api.house import House
from tests.web.api.test_bulk import ended
from tests.web.schema import mistakes


def wrong(manor: House, path: str, method: str, status: int, answer: Any) -> list[str]:
    described = document(manor.app.routes, "1")
    operation = described["paths"][f"/api/v1{path}"][method]
    schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
    return mistakes(answer, schema, described)


@ensureDeferred
async def test_answers_to_changes_are_as_they_are_described(manor: House) -> None:
    one, action = "/users/{number}", "/users/{number}/actions/permanent"
    asked = (
        ("POST", "/users", "/users", {"num": "700"}, 201),
        ("PATCH", "/users/1", one, {"vip": False}, 200),
        ("POST", "/users/1/actions/permanent", action, {"permanent": True}, 200),
        ("POST", "/devices/12/actions/bind", "/devices/{number}/actions/bind", {"uid": 2}, 200),
        ("POST", "/pairs/11/actions/copy", "/pairs/{number}/actions/copy", {"num": "701"}, 201),
        ("GET", "/users/1/lines", "/users/{number}/lines", None, 200),
        ("GET", "/lines", "/lines", None, 200),
    )
    for method, path, declared, body, status in asked:
        answer = await manor.ask(method, path, **({} if body is None else {"json": body}))
        assert answer.status == status, answer.body
        assert wrong(manor, declared, method.lower(), status, answer.json()) == [], path


@ensureDeferred
async def test_jobs_and_trash_are_as_they_are_described(manor: House) -> None:
    begun = await manor.ask("POST", "/users/bulk", json={"ids": [1, 9], "delete": True})
    assert wrong(manor, "/users/bulk", "post", 202, begun.json()) == []
    job = await ended(manor, begun.headers["location"])
    assert wrong(manor, "/jobs/{number}", "get", 200, job) == []
    for path in ("/jobs", "/trash"):
        answer = (await manor.ask("GET", path)).json()
        assert answer["total"] == 1
        assert wrong(manor, path, "get", 200, answer) == []
    back = await manor.ask("POST", "/trash/user/1/actions/revive")
    declared = "/trash/{noun}/{number}/actions/revive"
    assert wrong(manor, declared, "post", 200, back.json()) == []
