"""Security schemes, from Swagger 2.0 to OpenAPI 3.0."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping

from ..document import Json
from .source import Source, extensions

_FLOWS = {
    "implicit": ("implicit", ("authorizationUrl",)),
    "password": ("password", ("tokenUrl",)),
    "application": ("clientCredentials", ("tokenUrl",)),
    "accessCode": ("authorizationCode", ("authorizationUrl", "tokenUrl")),
}
"""A flow of 2.0, to its name in 3.0 and the members it must have there."""


def security_scheme(source: Source, node: Json, here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the security definition `node`."""
    node = source.mapping(node, here)
    convert = _SCHEMES.get(str(node.get("type")))
    if convert is None:
        source.refuse(f"{here}/type", f"`type` is {node.get('type')!r}", f"Known are {', '.join(_SCHEMES)}.")
        return {}
    result = convert(source, node, here)
    if "description" in node:
        result["description"] = node["description"]
    return result | copy.deepcopy(extensions(node))


def _basic(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:  # noqa: ARG001 - of a table
    return {"type": "http", "scheme": "basic"}


def _api_key(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    if node.get("in") not in ("header", "query") or not isinstance(node.get("name"), str):
        source.refuse(here, "an API key needs a `name`, and `in`: header or query")
        return {}
    return {"type": "apiKey", "in": node["in"], "name": node["name"]}


def _oauth2(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    called = str(node.get("flow"))
    if called not in _FLOWS:
        source.refuse(f"{here}/flow", f"`flow` is {node.get('flow')!r}", f"Known are {', '.join(_FLOWS)}.")
        return {}
    name, needed = _FLOWS[called]
    flow: dict[str, Json] = {}
    for member in needed:
        if not isinstance(node.get(member), str):
            source.refuse(here, f"the flow {called} needs `{member}`")
        flow[member] = node.get(member)
    flow["scopes"] = copy.deepcopy(node.get("scopes") or {})
    return {"type": "oauth2", "flows": {name: flow}}


_SCHEMES: Mapping[str, Callable[[Source, Mapping[str, Json], str], dict[str, Json]]] = {
    "basic": _basic,
    "apiKey": _api_key,
    "oauth2": _oauth2,
}
