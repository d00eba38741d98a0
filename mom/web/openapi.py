"""The OpenAPI 3.1 document, made from the declarations of the routes.

Knows no noun: what a route takes and gives stands in its declaration.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from mom.web.call import COOKIE, Call
from mom.web.errors import Problem
from mom.web.route import API, JSON, Access, Reply, Route, route

OPENAPI = "3.1.0"
_PARAMETER = re.compile(r"<(?P<kind>\w+)(?:\([^)]*\))?:(?P<name>\w+)>")
_REF = "#/components/schemas/{name}"
_ERRORS = {
    "400": "The request cannot be understood",
    "401": "Nobody is signed in, or the token is not taken",
    "403": "Not permitted, or another step comes first",
    "404": "There is no such record",
    "409": "The record has changed, or something must be confirmed",
    "413": "The body is too long",
    "422": "Some values are not acceptable; `fields` says which",
    "429": "Too many failed sign-ins or wrong tokens; see Retry-After",
    "503": "The database does not take or give it; nothing was changed",
}


def document(routes: Iterable[Route], version: str) -> dict[str, Any]:
    """The document for these routes."""
    routes = list(routes)
    types = _types(routes)
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    schema_of = {id(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for declared in routes:
        path = _PARAMETER.sub(lambda found: "{" + found["name"] + "}", declared.path)
        paths.setdefault(path, {})[declared.method.lower()] = _operation(declared, schema_of)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "MOM",
            "version": version,
            "description": "Users, phones and OMMs of a Multi-OMM Manager. Changes made with a "
            "session's cookie need the header X-CSRF-Token with the value that signing in gave; "
            "scripts may send a token instead (Authorization: Bearer).",
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
                "token": {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _types(routes: Iterable[Route]) -> list[Any]:
    """Every type that the document shows, each once."""
    found: dict[int, Any] = {id(Problem): Problem}
    for declared in routes:
        for kind in (declared.documented or declared.body, declared.query, declared.answer):
            if kind is not None:
                found.setdefault(id(kind), kind)
    return list(found.values())


def _operation(declared: Route, schema_of: Mapping[int, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(declared),
        "summary": declared.summary,
        "tags": [_tag(declared)],
        "security": _security(declared),
        "x-access": declared.access.value,
        "parameters": [*_path_parameters(declared), *_query_parameters(declared)],
        "responses": {
            str(declared.status): _answer(declared, schema_of),
            **{code: _refusal(text) for code, text in _ERRORS.items()},
        },
    }
    body = declared.documented or declared.body
    if body is not None:
        content: dict[str, Any] = {JSON: {"schema": schema_of[id(body)]}}
        operation["requestBody"] = {"required": True, "content": content}
    elif declared.takes:
        content = {declared.takes: {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _security(declared: Route) -> list[dict[str, list[str]]]:
    if declared.access is Access.PUBLIC:
        return []
    if declared.changing and declared.access is Access.SIGNED_IN:
        return [{"session": []}]
    return [{"session": []}, {"token": []}]


def _operation_id(declared: Route) -> str:
    words = re.findall(r"[A-Za-z]+", _PARAMETER.sub("", declared.path.removeprefix(API)))
    return "_".join([*(word.lower() for word in words), declared.name])


def _tag(declared: Route) -> str:
    return declared.path.removeprefix(API).strip("/").partition("/")[0].partition(".")[0]


def _path_parameters(declared: Route) -> list[dict[str, Any]]:
    kinds = {"number": {"type": "integer", "minimum": 0}, "string": {"type": "string"}}
    return [
        {
            "name": found["name"],
            "in": "path",
            "required": True,
            "schema": kinds[found["kind"]],
        }
        for found in _PARAMETER.finditer(declared.path)
    ]


def _query_parameters(declared: Route) -> list[dict[str, Any]]:
    if declared.query is None:
        return []
    _, components = msgspec.json.schema_components([declared.query], ref_template=_REF)
    properties: dict[str, Any] = components[declared.query.__name__]["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in properties.items()
    ]


def _answer(declared: Route, schema_of: Mapping[int, Any]) -> dict[str, Any]:
    if declared.gives:
        content: dict[str, Any] = {declared.gives: {"schema": {"type": "string"}}}
        return {"description": declared.summary, "content": content}
    if declared.answer is None:
        return {"description": "Done"}
    content = {JSON: {"schema": schema_of[id(declared.answer)]}}
    return {"description": declared.summary, "content": content}


def _refusal(text: str) -> dict[str, Any]:
    schema = {"$ref": _REF.format(name=Problem.__name__)}
    return {"description": text, "content": {JSON: {"schema": schema}}}


class OpenApiRoutes:
    """`/openapi.json`. `describe` has been called before the first request.

    The document is made when somebody asks for it: few do, and every start would wait for it.
    """

    def __init__(self) -> None:
        self._routes: Sequence[Route] = ()
        self._version = ""
        self._content = b""

    def describe(self, routes: Iterable[Route], version: str) -> None:
        """Publish these routes."""
        self._routes, self._version, self._content = tuple(routes), version, b""

    @route("GET", "/openapi.json", access=Access.PUBLIC, summary="This document", gives=JSON)
    async def read(self, call: Call) -> Reply:
        """The document."""
        if not self._content:
            self._content = msgspec.json.encode(document(self._routes, self._version))
        return Reply(content=self._content)
