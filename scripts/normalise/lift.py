"""Lift inline schemas: what is said in several places becomes one named component.

An inline enumeration (of texts or whole numbers) or object (with `properties`) is liftable unless it
has a `default`, which generators drop beside a reference. Two are equal if they are once title,
description and examples are set aside, at every depth, and the order of members, of `required` and
of the enumerated values too. What differs in a `default` is not equal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from ..document import Json, exists, reference
from ..errors import DocumentError, Problem
from .classes import LONGEST, Made, clashes, class_name, classes, classes_within
from .naming import names_for, same_class
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
    """`data` (OpenAPI 3) with its inline schemas lifted, and where each of them went.

    Lifted are those that `names` (JSON pointer into `data`, to component name) mentions, those that
    occur twice or more, and those that a client generator would take for another (`classes`), each
    with all that equal it. A component is made of the one that `names` mentions, or that has the
    lexicographically first pointer; without the title, description and examples of its own, which every
    place keeps beside its reference (around it in OpenAPI 3.0, where nothing may stand beside it), but
    with those inside it. New components follow the existing ones, in the order of their names. A
    name that is not given is what `naming` makes of the places; the class made of it, and those of
    what is inside it, are no other schema's.

    The second result maps the pointer of each lifted schema in `data` to the pointer of its component,
    to be used by `moved`. References to and into lifted schemas are led to the components. Lifting
    again changes nothing. Raises `DocumentError` for names that cannot be given. `data` is not changed,
    and the result may share parts with it.
    """
    result, moves = _once(data, names)
    latest = moves
    # Once references are led to components, schemas that differed in a reference alone may be equal.
    while latest:
        result, latest = _once(result, {})
        origins = _origins(moves)
        moves = {here: moved(there, latest) for here, there in moves.items()}
        moves |= {old: there for here, there in latest.items() for old in _before(here, origins)}
    return result, dict(sorted(moves.items()))


def _once(data: dict[str, Json], names: Mapping[str, str]) -> tuple[dict[str, Json], dict[str, str]]:
    schemas = {here: node for here, kind, node in visit(data) if kind == "schema"}
    lifted = _named(data, schemas, _groups(data, schemas), names)
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
        return _referring(data, node, moves[here])

    result = rewrite(data, change)
    if made:
        components = result["components"] if isinstance(result.get("components"), dict) else {}
        schemas = {**_components(result), **{name: made[name] for name in sorted(made)}}
        result = {**result, "components": {**components, "schemas": schemas}}
    return result, moves


def _referring(data: Mapping[str, Json], node: Mapping[str, Json], target: str) -> dict[str, Json]:
    """The reference that takes the place of `node`, with what `node` says of its place."""
    reference = {"$ref": f"#{target}"}
    beside = {name: value for name, value in node.items() if name in SAID_OF_THE_PLACE}
    if beside and str(data.get("openapi", "")).startswith("3.0"):
        return {**beside, "allOf": [reference]}
    return {**reference, **beside}


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


def _origins(moves: Mapping[str, str]) -> dict[str, list[str]]:
    """Component to all that it was lifted from."""
    result: dict[str, list[str]] = {}
    for here, there in moves.items():
        result.setdefault(there, []).append(here)
    return result


def _before(pointer: str, origins: Mapping[str, list[str]]) -> list[str]:
    """Where what is at `pointer` stood before lifting: `moved`, the other way."""
    component = "/".join(pointer.split("/")[:4])
    return [old + pointer[len(component) :] for old in origins.get(component, [component])]


# --- Which ------------------------------------------------------------------------------------


def liftable(node: Mapping[str, Json]) -> bool:
    """Whether the schema `node` is an enumeration or an object that may be lifted."""
    if node.keys() & _TIED:
        return False
    values, properties = node.get("enum"), node.get("properties")
    if isinstance(values, list) and values:
        return all(isinstance(value, (str, int)) and not isinstance(value, bool) for value in values)
    return isinstance(properties, dict) and bool(properties)


_TIED = frozenset({"$ref", "default", "$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor"})
"""What would be lost beside a reference, or means something else elsewhere."""


def _inline(here: str) -> bool:
    """Whether a schema at `here` is inside something else, and not a component itself."""
    return not here.startswith(_COMPONENTS) or "/" in here.removeprefix(_COMPONENTS)


def _groups(data: dict[str, Json], schemas: Mapping[str, dict[str, Json]]) -> list[Group]:
    """All liftable schemas, equal ones together."""
    apart = tuple(f"{here}/" for here, node in schemas.items() if "$id" in node)
    essences = _essences(data)
    found: dict[int, list[str]] = {}
    for here in sorted(schemas):
        # References in a schema with an `$id` are relative to that, and would not find a component.
        if _inline(here) and liftable(schemas[here]) and not here.startswith(apart):
            found.setdefault(essences[here], []).append(here)
    return [Group(tuple(pointers), pointers[0]) for pointers in found.values()]


def _essences(data: dict[str, Json]) -> dict[str, int]:
    """A number for each schema, by its pointer, that equal ones share.

    A schema is compared by its own words and the numbers of those in it, so that each is read once.
    """
    numbers: dict[str, int] = {}
    result: dict[str, int] = {}

    def change(node: dict[str, Json], kind: str, here: str) -> Json:
        if kind != "schema":
            return node
        text = json.dumps(_plain(node), sort_keys=True)
        result[here] = numbers.setdefault(text, len(numbers))
        return result[here]

    rewrite(data, change)
    return result


def _plain(node: dict[str, Json]) -> dict[str, Json]:
    result = _without_place(node)
    for name in ("required", "enum"):
        if isinstance(result.get(name), list):
            result[name] = sorted(result[name], key=json.dumps)
    return result


def _without_place(node: Mapping[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in node.items() if name not in SAID_OF_THE_PLACE}


# --- What they are called ----------------------------------------------------------------------


def _named(
    data: dict[str, Json], schemas: Mapping[str, dict[str, Json]], groups: Collection[Group], names: Mapping[str, str]
) -> list[Group]:
    """The groups to lift, each with its name; those with a given one first. Raises `DocumentError`."""
    given, problems = _given(groups, names)
    problems += _unfit(data, schemas, names)
    rest = [group for group in groups if not set(group.pointers) & set(names)]
    repeated = [group for group in rest if _repeated(group)]
    muddled = _muddled(data, schemas, [*given, *repeated])
    chosen = [group for group in rest if _repeated(group) or muddled & set(group.pointers)]
    lifted = _pointers([*given, *chosen])
    taken = _taken(data, classes(data, without=lifted))
    problems += _collisions(schemas, given, lifted, taken)
    if problems:
        raise DocumentError(problems)
    result = list(given)
    for group in sorted(chosen, key=lambda each: each.pointers):
        for name in names_for(data, group.pointers):
            made = _keys(schemas[group.model], group.model, name, lifted)
            if not made & taken.keys():
                break
        taken |= dict.fromkeys(made, group.model)
        result.append(replace(group, name=name))
    return result


def _repeated(group: Group) -> bool:
    """Whether it stands in two places or more; a part of an `allOf` is nothing by itself and does not count."""
    return sum(trail(here)[-1].member != "allOf" for here in group.pointers) > 1


def _muddled(data: dict[str, Json], schemas: Mapping[str, dict[str, Json]], lifted: Collection[Group]) -> set[str]:
    """Pointers of schemas whose class is taken for another, or is in a module that cannot be written."""
    without = _pointers(lifted)
    made = [classes(data, without=without)]
    made += [classes_within(schemas[each.model], each.model, each.name or "Schema", without=without) for each in lifted]
    clashing = {each.pointer for some in made for found in clashes(some) for each in found}
    return clashing | {each.pointer for some in made for each in some if len(each.module) > LONGEST}


def _pointers(groups: Iterable[Group]) -> set[str]:
    return {here for group in groups for here in group.pointers}


def _components(data: Mapping[str, Json]) -> dict[str, Json]:
    """The schemas that are components already."""
    components = data.get("components")
    schemas = components.get("schemas") if isinstance(components, dict) else None
    return schemas if isinstance(schemas, dict) else {}


def _taken(data: Mapping[str, Json], made: Iterable[Made]) -> dict[str, str]:
    """What no new component, and no class made of one, may be called; and whose it is."""
    existing = _components(data)
    result = {same_class(each.name): each.pointer for each in made}
    return result | {same_class(class_name(name)): f"{_COMPONENTS}{name}" for name in existing}


def _keys(node: Mapping[str, Json], here: str, name: str, lifted: Collection[str]) -> set[str]:
    """What would be taken by the component `name`, and by the classes made of what stays in it."""
    made = classes_within(node, here, name, without=lifted)
    return {same_class(class_name(name)), *(same_class(each.name) for each in made)}


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
        result.append(replace(group, model=mentioned[0], name=names[mentioned[0]]))
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
            what = f"there is no schema to be named {name}" if not exists(data, here) else "this is not a schema"
            problems.append(Problem(what, "The document has changed, or the pointer is misspelt.", pointer=here))
        elif not _inline(here):
            problems.append(Problem(f"this is a component already and cannot be named {name}", pointer=here))
        elif not liftable(node):
            problems.append(Problem(f"this cannot be named {name}: {_why_not(node)}", _hint(node), pointer=here))
    return problems


def _why_not(node: Mapping[str, Json]) -> str:
    if "$ref" in node:
        return "it is a reference already"
    if "default" in node:
        return "it has a `default`, which generators drop beside a reference"
    if node.keys() & _TIED:
        return f"it has {', '.join(sorted(node.keys() & _TIED))}, which means something else elsewhere"
    return "it is neither an enumeration of texts or whole numbers nor an object with properties"


def _hint(node: Mapping[str, Json]) -> str:
    alternatives = node.get("anyOf")
    if isinstance(alternatives, list):
        fit = [index for index, each in enumerate(alternatives) if isinstance(each, dict) and liftable(each)]
        if fit:
            return f"What can be is below it, at /anyOf/{fit[0]}."
    return ""


def _collisions(
    schemas: Mapping[str, dict[str, Json]], given: Iterable[Group], lifted: Collection[str], taken: dict[str, str]
) -> list[Problem]:
    """Given names that a component, or a class of another schema, has. The others are added to `taken`."""
    problems = []
    for group in given:
        made = _keys(schemas[group.model], group.model, group.name, lifted)
        owners = sorted({taken[key] for key in made if key in taken})
        for owner in owners:
            what = f"the name {group.name} is that of {_owner(owner)} too, which differs"
            problems.append(Problem(what, "Give one of them another name.", pointer=group.model))
        taken |= dict.fromkeys(made, group.model)
    return problems


def _owner(here: str) -> str:
    return here if _inline(here) else f"the component {here.removeprefix(_COMPONENTS)}"


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


def _reference(named: str, moves: Mapping[str, str]) -> str:
    if not named.startswith("#/"):
        return named
    old = unquote(named[1:])
    new = moved(old, moves)
    return named if new == old else reference(new)
