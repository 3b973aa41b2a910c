"""What travels: parameters, bodies, responses, headers, and their media types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from ..document import Json
from .comparison import Comparison
from .constraints import deprecation
from .effects import (
    BREAKS,
    HARMLESS,
    MAY,
    MEMBER_ADDED,
    MEMBER_REMOVED,
    NAME,
    NARROWER,
    NO_LONGER_REQUIRED,
    NOW_REQUIRED,
    OTHER,
    REQUIRED_ADDED,
    REQUIRED_REMOVED,
    SAFE,
    UNCLEAR,
    WIDER,
    Effect,
    Toll,
)
from .ledger import Place
from .members import renames
from .parts import Part, in_words, key, same, shown
from .site import NOTES, known_types, schema_of

_WORDS = ("description", "example", "examples", "summary")

# --- Parameters and headers --------------------------------------------------------------------------

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_PARAMETER: Mapping[str, type] = {
    **dict.fromkeys(("name", "in", "style"), str),
    **dict.fromkeys(("required", "deprecated", "explode", "allowReserved", "allowEmptyValue"), bool),
    "schema": object,
    "content": dict,
}

_Mark: TypeAlias = tuple[str, str]
Named: TypeAlias = Mapping[_Mark, Part]
"""Parameters by (in, name), references followed; header names in small letters."""


def parameters(comparison: Comparison, place: Place, old: Named, new: Named, same: Mapping[str, str]) -> None:
    """Compare the parameters of an operation; `same` are path parameters at one place of the path, old name to new."""
    gone = {mark: part for mark, part in old.items() if mark not in new}
    fresh = {mark: part for mark, part in new.items() if mark not in old}
    for mark in (mark for mark in old if mark in new):
        _parameter(comparison, place, old[mark], new[mark])
    for (one, two), kind in _successors(gone, fresh, same).items():
        before, after = gone.pop(one), fresh.pop(two)
        _succeeded(comparison, place, before, after, kind)
    for part in gone.values():
        effect = REQUIRED_REMOVED if part.get("required") is True else MEMBER_REMOVED
        comparison.note(_at(place, part), "parameter-removed", "is gone", effect, part, None)
    for part in fresh.values():
        required = part.get("required") is True
        what, effect = ("is new and required", REQUIRED_ADDED) if required else ("is new", MEMBER_ADDED)
        comparison.note(_at(place, part), "parameter-added", what, effect, None, part)


def _successors(gone: Named, fresh: Named, same: Mapping[str, str]) -> dict[tuple[_Mark, _Mark], str]:
    """Pairs of what is gone and what is new in its place: in the path, of the same name elsewhere, or of the same form.

    To `path`, `moved` or `renamed`.
    """
    found: dict[tuple[_Mark, _Mark], str] = {
        (mark, ("path", same[mark[1]])): "path"
        for mark in gone
        if mark[0] == "path" and ("path", same.get(mark[1], "")) in fresh
    }
    for mark in gone:
        elsewhere = [each for each in fresh if each[1].lower() == mark[1].lower() and each[0] != mark[0]]
        if len(elsewhere) == 1:
            found.setdefault((mark, elsewhere[0]), "moved")
    taken = {mark for pair in found for mark in pair}
    before, after = (
        {" ".join(mark): _form(part) for mark, part in each.items() if mark not in taken} for each in (gone, fresh)
    )
    marks = {" ".join(mark): mark for mark in (*gone, *fresh)}
    return found | {(marks[one], marks[two]): "renamed" for one, two in renames(before, after).items()}


def _form(part: Part) -> Json:
    return {name: value for name, value in part.members.items() if name != "name" and name not in NOTES}


def _succeeded(comparison: Comparison, place: Place, old: Part, new: Part, kind: str) -> None:
    here, name = _at(place, old), shown(new.get("name"))
    if kind == "path":
        what = f"is called {name} instead, at the same place of the path"
        comparison.note(here, "path-parameter-renamed", what, NAME, old, new)
    elif kind == "moved":
        what = f"is sent in {_in(new)} instead of {_in(old)}"
        comparison.note(here, "parameter-moved", what, OTHER.coded(MAY), old, new)
    else:
        effect = REQUIRED_REMOVED if old.get("required") is True else MEMBER_REMOVED
        effect |= REQUIRED_ADDED if new.get("required") is True else MEMBER_ADDED
        what = f"is gone, and {name} is new with the same schema: renamed?"
        comparison.note(here, "parameter-renamed", what, effect, old, new)
    _parameter(comparison, place, old, new)


def _in(part: Part) -> str:
    return f"the {part.get('in')}" if part.get("in") != "cookie" else "a cookie"


def _at(place: Place, part: Part) -> Place:
    return replace(place, part=f"{place.part} {part.get('in')} parameter {part.get('name')}".strip())


def _parameter(comparison: Comparison, place: Place, old: Part, new: Part) -> None:
    here = _at(place, old)
    _needed(comparison, here, old, new)
    _serialised(comparison, here, old, new, _STYLES.get(str(old.get("in")), "form"))
    _carried(comparison, here, old, new)
    comparison.note_rest(here, old, new, _PARAMETER, _WORDS)


def _needed(comparison: Comparison, here: Place, old: Part, new: Part) -> None:
    """What differs in whether it has to be there, may be empty, or is deprecated."""
    before, after = old.get("required") is True, new.get("required") is True
    if after and not before:
        comparison.note(here, "now-required", "is now required", NOW_REQUIRED, old, new)
    elif before and not after:
        comparison.note(here, "no-longer-required", "is no longer required", NO_LONGER_REQUIRED, old, new)
    before, after = old.get("allowEmptyValue") is True, new.get("allowEmptyValue") is True
    if before != after:
        what = "may now be empty" if after else "may no longer be empty"
        comparison.note(here, "empty-value-changed", what, WIDER if after else NARROWER, old, new)
    comparison.note_keywords(here, old, new, deprecation(old.members, new.members))


def _serialised(comparison: Comparison, here: Place, old: Part, new: Part, default: str) -> None:
    """What differs in how a value is written."""
    before, after = _style(old, default), _style(new, default)
    flat = not any(known_types(part.child("schema")) & {"array", "object"} for part in (old, new))
    for index, name in enumerate(("style", "explode")):
        if before[index] != after[index] and old.get("in") == new.get("in") and not (flat and name == "explode"):
            what = f"is written otherwise: {name} {before[index]} → {after[index]}"
            comparison.note(here, f"{name}-changed", what, OTHER, old, new)
    if (old.get("allowReserved") is True) != (new.get("allowReserved") is True):
        what = "reserved characters are now written otherwise (allowReserved)"
        comparison.note(here, "allow-reserved-changed", what, UNCLEAR, old, new)


def _style(part: Part, default: str) -> tuple[str, bool]:
    style = part.get("style") or default
    explode = part.get("explode")
    return str(style), explode if isinstance(explode, bool) else style == "form"


def _carried(comparison: Comparison, here: Place, old: Part, new: Part) -> None:
    """What differs in a parameter's or header's value, which a schema or a media type describes."""
    if ("content" in old.members) != ("content" in new.members):
        what = "is now written as a media type" if "content" in new.members else "is no longer written as a media type"
        comparison.note(here, "content-changed", what, OTHER, old, new)
    elif "content" in old.members:
        content(comparison, here, old, new)
    else:
        comparison.schemas(here, old.child("schema"), new.child("schema"))


def headers(comparison: Comparison, place: Place, old: Mapping[str, Part], new: Mapping[str, Part]) -> None:
    """Compare the headers of a response."""
    before = {name.lower(): (name, part.followed()) for name, part in old.items()}
    after = {name.lower(): (name, part.followed()) for name, part in new.items()}
    for mark in dict.fromkeys([*before, *after]):
        name = (before.get(mark) or after[mark])[0]
        here = replace(place, part=f"{place.part} header {name}")
        if mark not in after:
            part = before[mark][1]
            effect = REQUIRED_REMOVED if part.get("required") is True else MEMBER_REMOVED
            comparison.note(here, "header-removed", "is gone", effect, part, None)
        elif mark not in before:
            part = after[mark][1]
            effect = REQUIRED_ADDED if part.get("required") is True else MEMBER_ADDED
            comparison.note(here, "header-added", "is new", effect, None, part)
        else:
            one, two = before[mark][1], after[mark][1]
            _needed(comparison, here, one, two)
            _serialised(comparison, here, one, two, "simple")
            _carried(comparison, here, one, two)
            comparison.note_rest(here, one, two, _PARAMETER, _WORDS)


# --- Bodies ------------------------------------------------------------------------------------------

_BODY: Mapping[str, type] = {"content": dict, "required": bool}
_REMOVED_BODY = NARROWER.coded(BREAKS).explained("Requests with a body may be refused, or the body is ignored.")


def body(comparison: Comparison, place: Place, old: Part, new: Part) -> None:
    """Compare the request bodies of an operation; a part with the value None where there is none."""
    here = replace(place, part=f"{place.part} request body".strip())
    one, two = old.followed(), new.followed()
    if one.value is None and two.value is None:
        return
    if one.value is None:
        required = two.get("required") is True
        what, effect = ("is new and required", REQUIRED_ADDED) if required else ("is new", MEMBER_ADDED)
        comparison.note(here, "body-added", what, effect, None, two)
    elif two.value is None:
        effect = _REMOVED_BODY | REQUIRED_REMOVED if one.get("required") is True else _REMOVED_BODY
        comparison.note(here, "body-removed", "is gone", effect, one, None)
    else:
        _needed(comparison, here, one, two)
        content(comparison, here, one, two)
        comparison.note_rest(here, one, two, _BODY, _WORDS)


# --- Media types ---------------------------------------------------------------------------------------

_MEDIA: Mapping[str, type] = {"schema": object, "encoding": dict}
_MEDIA_REMOVED = Effect(
    Toll(BREAKS, SAFE, MAY, "Requests in it are refused."),
    Toll(BREAKS, MAY, MAY, "Clients that ask for it are not answered in it."),
)
_MEDIA_ADDED = Effect(
    Toll(SAFE, BREAKS, SAFE, "Servers of the old edition refuse it."),
    Toll(MAY, SAFE, SAFE, "Clients that do not say what they accept may be answered in it."),
)


def content(comparison: Comparison, place: Place, old: Part, new: Part) -> None:
    """Compare the media types in which a value is written, and its schemas in each."""
    before = {_media(name): part for name, part in old.children("content").items()}
    after = {_media(name): part for name, part in new.children("content").items()}
    gone = [name for name in before if _covering(name, after) is None]
    fresh = [name for name in after if _covering(name, before) is None]
    if gone:
        what = f"no longer in {in_words(gone)}"
        comparison.note(
            place, "media-type-removed", what, _MEDIA_REMOVED, old.child("content").child(gone[0]), new.child("content")
        )
    if fresh:
        what = f"now also in {in_words(fresh)}" if before else f"now has content, in {in_words(fresh)}"
        comparison.note(place, "media-type-added", what, _MEDIA_ADDED, old.child("content"), new.child("content"))
    pairs = {(name, _covering(name, after)) for name in before} | {(_covering(name, before), name) for name in after}
    alike: set[tuple[str, str]] = set()  # the same schemas in several media types are compared once
    for one, two in sorted((one, two) for one, two in pairs if one is not None and two is not None):
        mark = (key(before[one].value), key(after[two].value))
        if mark not in alike:
            _media_type(comparison, place, before[one], after[two])
        alike.add(mark)


def _media(name: str) -> str:
    return name.lower().replace(" ", "")


def _covering(name: str, others: Mapping[str, Part]) -> str | None:
    """The media type among `others` that takes in `name`: itself, or a range such as `image/*`."""
    candidates = (name, name.partition(";")[0], name.partition("/")[0] + "/*", "*/*")
    return next((each for each in candidates if each in others), None)


def _media_type(comparison: Comparison, place: Place, old: Part, new: Part) -> None:
    comparison.schemas(place, old.child("schema"), new.child("schema"))
    comparison.note_rest(place, old, new, _MEDIA, _WORDS)
    if "encoding" in old.members or "encoding" in new.members:
        _encodings(comparison, place, old, new)


def _encodings(comparison: Comparison, place: Place, old: Part, new: Part) -> None:
    """Compare how the members that both editions name are written in a form."""
    members = [schema_of(part.child("schema")).children("properties") for part in (old, new)]
    for name in sorted(members[0].keys() & members[1].keys()):
        one, two = (part.child("encoding").child(name) for part in (old, new))
        here = replace(place, part=f"{place.part} {name}")
        _serialised(comparison, here, one, two, "form")
        if _media(str(one.get("contentType"))) != _media(str(two.get("contentType"))):
            what = f"is written as {shown(two.get('contentType'))} instead of {shown(one.get('contentType'))}"
            comparison.note(here, "content-type-changed", what, UNCLEAR, one, two)
        headers(comparison, here, one.children("headers"), two.children("headers"))


# --- Responses -------------------------------------------------------------------------------------------

_RESPONSE: Mapping[str, type] = {"headers": dict, "content": dict, "links": dict}
_ERROR_ADDED = HARMLESS.explained("A client takes a status that it does not know as the first of its class (RFC 9110).")
_ERROR_REMOVED = NARROWER.softened().coded(MAY).explained("Whoever handles this status in particular waits in vain.")
_SUCCESS_ADDED = WIDER.explained("Servers may be told what they do not know.", "Clients do not know its content.")
_SUCCESS_REMOVED = OTHER.coded(BREAKS).explained("Whoever waits for this status waits in vain.")


def responses(comparison: Comparison, place: Place, old: Part, new: Part) -> None:
    """Compare the responses of an operation; `place` travels as its answers do."""
    before = {name.upper(): part for name, part in old.children("responses").items() if not name.startswith("x-")}
    after = {name.upper(): part for name, part in new.children("responses").items() if not name.startswith("x-")}
    for status in dict.fromkeys([*before, *after]):
        one, two = _for(status, before), _for(status, after)
        here = replace(place, part=f"{place.part} answer {status.lower() if status == 'DEFAULT' else status}".strip())
        if one is None and two is not None:
            success = _succeeds(status, after)
            effect = _SUCCESS_ADDED if success else _ERROR_ADDED
            comparison.note(here, "status-added", "is new", effect, None, two)
        elif two is None and one is not None:
            effect = _SUCCESS_REMOVED if _succeeds(status, before) else _ERROR_REMOVED
            comparison.note(here, "status-removed", "is gone", effect, one, None)
        elif one is not None and two is not None:
            _stated(comparison, here, status, before, after)
            _response(comparison, here, one.followed(), two.followed())


def _for(status: str, responses: Mapping[str, Part]) -> Part | None:
    """What describes a status: its own entry, its class's, or the default."""
    candidates = (status, f"{status[:1]}XX", "DEFAULT")
    return next((responses[each] for each in candidates if each in responses), None)


def _succeeds(status: str, responses: Mapping[str, Part]) -> bool:
    """Whether a status is none of an error; the default stands for success where nothing else does."""
    if status == "DEFAULT":
        return not any(each[:1] in "123" for each in responses)
    return status[:1] in "123"


def _stated(
    comparison: Comparison, here: Place, status: str, before: Mapping[str, Part], after: Mapping[str, Part]
) -> None:
    """Note that a status which had its own entry has none, or the other way; a class or the default describes it."""
    if status in before and status in after:
        return
    one, two = _for(status, before), _for(status, after)
    word = "now has a description of its own" if status in after else "is only described by its class or the default"
    effect = HARMLESS.coded(SAFE if status in after else MAY)
    comparison.note(here, "status-described", word, effect, one, two)


def _response(comparison: Comparison, here: Place, old: Part, new: Part) -> None:
    headers(comparison, here, old.children("headers"), new.children("headers"))
    content(comparison, here, old, new)
    for name in dict.fromkeys([*old.children("links"), *new.children("links")]):
        one, two = (part.child("links").child(name).followed() for part in (old, new))
        if not same(one.value, two.value):
            what = "is new" if one.value is None else "is gone" if two.value is None else "differs"
            effect = HARMLESS if one.value is None else UNCLEAR
            comparison.note(replace(here, part=f"{here.part} link {name}"), "link-changed", what, effect, one, two)
    comparison.note_rest(here, old, new, _RESPONSE, _WORDS)
