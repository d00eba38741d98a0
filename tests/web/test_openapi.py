"""The published description: complete, and true to what is answered."""

from typing import Any

import msgspec
import pytest
from pytest_twisted import ensureDeferred

from mom.web.route import Access
from tests.web.api.house import House
from tests.web.schema import mistakes


async def description(house: House) -> Any:
    return (await house.ask("GET", "/openapi.json")).json()


@ensureDeferred
async def test_every_route_is_described_and_every_reference_leads_somewhere(house: House) -> None:
    document = await description(house)
    operations = [
        operation for methods in document["paths"].values() for operation in methods.values()
    ]
    assert document["openapi"].startswith("3.1")
    assert len(operations) == len(house.app.routes)
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    text = msgspec.json.encode(document).decode()
    for reference in text.split('"#/components/schemas/')[1:]:
        assert reference.partition('"')[0] in document["components"]["schemas"]


def test_no_rule_of_the_url_map_is_unguarded(house: House) -> None:
    declared = {f"{route.method} {route.path}" for route in house.app.routes}
    files = {"resource /", "resource /<page:_path>"}
    assert set(house.app.endpoints().values()) == declared | files


def test_only_these_routes_are_public_or_open_before_terms_and_password(house: House) -> None:
    def of(access: Access) -> set[str]:
        found = (route for route in house.app.routes if route.access is access)
        return {f"{route.method} {route.path}" for route in found}

    assert of(Access.PUBLIC) == {
        *("POST /api/v1/session", "GET /api/v1/openapi.json", "GET /healthz", "GET /readyz"),
    }
    assert of(Access.SIGNED_IN) == {
        *("GET /api/v1/session", "DELETE /api/v1/session", "PUT /api/v1/session/password"),
        *("GET /api/v1/eula", "POST /api/v1/eula"),
    }


def test_what_changes_something_needs_write_permission(house: House) -> None:
    for route in house.app.routes:
        own = route.path.startswith(("/api/v1/session", "/api/v1/eula", "/api/v1/tokens"))
        if route.changing and not own:
            assert route.access is Access.WRITE, route.path


@pytest.mark.parametrize("read_only", [True, False])
@ensureDeferred
async def test_every_get_without_parameters_answers_as_described(
    home: House, read_only: bool
) -> None:
    if read_only:
        await home.ask("POST", "/accounts", json={"name": "eve", "password": "Giraffe#9"})
        await home.sign_in("eve", "Giraffe#9")
    else:
        await home.ask("POST", "/omms", json={"name": "Hub", "omm1": "10.0.0.1"})
    document = await description(home)
    for path, methods in document["paths"].items():
        if "200" not in methods.get("get", {}).get("responses", {}) or "{" in path:
            continue
        answer = await home.browser.request("GET", path)
        assert answer.status == 200, path
        content = methods["get"]["responses"]["200"]["content"]
        media_type, described = next(iter(content.items()))
        assert answer.headers["content-type"] == media_type
        if media_type == "application/json" and not path.endswith("openapi.json"):
            assert mistakes(answer.json(), described["schema"], document) == [], path


@ensureDeferred
async def test_refusals_are_as_described(house: House) -> None:
    document = await description(house)
    answer = await house.ask("GET", "/omms")
    schema = document["paths"]["/api/v1/omms"]["get"]["responses"]["401"]["content"]
    assert mistakes(answer.json(), schema["application/json"]["schema"], document) == []
