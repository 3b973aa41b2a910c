"""Security schemes and requirements, from Swagger 2.0 to OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..document import Json, escape
from .repair import MAPPING, TEXT, URL, member
from .source import Source, extensions

_FLOWS = {
    "implicit": ("implicit", ("authorizationUrl",)),
    "password": ("password", ("tokenUrl",)),
    "application": ("clientCredentials", ("tokenUrl",)),
    "accessCode": ("authorizationCode", ("authorizationUrl", "tokenUrl")),
}
"""A flow of 2.0, to its name in 3.0 and the members it must have there."""

_FLOW_BY_URLS = {(True, False): "implicit", (True, True): "accessCode"}
"""Whether there are an `authorizationUrl` and a `tokenUrl`, to the one flow that has just these."""

_LATER = {each: name for name, (each, _) in _FLOWS.items() if name != each}
"""A flow's name in 3.0, to that in 2.0."""


def security_scheme(source: Source, node: Json, here: str) -> dict[str, Json] | None:
    """The OpenAPI 3.0 form of the security definition `node`; None, with a warning, for one that cannot be read."""
    node = source.mapping(node, here)
    convert = _SCHEMES.get(str(node.get("type")), _unreadable)
    result = convert(source, node, here)
    if not result:
        return None
    if "description" in node:
        result |= member(source, "description", node["description"], TEXT, f"{here}/description")
    return result | extensions(node)


def requirements(source: Source, value: Json, here: str) -> list[dict[str, Json]]:
    """The security requirements `value`, any of which is enough, with the names that schemes have now."""
    result = []
    for index, each in enumerate(source.items(value, here)):
        place = f"{here}/{index}"
        if isinstance(each, str):
            source.defect(place, "a requirement is a mapping, not a string", "It is read as the name of a scheme.")
        named = {}
        for name, scopes in source.mapping({each: []} if isinstance(each, str) else each, place).items():
            known = source.component_names.get(("securityDefinitions", name))
            if known is None:
                source.defect(f"{place}/{escape(name)}", f"there is no security definition {name!r}", "It is kept.")
            named[known or name] = source.texts(scopes, f"{place}/{escape(name)}")
        result.append(named)
    return result


def _basic(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:  # noqa: ARG001 - of a table
    return {"type": "http", "scheme": "basic"}


def _http(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    """A scheme as OpenAPI 3 writes it."""
    source.defect(f"{here}/type", "Swagger 2.0 has no security type http", "It is read as in OpenAPI 3.")
    result = {"type": "http", "scheme": str(node.get("scheme") or "basic")}
    return result | ({"bearerFormat": str(node["bearerFormat"])} if "bearerFormat" in node else {})


def _bearer(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    return _http(source, {**node, "scheme": "bearer"}, here)


def _open_id(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    """A scheme as OpenAPI 3 writes it."""
    if not isinstance(node.get("openIdConnectUrl"), str):
        return _unreadable(source, node, here)
    source.defect(f"{here}/type", "Swagger 2.0 has no security type openIdConnect", "It is read as in OpenAPI 3.")
    return {"type": "openIdConnect", "openIdConnectUrl": node["openIdConnectUrl"]}


def _unreadable(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:  # noqa: ARG001 - of a table
    what = "this is not a security definition of Swagger 2.0"
    source.defect(here, what, "It is left out; what requires it still names it.")
    return {}


def _api_key(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    if node.get("in") not in ("header", "query", "cookie") or "name" not in node:
        return _unreadable(source, node, here)
    if node["in"] == "cookie":
        source.defect(f"{here}/in", "Swagger 2.0 has no cookies", "It is read as in OpenAPI 3.")
    name = member(source, "name", node["name"], TEXT, f"{here}/name")
    return {"type": "apiKey", "in": node["in"], **name} if name else _unreadable(source, node, here)


def _oauth2(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    called = str(node.get("flow", _FLOW_BY_URLS.get(("authorizationUrl" in node, "tokenUrl" in node))))
    if "flow" not in node and called in _FLOWS:
        source.defect(here, "an oauth2 scheme needs a `flow`", f"Its URLs tell that it is {called}.")
    if called in _LATER:
        source.defect(f"{here}/flow", f"`flow` is {called!r}", f"It is read as {_LATER[called]}.")
        called = _LATER[called]
    if called not in _FLOWS:
        return _unreadable(source, node, here)
    name, needed = _FLOWS[called]
    flow: dict[str, Json] = {}
    for each in needed:
        flow |= member(source, each, node[each], URL, f"{here}/{each}") if each in node else {}
        if each not in flow:
            source.defect(here, f"the flow {called} needs `{each}`", "An empty one is added.")
            flow[each] = ""
    flow["scopes"] = _scopes(source, node, f"{here}/scopes")
    return {"type": "oauth2", "flows": {name: flow}}


def _scopes(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    """Scope to description; a list of scopes is read as such without descriptions."""
    if isinstance(node.get("scopes"), list) and node["scopes"]:
        source.defect(here, "`scopes` is a list, not a mapping", "They are read as scopes without description.")
        return dict.fromkeys(source.texts(node["scopes"], here), "")
    found = member(source, "scopes", node.get("scopes", {}), MAPPING, here).get("scopes", {})
    result: dict[str, Json] = {}
    for name, said in found.items():
        if name.startswith("x-"):
            source.loss(f"{here}/{escape(name)}", "OpenAPI 3 has no extensions among scopes", "It is left out.")
            continue
        result[name] = member(source, name, said, TEXT, f"{here}/{escape(name)}").get(name, "")
    return result


_SCHEMES: Mapping[str, Callable[[Source, Mapping[str, Json], str], dict[str, Json]]] = {
    "basic": _basic,
    "http": _http,
    "bearer": _bearer,
    "openIdConnect": _open_id,
    "apiKey": _api_key,
    "oauth2": _oauth2,
}
