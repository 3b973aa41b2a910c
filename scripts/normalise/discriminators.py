"""Discriminators: a property's name in Swagger 2.0, a name and a mapping in OpenAPI 3."""

from __future__ import annotations

from ..document import Json, escape, parts
from .source import Source, kind


def discriminator(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the `discriminator` at the pointer `here`.

    Its mapping has every value that is not just the name of its schema.
    """
    if isinstance(value, dict) and isinstance(value.get("propertyName"), str):
        source.defect(here, "`discriminator` is a mapping", "It is read as in OpenAPI 3.")
        return {name: {"propertyName": value["propertyName"], **_mapping(_read(source, value.get("mapping"), here))}}
    if not isinstance(value, str):
        source.defect(here, f"`discriminator` is {kind(value)}, not a property's name", "It is left out.")
        return {}
    section, *rest = parts(here)
    values = source.discriminator_values.get(rest[0], {}) if section == "definitions" and len(rest) == 2 else {}
    return {name: {"propertyName": value, **_mapping(dict(values))}}


def _mapping(values: dict[str, str]) -> dict[str, Json]:
    return {"mapping": values} if values else {}


def _read(source: Source, values: Json, here: str) -> dict[str, str]:
    """A mapping that is there already, its references led to the components."""
    result = {}
    for value, reference in values.items() if isinstance(values, dict) else ():
        if not isinstance(reference, str) or not reference.startswith("#"):
            result[value] = str(reference)
            continue
        target = source.target({"$ref": reference}, f"{here}/mapping/{escape(value)}")
        if target is not None:
            result[value] = source.schema_reference(target)
    return result
