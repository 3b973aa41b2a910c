"""Read `behaviour.yaml`: its form first, then what it refers to, then the rules as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs

from ..document import Json, pointer
from ..document import read as read_document
from ..errors import BehaviourError
from .contradictions import contradictions
from .references import Known, pairs, wrong
from .rules import (
    Behaviour,
    Change,
    Create,
    Direction,
    Errors,
    Kept,
    Lifecycle,
    Limit,
    ListRule,
    Order,
    Pages,
    Permission,
    Reads,
    Setting,
    Stamp,
    Stated,
    Storage,
    View,
    Writes,
)

_FORM = Path(__file__).with_name("form.yaml")


def read(path: Path, document: Json) -> Behaviour:
    """The rules in the file at `path`, for the API of the OpenAPI document `document`.

    Raises `BehaviourError` with everything that is not well formed, or else with every reference to
    an operation, parameter, member or state that the document does not have, or else with everything
    that contradicts itself or the document.
    """
    source = read_document(path)
    problems = [
        source.problem(pointer(*error.instance_path), error.message) for error in _form().iter_errors(source.data)
    ]
    if problems:
        raise BehaviourError(problems)
    data = _completed(source.data)
    known = Known(data, document)
    for check in (wrong, contradictions):
        problems = [source.problem(at, what, hint) for at, what, hint in check(known)]
        if problems:
            raise BehaviourError(problems)
    return _behaviour(data)


@cache
def _form() -> Any:
    return jsonschema_rs.Draft202012Validator(read_document(_FORM).data)


def _completed(data: Mapping[str, Json]) -> dict[str, Json]:
    """The rules with what they leave to others said: the envelope of answers, and the moves of the course."""
    envelope = data.get("envelope", {"at": "", "with": {}})
    placed = {"at": envelope["at"], "with": envelope.get("with", {})}
    lifecycle = data["lifecycle"]
    moves = lifecycle.get("moves") or {before: [after] for before, after in pairwise(lifecycle["course"])}
    return {
        **data,
        "create": {**placed, **data["create"]},
        "views": [{**placed, **each} for each in data["views"]],
        "changes": [{**placed, **each} for each in data.get("changes", ())],
        "lists": [{"items": placed["at"], "with": placed["with"], **each} for each in data.get("lists", ())],
        "lifecycle": {**lifecycle, "moves": moves},
    }


def _behaviour(data: Mapping[str, Json]) -> Behaviour:
    create, errors = data["create"], data["errors"]
    return Behaviour(
        identity=data["resource"]["identity"],
        parameter=data["resource"]["parameter"],
        create=Create(create["operation"], create["at"], create["with"]),
        kept=tuple(_kept(each) for each in data.get("round_trip", ())),
        sets=tuple(_setting(each) for each in data.get("sets", ())),
        unchanging=tuple(member for each in data.get("unchanging", ()) for member in each["members"]),
        lifecycle=_lifecycle(data["lifecycle"]),
        views=tuple(
            View(each["operation"], each["at"], each["with"], each.get("shows", {}), *_condition(each, errors))
            for each in data["views"]
        ),
        changes=tuple(
            Change(
                each["operation"],
                each["at"],
                each["with"],
                each["does"],
                each.get("to", ""),
                *_condition(each, errors),
            )
            for each in data["changes"]
        ),
        lists=tuple(_list(each) for each in data["lists"]),
        isolated="isolation" in data,
        permissions=tuple(
            Permission(each["holder"], frozenset(each["may"]), each["otherwise"])
            for each in data.get("permissions", ())
        ),
        limits=tuple(
            Limit(each["name"], frozenset(each["counts"]), each["per"], each["status"], each.get("body", {}))
            for each in data.get("limits", ())
        ),
        storage=_storage(data["storage"]) if "storage" in data else None,
        errors=Errors(errors["body"], errors["malformed"], errors["refused"], errors["absent"]),
        open=_open(data.get("open", ())),
        stated={at: Stated(rule["standing"], rule["source"]) for at, rule in _rules(data, "")},
    )


def _rules(value: Json, at: str) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """Everything in the rules that says where it comes from, with its pointer."""
    if isinstance(value, dict):
        if "standing" in value and "source" in value:
            yield at, value
        for name, member in value.items():
            yield from _rules(member, at + pointer(name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _rules(item, f"{at}/{index}")


def _kept(each: Mapping[str, Json]) -> Kept:
    return Kept(frozenset(each.get("operations", ())), pairs(each))


def _setting(each: Mapping[str, Json]) -> Setting:
    return Setting(
        each["member"],
        each.get("value", ""),
        each.get("text", ""),
        each.get("constant"),
        tuple(each.get("states", ())),
        each.get("default", False),
    )


def _lifecycle(data: Mapping[str, Json]) -> Lifecycle:
    return Lifecycle(
        data["member"],
        tuple(data["course"]),
        {state: tuple(after) for state, after in data["moves"].items()},
        tuple(
            Stamp(each["member"], tuple(each.get("set", ())), tuple(each.get("unset", ())))
            for each in data.get("stamps", ())
        ),
    )


def _condition(each: Mapping[str, Json], errors: Mapping[str, Json]) -> tuple[tuple[str, ...], int]:
    return tuple(each.get("states", ())), each.get("otherwise", errors["absent"])


def _list(each: Mapping[str, Json]) -> ListRule:
    order, pages = each.get("order"), each.get("pages")
    return ListRule(
        each["operation"],
        each["items"],
        each["with"],
        each.get("filters", {}),
        order and _order(order),
        pages and _pages(pages),
    )


def _order(order: Mapping[str, Json]) -> Order:
    direction, unasked = order.get("direction"), order.get("unasked", {})
    return Order(
        order.get("by", ""),
        order.get("keys", {}),
        direction
        and Direction(
            direction["parameter"], direction["ascending"], direction["descending"], direction.get("default", "")
        ),
        unasked.get("member", ""),
        unasked.get("direction") == "descending",
    )


def _pages(pages: Mapping[str, Json]) -> Pages:
    number, size = pages.get("number", {}), pages["size"]
    return Pages(
        number.get("parameter", ""),
        number.get("first", 0),
        size.get("parameter", ""),
        size["default"],
        size.get("maximum"),
        number.get("echo", ""),
        size.get("echo", ""),
        pages.get("total", ""),
    )


def _open(points: Sequence[Mapping[str, Json]]) -> dict[str, frozenset[str]]:
    """The points by what they are about; one that is open for all is so whatever else is said of it."""
    found: dict[str, frozenset[str]] = {}
    for each in points:
        about = frozenset(each.get("of", ()))
        old = found.get(each["point"], about)
        found[each["point"]] = about | old if about and old else frozenset()
    return found


def _storage(data: Mapping[str, Json]) -> Storage:
    reads, writes = data.get("reads"), data.get("writes")
    return Storage(
        data["keys"]["access"],
        data["keys"]["secret"],
        reads and Reads(reads["bucket"], reads["key"], reads.get("region", ""), reads["otherwise"]),
        writes and Writes(writes["location"], writes.get("region", ""), tuple(writes["states"]), writes["otherwise"]),
    )
