"""Lift inline schemas: what is said in several places becomes one named component.

An inline enumeration (of texts or whole numbers) or object (with `properties`) is liftable unless it
has a `default`, which generators drop beside a reference. Two are equal if they are once title,
description and examples are set aside, at every depth, and the order of members, of `required` and
of the enumerated values too. What differs in a `default` is not equal.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from ..document import Json, at
from ..errors import DocumentError, Problem
from .naming import agreed_name, full_name, same_class
from .shape import rewrite, trail, visit

SAID_OF_THE_PLACE = frozenset({"title", "description", "example", "examples"})
"""What a schema says of its place: set aside in comparison, and left beside the reference."""

_COMPONENTS = "/components/schemas/"


@dataclass(frozen=True)
class Group:
    """Equal schemas, and the one that their component is made of."""

    pointers: tuple[str, ...]
    """In lexicographic order."""
    model: str
    """The pointer of the one that becomes the component."""
    name: str = ""
    """The component's name; empty until there is one."""


def lift(data: dict[str, Json], *, names: Mapping[str, str]) -> tuple[dict[str, Json], dict[str, str]]:
    """`data` (OpenAPI 3.1) with its inline schemas lifted, and where each of them went.

    Lifted are those that `names` (JSON pointer into `data`, to component name) mentions, with all
    that equal them, and else those that occur twice or more. A component is made of the one that
    `names` mentions, or that has the lexicographically first pointer; without the title, description
    and examples of its own, which every place keeps beside its reference, but with those inside it.
    New components follow the existing ones, in the order of their names. A name that is not given is
    what `naming` makes of the places, and never collides with another component or class.

    The second result maps the pointer of each lifted schema in `data` to the pointer of its component,
    to be used by `moved`. References to and into lifted schemas are led to the components. Raises
    `DocumentError` for names that cannot be given.
    """
    schemas = {here: node for here, kind, node in visit(data) if kind == "schema"}
    groups = _groups(schemas)
    lifted = _named(data, schemas, groups, names)
    moves = {here: f"{_COMPONENTS}{group.name}" for group in lifted for here in group.pointers}
    models = {group.model for group in lifted}
    made: dict[str, Json] = {}

    def change(node: dict[str, Json], kind: str, here: str) -> Json:
        if kind != "schema":
            return node
        node = _led(node, moves)
        if here not in moves:
            return node
        if here in models:
            made[moves[here].removeprefix(_COMPONENTS)] = _without_place(node)
        beside = {name: value for name, value in node.items() if name in SAID_OF_THE_PLACE}
        return {"$ref": f"#{moves[here]}", **beside}

    result = rewrite(copy.deepcopy(data), change)
    if made:
        components = result.setdefault("components", {})
        components["schemas"] = components.get("schemas", {}) | {name: made[name] for name in sorted(made)}
    return result, dict(sorted(moves.items()))


def moved(pointer: str, moves: Mapping[str, str]) -> str:
    """Where lifting took what stood at `pointer`: by the longest part of it that `moves` has.

    Title, description and examples of a lifted schema did not move with it: they are where the
    reference is, which may itself have moved with a schema around it.
    """
    near = pointer
    while near:
        rest = pointer[len(near) :]
        if near in moves and rest[1:].partition("/")[0] not in SAID_OF_THE_PLACE:
            return moves[near] + rest
        near = near.rpartition("/")[0]
    return pointer


# --- Which ------------------------------------------------------------------------------------


def liftable(node: Mapping[str, Json]) -> bool:
    """Whether the schema `node` is an enumeration or an object that may be lifted."""
    if "$ref" in node or "default" in node:
        return False
    values, properties = node.get("enum"), node.get("properties")
    if isinstance(values, list) and values:
        return all(isinstance(value, (str, int)) and not isinstance(value, bool) for value in values)
    return isinstance(properties, dict) and bool(properties)


def _inline(here: str) -> bool:
    """Whether a schema at `here` is inside something else, and not a component itself."""
    return len(trail(here)) > 2 or not here.startswith(_COMPONENTS)


def _groups(schemas: Mapping[str, dict[str, Json]]) -> list[Group]:
    found: dict[str, list[str]] = {}
    essences: dict[str, Json] = {}
    for here in sorted(schemas):
        node = schemas[here]
        if _inline(here) and liftable(node):
            essences[here] = _essence(node)
            found.setdefault(essences[here], []).append(here)
    return [Group(tuple(pointers), pointers[0]) for pointers in found.values()]


def _essence(node: dict[str, Json]) -> str:
    """A text that equal schemas share."""
    return json.dumps(rewrite(node, _plain, kind="schema"), sort_keys=True)


def _plain(node: dict[str, Json], kind: str, here: str) -> Json:  # noqa: ARG001 - a `Change`
    result = _without_place(node)
    for name in ("required", "enum"):
        if isinstance(result.get(name), list):
            result[name] = sorted(result[name], key=json.dumps)
    return result


def _without_place(node: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in node.items() if name not in SAID_OF_THE_PLACE}


# --- What they are called ----------------------------------------------------------------------


def _named(
    data: dict[str, Json], schemas: Mapping[str, dict[str, Json]], groups: Iterable[Group], names: Mapping[str, str]
) -> list[Group]:
    """The groups to lift, each with its name; those with a given one first. Raises `DocumentError`."""
    given, problems = _given(groups, names)
    existing = data.get("components", {}).get("schemas", {})
    problems += _unfit(data, schemas, names) + _collisions(given, existing)
    if problems:
        raise DocumentError(problems)
    rest = [group for group in groups if not set(group.pointers) & set(names) and _repeated(group)]
    inline = schemas.keys() - {here for group in (*given, *rest) for here in group.pointers}
    taken = _taken(data, {here: schemas[here] for here in inline})
    taken |= {same_class(name) for name in [*existing, *(group.name for group in given)]}
    result = list(given)
    for group in sorted(rest, key=lambda each: each.pointers):
        name = agreed_name(data, group.pointers, taken)
        taken.add(same_class(name))
        result.append(Group(group.pointers, group.model, name))
    return result


def _repeated(group: Group) -> bool:
    """Whether it stands in two places or more; a part of an `allOf` is nothing by itself and does not count."""
    return sum(trail(here)[-1].member != "allOf" for here in group.pointers) > 1


def _taken(data: dict[str, Json], schemas: Mapping[str, dict[str, Json]]) -> set[str]:
    """The classes that a generator makes of the `schemas` which stay: by title, and by where they stand."""
    found = {same_class(node["title"]) for node in schemas.values() if isinstance(node.get("title"), str)}
    for here, node in schemas.items():
        if not _inline(here) or _CLASSES & node.keys() or "object" in _types(node):
            found.add(same_class(full_name(data, here)))
    return found


_CLASSES = frozenset({"enum", "properties", "allOf", "anyOf", "oneOf", "additionalProperties"})


def _types(node: Mapping[str, Json]) -> list[Json]:
    types = node.get("type")
    return types if isinstance(types, list) else [types]


def _given(groups: Iterable[Group], names: Mapping[str, str]) -> tuple[list[Group], list[Problem]]:
    result: list[Group] = []
    problems: list[Problem] = []
    for group in groups:
        mentioned = [here for here in group.pointers if here in names]
        if not mentioned:
            continue
        called = {names[here] for here in mentioned}
        if len(called) > 1:
            what = f"equal schemas are given different names: {', '.join(sorted(called))}"
            problems.append(Problem(what, f"Name one of {', '.join(mentioned)} alone.", pointer=mentioned[0]))
        result.append(Group(group.pointers, mentioned[0], names[mentioned[0]]))
    return result, problems


def _unfit(data: dict[str, Json], schemas: Mapping[str, dict[str, Json]], names: Mapping[str, str]) -> list[Problem]:
    """The pointers in `names` that lead to nothing that can be lifted."""
    problems = []
    for here, name in names.items():
        node = schemas.get(here)
        if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
            hint = "It may hold letters, digits, `.`, `_` and `-`."
            problems.append(Problem(f"{name!r} cannot name a component", hint, pointer=here))
        elif node is None:
            what = f"there is no schema to be named {name}" if not _exists(data, here) else "this is not a schema"
            problems.append(Problem(what, "The document has changed, or the pointer is misspelt.", pointer=here))
        elif not _inline(here):
            problems.append(Problem(f"this is a component already and cannot be named {name}", pointer=here))
        elif not liftable(node):
            problems.append(Problem(f"this cannot be named {name}: {_why_not(node)}", _hint(node), pointer=here))
    return problems


def _exists(data: Json, here: str) -> bool:
    try:
        at(data, here)
    except KeyError:
        return False
    return True


def _why_not(node: Mapping[str, Json]) -> str:
    if "$ref" in node:
        return "it is a reference already"
    if "default" in node:
        return "it has a `default`, which generators drop beside a reference"
    return "it is neither an enumeration of texts or whole numbers nor an object with properties"


def _hint(node: Mapping[str, Json]) -> str:
    alternatives = node.get("anyOf")
    if isinstance(alternatives, list):
        fit = [index for index, each in enumerate(alternatives) if isinstance(each, dict) and liftable(each)]
        if fit:
            return f"What can be is below it, at /anyOf/{fit[0]}."
    return ""


def _collisions(given: Iterable[Group], existing: Mapping[str, Json]) -> list[Problem]:
    """Given names that two different schemas would share, or that a component has."""
    problems = []
    owners = {same_class(name): f"the component {name}" for name in existing}
    for group in given:
        owner = owners.setdefault(same_class(group.name), group.model)
        if owner != group.model:
            what = f"the name {group.name} is that of {owner} too, which differs"
            problems.append(Problem(what, "Give one of them another name.", pointer=group.model))
    return problems


# --- References --------------------------------------------------------------------------------


def _led(node: dict[str, Json], moves: Mapping[str, str]) -> dict[str, Json]:
    """`node` with its reference, and those of its discriminator, led to where things are now."""
    if isinstance(node.get("$ref"), str):
        node = {**node, "$ref": _reference(node["$ref"], moves)}
    mapping = node["discriminator"].get("mapping") if isinstance(node.get("discriminator"), dict) else None
    if isinstance(mapping, dict):
        led = {name: _reference(value, moves) if isinstance(value, str) else value for name, value in mapping.items()}
        node = {**node, "discriminator": {**node["discriminator"], "mapping": led}}
    return node


def _reference(reference: str, moves: Mapping[str, str]) -> str:
    if not reference.startswith("#/"):
        return reference
    old = unquote(reference[1:])
    new = moved(old, moves)
    return reference if new == old else "#" + quote(new, safe="/~!$&'()*+,;=:@{}-._")
