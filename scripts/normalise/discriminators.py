"""Discriminators: a property's name in Swagger 2.0, a name and a mapping in OpenAPI 3."""

from __future__ import annotations

from ..document import Json, escape, pointer
from .source import Source, kind


def discriminator(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the `discriminator` at the pointer `here`.

    Values come from `x-ms-discriminator-value`; a definition whose name had to change keeps its old
    name as value. Any other value is the name of its schema, and needs no mapping.
    """
    if isinstance(value, dict) and isinstance(value.get("propertyName"), str):
        source.mend(here, "`discriminator` is a mapping", "It is read as OpenAPI 3 reads it.")
        return {name: {"propertyName": value["propertyName"], **_mapping(_read(source, value.get("mapping"), here))}}
    if not isinstance(value, str):
        source.mend(here, f"`discriminator` is {kind(value)}, not a property's name", "It is left out.")
        return {}
    return {name: {"propertyName": value, **_mapping(_found(source, here.rpartition("/")[0]))}}


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
            result[value] = source.schema(target)
    return result


def _found(source: Source, base: str) -> dict[str, str]:
    """Value to reference, of the definition at the pointer `base` and those below it."""
    result: dict[str, str] = {}
    family = {base, *source.heirs(base)}
    for name, definition in source.section("definitions").items():
        if pointer("definitions", name) not in family or not isinstance(definition, dict):
            continue
        value = definition.get("x-ms-discriminator-value", name)
        component = source.names["definitions", name]
        if isinstance(value, str) and value != component:
            result[value] = f"#{pointer('components', 'schemas', component)}"
    return result
