"""A small checker for the part of JSON Schema that the OpenAPI document uses."""

from typing import Any

TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "number": (int, float),
    "integer": int,
    "null": type(None),
}


def mistakes(value: Any, schema: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """What of `value` contradicts `schema`; references are looked up in `document`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return mistakes(value, document["components"]["schemas"][name], document)
    if "anyOf" in schema:
        tried = [mistakes(value, option, document) for option in schema["anyOf"]]
        return [] if [] in tried else [f"{value!r} fits none of {schema['anyOf']}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{value!r} is not one of {schema['enum']}")
    kind = schema.get("type")
    if kind and (
        not isinstance(value, TYPES[kind]) or (kind in ("integer", "number") and value is True)
    ):
        return [f"{value!r} is no {kind}"]
    if isinstance(value, dict):
        found += _in_object(value, schema, document)
    if isinstance(value, list) and "items" in schema and schema["items"] is not False:
        for item in value:
            found += mistakes(item, schema["items"], document)
    return found


def _in_object(
    value: dict[str, Any], schema: dict[str, Any], document: dict[str, Any]
) -> list[str]:
    properties = schema.get("properties", {})
    found = [f"{name} is missing" for name in schema.get("required", ()) if name not in value]
    for name, inner in value.items():
        if name in properties:
            found += mistakes(inner, properties[name], document)
        elif isinstance(schema.get("additionalProperties"), dict):
            found += mistakes(inner, schema["additionalProperties"], document)
        elif properties:
            found.append(f"{name} is not described")
    return found
