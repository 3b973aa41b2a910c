"""Security schemes and requirements, from Swagger 2.0 to OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..document import Json, copied, escape
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


def security_scheme(source: Source, node: Json, here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the security definition `node`."""
    node = source.mapping(node, here)
    convert = _SCHEMES.get(str(node.get("type")))
    if convert is None:
        source.refuse(f"{here}/type", f"`type` is {node.get('type')!r}", "Known are basic, apiKey and oauth2.")
        return {}
    result = convert(source, node, here)
    if "description" in node:
        result |= member(source, "description", node["description"], TEXT, f"{here}/description")
    return result | copied(extensions(node))


def requirements(source: Source, value: Json, here: str) -> list[dict[str, Json]]:
    """The security requirements `value`, any of which is enough, with the names that schemes have now."""
    result = []
    for index, each in enumerate(source.items(value, here)):
        place = f"{here}/{index}"
        if isinstance(each, str):
            source.mend(place, "a requirement is a mapping, not a text", "It is read as the name of a scheme.")
        named = {}
        for name, scopes in source.mapping({each: []} if isinstance(each, str) else each, place).items():
            known = source.names.get(("securityDefinitions", name))
            if known is None:
                source.mend(f"{place}/{escape(name)}", f"there is no security definition {name!r}", "It is kept.")
            named[known or name] = source.texts(scopes, f"{place}/{escape(name)}")
        result.append(named)
    return result


def _basic(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:  # noqa: ARG001 - of a table
    return {"type": "http", "scheme": "basic"}


def _http(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    """A scheme as OpenAPI 3 writes it."""
    source.mend(f"{here}/type", "the type http is not of Swagger 2.0", "It is read as OpenAPI 3 reads it.")
    result = {"type": "http", "scheme": str(node.get("scheme") or "basic")}
    return result | ({"bearerFormat": str(node["bearerFormat"])} if "bearerFormat" in node else {})


def _api_key(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    if node.get("in") not in ("header", "query") or not isinstance(node.get("name"), str):
        source.refuse(here, "an API key needs a `name`, and `in`: header or query")
        return {}
    return {"type": "apiKey", "in": node["in"], "name": node["name"]}


def _oauth2(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    called = str(node.get("flow", _FLOW_BY_URLS.get(("authorizationUrl" in node, "tokenUrl" in node))))
    if "flow" not in node and called in _FLOWS:
        source.mend(here, "the kind of `flow` is not said", f"By its URLs it is {called}.")
    if called in _LATER:
        source.mend(f"{here}/flow", f"`flow` is {called!r}", f"It is read as {_LATER[called]}.")
        called = _LATER[called]
    if called not in _FLOWS:
        source.refuse(f"{here}/flow", f"`flow` is {node.get('flow')!r}", f"Known are {', '.join(_FLOWS)}.")
        return {}
    name, needed = _FLOWS[called]
    flow: dict[str, Json] = {}
    for each in needed:
        flow |= member(source, each, node[each], URL, f"{here}/{each}") if each in node else {}
        if each not in flow:
            source.mend(here, f"the flow {called} needs `{each}`", "An empty one stands in.")
            flow[each] = ""
    flow["scopes"] = _scopes(source, node, f"{here}/scopes")
    return {"type": "oauth2", "flows": {name: flow}}


def _scopes(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    """Scope to description; a list of scopes is read as such without descriptions."""
    if isinstance(node.get("scopes"), list) and node["scopes"]:
        source.mend(here, "`scopes` is a list, not a mapping", "Its members are read as scopes without description.")
        return dict.fromkeys(source.texts(node["scopes"], here), "")
    found = member(source, "scopes", node.get("scopes", {}), MAPPING, here).get("scopes", {})
    result: dict[str, Json] = {}
    for name, said in found.items():
        if name.startswith("x-"):
            continue
        result[name] = member(source, name, said, TEXT, f"{here}/{escape(name)}").get(name, "")
    return result


_SCHEMES: Mapping[str, Callable[[Source, Mapping[str, Json], str], dict[str, Json]]] = {
    "basic": _basic,
    "http": _http,
    "apiKey": _api_key,
    "oauth2": _oauth2,
}
