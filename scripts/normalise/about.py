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
            source.defect("/info", f"`info` has no `{name}`", "An empty one is added.")
            result[name] = ""
    if "contact" in result:
        result |= _contact_or_license(source, "contact", result.pop("contact"), _CONTACT)
    if "license" in result:
        result |= _contact_or_license(source, "license", result.pop("license"), _LICENSE)
        if "name" not in result.get("license", {"name": ""}):
            source.defect("/info/license", "the license has no `name`", "Its URL is used.")
            result["license"] = {"name": result["license"].get("url", ""), **result["license"]}
    return result


def _contact_or_license(source: Source, name: str, value: Json, forms: Mapping[str, Form]) -> dict[str, Json]:
    """The member `name` of the `info`; a string in its place is read as the name of the contact or license."""
    here = f"/info/{name}"
    if isinstance(value, str):
        source.defect(here, f"`{name}` is a string, not a mapping", "It is read as its name.")
        return {name: {"name": value}}
    return {name: fitted(source, source.mapping(value, here), forms, here)}


def external_docs(source: Source, value: Json, here: str) -> dict[str, Json]:
    """The member `externalDocs` with the `value` at `here`; nothing, with a warning, where it has no URL."""
    found = fitted(source, source.mapping(value, here), _DOCS, here)
    if "url" in found:
        return {"externalDocs": found}
    source.defect(here, "`externalDocs` has no `url`", "It is left out.")
    return {}


def tags(source: Source) -> list[dict[str, Json]]:
    """The tags of the document, each once."""
    result: dict[str, dict[str, Json]] = {}
    for index, each in enumerate(source.items(source.data["tags"], "/tags")):
        here = f"/tags/{index}"
        tag = _tag(source, each, here)
        if tag is None:
            source.defect(here, f"a tag is a mapping with a `name`, not {kind(each)}", "It is left out.")
        elif tag["name"] in result:
            source.defect(here, f"the tag {tag['name']!r} appears twice", "The first one counts.")
        else:
            result[tag["name"]] = tag
    return list(result.values())


def _tag(source: Source, node: Json, here: str) -> dict[str, Json] | None:
    if isinstance(node, str):
        source.defect(here, "a tag is a mapping, not a string", "It is read as its name.")
        return {"name": node}
    found = fitted(source, node, _TAG, here) if isinstance(node, dict) else {}
    if "externalDocs" in found:
        found |= external_docs(source, found.pop("externalDocs"), f"{here}/externalDocs")
    return found if "name" in found else None
