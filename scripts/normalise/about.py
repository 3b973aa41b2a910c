"""What a Swagger 2.0 document says about itself: its title, tags and links. OpenAPI 3.0 says it the same way."""

from __future__ import annotations

from collections.abc import Mapping

from ..document import Json
from .repair import ANYTHING, EMAIL, TEXT, URL, Form, fitted
from .source import Source, kind

_INFO: Mapping[str, Form] = {
    **dict.fromkeys(("title", "version", "description"), TEXT),
    "termsOfService": URL,
    **dict.fromkeys(("contact", "license"), ANYTHING),
}
_CONTACT: Mapping[str, Form] = {"name": TEXT, "url": URL, "email": EMAIL}
_LICENSE: Mapping[str, Form] = {"name": TEXT, "url": URL}
_DOCS: Mapping[str, Form] = {"description": TEXT, "url": URL}
_TAG: Mapping[str, Form] = {**dict.fromkeys(("name", "description"), TEXT), "externalDocs": ANYTHING}


def info(source: Source) -> dict[str, Json]:
    """The `info` of the document, with the title and version that OpenAPI wants."""
    result = fitted(source, source.mapping(source.data.get("info"), "/info"), _INFO, "/info")
    for name in ("title", "version"):
        if name not in result:
            source.mend("/info", f"`info` has no `{name}`", "An empty one stands in.")
            result[name] = ""
    if "contact" in result:
        result |= _named(source, "contact", result.pop("contact"), _CONTACT)
    if "license" in result:
        result |= _named(source, "license", result.pop("license"), _LICENSE)
        if "name" not in result.get("license", {"name": ""}):
            source.mend("/info/license", "the licence has no `name`", "Its URL stands in.")
            result["license"] = {"name": result["license"].get("url", ""), **result["license"]}
    return result


def _named(source: Source, name: str, value: Json, forms: Mapping[str, Form]) -> dict[str, Json]:
    here = f"/info/{name}"
    if isinstance(value, str):
        source.mend(here, f"`{name}` is a text, not a mapping", "It is read as its name.")
        return {name: {"name": value}}
    return {name: fitted(source, source.mapping(value, here), forms, here)}


def external_docs(source: Source, value: Json, here: str) -> dict[str, Json]:
    """The member `externalDocs` with the `value` at `here`; nothing, with a warning, where it has no URL."""
    found = fitted(source, source.mapping(value, here), _DOCS, here)
    if "url" in found:
        return {"externalDocs": found}
    source.mend(here, "`externalDocs` has no `url`", "It is left out.")
    return {}


def tags(source: Source) -> list[dict[str, Json]]:
    """The tags of the document, each once."""
    result: dict[str, dict[str, Json]] = {}
    for index, each in enumerate(source.items(source.data["tags"], "/tags")):
        here = f"/tags/{index}"
        tag = _tag(source, each, here)
        if tag is None:
            source.mend(here, f"a tag is a mapping with a `name`, not {kind(each)}", "It is left out.")
        elif tag["name"] in result:
            source.mend(here, f"the tag {tag['name']!r} is there twice", "The first one counts.")
        else:
            result[tag["name"]] = tag
    return list(result.values())


def _tag(source: Source, node: Json, here: str) -> dict[str, Json] | None:
    if isinstance(node, str):
        source.mend(here, "a tag is a mapping, not a text", "It is read as its name.")
        return {"name": node}
    found = fitted(source, node, _TAG, here) if isinstance(node, dict) else {}
    if "externalDocs" in found:
        found |= external_docs(source, found.pop("externalDocs"), f"{here}/externalDocs")
    return found if "name" in found else None
