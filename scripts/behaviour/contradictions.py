"""What rules say that cannot hold together, or that the document says otherwise, though all of it is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..document import Json, follow, pointer
from .references import Known, Wrong, pairs


def contradictions(known: Known) -> Iterator[Wrong]:
    """Everything in complete rules, whose references lead somewhere, that contradicts itself or the document."""
    for check in (_twice, _settings, _reach, _counts, _statuses, _beside, _filters, _order, _pages):
        yield from check(known)


def _twice(known: Known) -> Iterator[Wrong]:
    data = known.data
    does = [("/create", data["create"]["operation"])]
    for kind in ("views", "changes", "lists"):
        does += [(pointer(kind, index), each["operation"]) for index, each in enumerate(data[kind])]
    names = [(pointer("limits", index), each["name"]) for index, each in enumerate(data.get("limits", ()))]
    holders = [
        (pointer("permissions", index), each["holder"]) for index, each in enumerate(data.get("permissions", ()))
    ]
    for named in (does, names, holders):
        first: dict[str, str] = {}
        for at, name in named:
            if first.setdefault(name, at) != at:
                yield at, f"{name} has a rule already", f"It stands at {first[name]}."


def _settings(known: Known) -> Iterator[Wrong]:
    data = known.data
    sets = data.get("sets", ())
    wanted = (
        ("/resource/identity", data["resource"]["identity"], "identity"),
        ("/lifecycle/member", data["lifecycle"]["member"], "state"),
    )
    for at, member, value in wanted:
        always = [each for each in sets if not each.get("states") and not each.get("default")]
        if not any(each["member"] == member and each.get("value") == value for each in always):
            yield at, f"no rule sets {member}", f"`sets` needs {{member: {member}, value: {value}}}."
    kept = {own for each in data.get("round_trip", ()) for own in pairs(each).values()}
    for index, each in enumerate(sets):
        if each["member"] in kept and not each.get("default"):
            hint = "As `default` it is set where a request sends none."
            yield pointer("sets", index, "member"), f"{each['member']} comes back as it was sent, and is set", hint


def _reach(known: Known) -> Iterator[Wrong]:
    """States that nothing leads to, unless a resource may be created in another than the first."""
    lifecycle = known.data["lifecycle"]
    moves = lifecycle["moves"]
    reached, ahead = set[str](), [lifecycle["course"][0]]
    while ahead:
        state = ahead.pop()
        if state not in reached:
            reached.add(state)
            ahead += moves.get(state, ())
    unfinished = any(each["point"] == "unfinished-creation" for each in known.data.get("open", ()))
    for state in () if unfinished else moves:
        if state not in reached:
            yield pointer("lifecycle", "moves", state), f"no move leads to {state}", ""
    every = {*reached, *moves, *(state for after in moves.values() for state in after)}
    for index, each in enumerate(known.data["changes"]):
        if each["does"] == "move" and each["to"] not in every:
            yield pointer("changes", index, "to"), f"no move leads to {each['to']}", "State it in `lifecycle.moves`."


def _counts(known: Known) -> Iterator[Wrong]:
    creates = known.data["create"]["operation"]
    for index, each in enumerate(known.data.get("limits", ())):
        for at, name in enumerate(each["counts"]):
            if name != creates:
                what = f"{name} creates nothing, and limits count what is created"
                yield pointer("limits", index, "counts", at), what, f"{creates} does."


def _statuses(known: Known) -> Iterator[Wrong]:
    """Statuses that the operations they are answered by do not document."""
    data = known.data
    said = [
        (pointer(kind, index, "otherwise"), each["operation"], each["otherwise"])
        for kind in ("views", "changes")
        for index, each in enumerate(data[kind])
        if "otherwise" in each
    ]
    for index, each in enumerate(data.get("limits", ())):
        said += [(pointer("limits", index, "status"), name, each["status"]) for name in each["counts"]]
    for index, each in enumerate(data.get("permissions", ())):
        refused = [name for name in known.operations if name not in each["may"]]
        said += [(pointer("permissions", index, "otherwise"), name, each["otherwise"]) for name in refused]
    reads = data.get("storage", {}).get("reads")
    if reads:
        said.append(("/storage/reads/otherwise", data["create"]["operation"], reads["otherwise"]))
    for at, name, status in said:
        documented = known.operations[name].definition.get("responses", {})
        if not {str(status), f"{status // 100}XX", "default"} & set(documented):
            yield at, f"{name} does not document {status}", f"There is {', '.join(documented)}."


def _beside(known: Known) -> Iterator[Wrong]:
    """What stands beside what an answer is about, in answers that have nothing of that name."""
    data = known.data
    rules = [("/create", data["create"])]
    rules += [
        (pointer(kind, index), each) for kind in ("views", "changes", "lists") for index, each in enumerate(data[kind])
    ]
    for at, each in rules:
        answer = known.success(each["operation"], "")
        for name in each["with"]:
            if answer and known.members(answer) and name not in known.members(answer):
                yield at, f"the answer of {each['operation']} has no member {name}", ""


def _filters(known: Known) -> Iterator[Wrong]:
    for index, each in enumerate(known.data["lists"]):
        item = _item(known, each)
        for name, member in each.get("filters", {}).items():
            asked, held = _kinds(known.query(each["operation"])[name]), _kinds(known.below(item, member) or {})
            if asked and held and not asked & held:
                what = f"{name} is {_either(asked)}, and {member} is {_either(held)}: they are never equal"
                yield pointer("lists", index, "filters", name), what, ""


def _item(known: Known, each: Mapping[str, Json]) -> Mapping[str, Json]:
    items = known.success(each["operation"], each["items"]) or {}
    found: Mapping[str, Json] = follow(known.document, items.get("items", {}))
    return found


def _kinds(schema: Mapping[str, Json]) -> set[str]:
    """The types of a schema, as far as equality of values goes; none where it does not say."""
    kinds = schema.get("type", ())
    named = {kinds} if isinstance(kinds, str) else set(kinds)
    return {"number" if kind == "integer" else kind for kind in named if kind != "null"}


def _either(kinds: Iterable[str]) -> str:
    return " or ".join(sorted(kinds))


def _order(known: Known) -> Iterator[Wrong]:
    """Keys and directions that the parameters of a list cannot be, and keys that no rule sorts by."""
    for index, each in enumerate(known.data["lists"]):
        order = each.get("order", {})
        direction = order.get("direction", {})
        for word, name, values in (
            ("keys", order.get("by"), list(order.get("keys", ()))),
            ("direction", direction.get("parameter"), [direction.get(way) for way in ("ascending", "descending")]),
        ):
            listed = known.query(each["operation"])[name].get("enum", ()) if name else ()
            at = pointer("lists", index, "order", word)
            for value in values if listed else ():
                if value not in listed:
                    yield at, f"{name} cannot be {value}", f"There is {', '.join(map(str, listed))}."
            for value in listed:
                if value not in values and value is not None:
                    yield at, f"no rule says what {name}={value} does", ""


def _pages(known: Known) -> Iterator[Wrong]:
    for index, each in enumerate(known.data["lists"]):
        pages = each.get("pages", {})
        for part, word, keyword in (
            ("number", "first", "minimum"),
            ("size", "maximum", "maximum"),
            ("size", "default", "default"),
        ):
            value, name = pages.get(part, {}).get(word), pages.get(part, {}).get("parameter")
            said = known.query(each["operation"])[name].get(keyword, value) if name else value
            if value is not None and value != said:
                at = pointer("lists", index, "pages", part, word)
                yield at, f"`{word}` is {value}, but the document's {keyword} of {name} is {said}", ""
        size = pages.get("size", {})
        if size and size["default"] > size.get("maximum", size["default"]):
            yield pointer("lists", index, "pages", "size", "default"), "`default` is above `maximum`", ""
