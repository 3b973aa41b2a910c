from __future__ import annotations

import pytest

from scripts import behaviour
from scripts.document import read
from scripts.errors import BehaviourError


@pytest.fixture
def changed(tickets):
    """Read the invented API's behaviour with one piece of its text replaced, and its document changed."""

    def make(old: str = "", new: str = "", change=lambda _: None) -> behaviour.Behaviour:
        document = read(tickets.openapi).data
        change(document)
        text = tickets.behaviour.read_text(encoding="utf-8")
        assert old in text
        tickets.behaviour.write_text(text.replace(old, new, 1), encoding="utf-8")
        return behaviour.read(tickets.behaviour, document)

    return make


# --- What is read ------------------------------------------------------------------------------


def test_the_rules_are_read_as_values(changed):
    rules = changed()
    assert (rules.identity, rules.parameter, rules.create.operation) == ("/key", "key", "openTicket")
    assert rules.lifecycle.course == ("waiting", "open", "closed")
    assert rules.lifecycle.states == ("waiting", "open", "closed", "dropped")
    assert (rules.lifecycle.first, rules.lifecycle.terminal) == ("waiting", {"closed", "dropped"})
    assert rules.creating == {"openTicket"}
    assert rules.conditional == frozenset()
    assert rules.lists[0].pages.first == 0
    assert rules.lists[0].order.direction.default == ""
    assert rules.limits[0].body == {"reason": "Too many"}
    assert not rules.isolated
    assert rules.storage is None


def test_moves_that_are_not_stated_are_those_of_time(changed, tickets):
    text = tickets.behaviour.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "dropTicket" not in line and "  moves:" not in line]
    tickets.behaviour.write_text("\n".join(kept).replace(", dropped]", "]"), encoding="utf-8")
    assert changed().lifecycle.moves == {"waiting": ("open",), "open": ("closed",)}


def test_an_envelope_holds_for_every_rule_that_does_not_say_otherwise(changed):
    def change(document):
        ticket = {"$ref": "#/components/schemas/Ticket"}
        wrapped = {"type": "object", "properties": {"data": ticket, "bare": ticket, "fine": {"type": "boolean"}}}
        for item in document["paths"].values():
            for operation in item.values():
                for status in {"200", "201"} & set(operation["responses"]):
                    content = operation["responses"][status].get("content", {})
                    if "items" not in content["application/json"]["schema"].get("properties", {}):
                        content["application/json"]["schema"] = wrapped

    rules = changed(
        "views:\n  - {operation: readTicket,",
        "envelope: {at: /data, with: {fine: true}, source: invented, standing: published}\n"
        "views:\n  - {operation: readTicket, at: /bare,",
        lambda document: (change(document), _list_beside(document)),
    )
    assert (rules.create.at, rules.create.beside) == ("/data", {"fine": True})
    assert (rules.views[0].at, rules.views[0].beside) == ("/bare", {"fine": True})
    assert (rules.lists[0].at, rules.lists[0].beside) == ("/items", {"fine": True})


def _list_beside(document) -> None:
    responses = document["paths"]["/tickets"]["get"]["responses"]
    responses["200"]["content"]["application/json"]["schema"]["properties"]["fine"] = {"type": "boolean"}
    del document["paths"]["/tickets/{key}"]["delete"]["responses"]["204"]
    dropped = document["paths"]["/tickets/{key}"]["get"]["responses"]["200"]
    document["paths"]["/tickets/{key}"]["delete"]["responses"]["200"] = dropped


def test_members_of_a_schema_that_is_made_of_others_are_found(changed):
    def change(document):
        schemas = document["components"]["schemas"]
        schemas["Ticket"] = {"allOf": [schemas["Ticket"]]}

    assert changed(change=change).identity == "/key"


def test_every_shipped_behaviour_fits_its_document(apis):
    for api in apis.values():
        assert behaviour.read(api.behaviour, read(api.openapi).data).creating


# --- What is left open -------------------------------------------------------------------------

OPEN = "  - {point: unasked-order, source: invented}\n"


@pytest.mark.parametrize(
    ("points", "about"),
    [
        ([""], frozenset()),
        ([", of: [/title]"], {"/title"}),
        ([", of: [/title]", ", of: [state, listTickets]"], {"/title", "state", "listTickets"}),
        ([", of: [/title]", ""], frozenset()),
        (["", ", of: [/title]"], frozenset()),
        (["", ", of: [/title]", ", of: [/path]"], frozenset()),
    ],
)
def test_points_are_merged_and_one_that_is_open_for_all_stays_so(changed, points, about):
    text = "".join(f"  - {{point: error-text, source: invented{each}}}\n" for each in points)
    assert changed(OPEN, text).open == {"error-text": about}


def test_a_point_is_open_at_all_for_one_or_not(changed):
    rules = changed(OPEN, OPEN + "  - {point: text-form, of: [/title], source: invented}\n")
    assert rules.leaves_open("unasked-order")
    assert rules.leaves_open("unasked-order", "listTickets")
    assert rules.leaves_open("text-form")
    assert rules.leaves_open("text-form", "/title")
    assert not rules.leaves_open("text-form", "/path")
    assert not rules.leaves_open("error-text")


# --- Where rules come from ---------------------------------------------------------------------


def test_where_a_rule_comes_from_is_told_by_its_pointer(apis):
    api = apis["wasabi_air"]
    rules = behaviour.read(api.behaviour, read(api.openapi).data)
    assert rules.stated["/isolation"].standing == "standard"
    assert rules.stated["/views/3"].source.startswith('The document: "Retrieves metadata')
    assert {each.standing for each in rules.stated.values()} == {"published", "standard", "inferred"}


def test_the_innermost_part_that_says_where_it_comes_from_counts(apis):
    api = apis["wasabi_air"]
    rules = behaviour.read(api.behaviour, read(api.openapi).data)
    assert rules.where("/lifecycle/moves/submitted").standing == "inferred"
    assert rules.where("/lifecycle/stamps/1/set") is rules.stated["/lifecycle/stamps/1"]
    assert rules.where("/lifecycle/stamps/0/member").standing == "published"
    assert rules.where("/lifecycle/stamps/1/set").standing == "inferred"
    assert rules.where("/storage/reads/bucket").standing == "published"
    assert rules.where("/storage/writes/location").standing == "inferred"
    for nowhere in ("/envelope", "/nothing/at/all", ""):
        with pytest.raises(KeyError):
            rules.where(nowhere)


# --- What is wrong -----------------------------------------------------------------------------

STORAGE = """storage:
  keys: {access: Key, secret: Key}
  reads: {bucket: /project, key: /title, otherwise: 400}
  source: invented
  standing: published
errors:"""
COUNTS = "counts: [openTicket], per: day, status: 429, source: invented, standing: published"
MAY = "may: [], otherwise: 403, source: invented, standing: published"


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("{identity: /key,", "{", "/resource", '"identity" is a required property'),
        ("identity: /key", "identity: key", "/resource/identity", 'does not match "\\^/"'),
        ("resource:", "surprise: 1\nresource:", "", "Additional properties are not allowed"),
        ("does: update", "does: explode", "/changes/0/does", '"explode" is not one of'),
        ("does: update", "does: update, to: open", "/changes/0/to", "False schema"),
        ("does: move, to: dropped,", "does: move,", "/changes/1", '"to" is a required property'),
        ("states: [waiting, open], otherwise: 409", "states: [open]", "/changes/0", '"otherwise" is a required'),
        ("states: [waiting, open], otherwise: 409", "otherwise: 409", "/changes/0", '"states" is a required'),
        ("states: [waiting, open]", "states: [open, open]", "/changes/0/states", "has non-unique elements"),
        ("otherwise: 409", "otherwise: 99", "/changes/0/otherwise", "99 is less than"),
        ("standing: published", "standing: certain", "/resource/standing", '"certain" is not one of'),
        ("source: invented", "origin: invented", "/resource", '"source" is a required property'),
        ("{member: /opened, set:", "{member: /opened, standing: published, set:", "/lifecycle/stamps/0", '"source" is'),
        ("course: [waiting, open, closed]", "course: []", "/lifecycle/course", "has less than 1 item"),
        ("value: identity", "value: identity, constant: 1", "/sets/0", "more than one"),
        ("value: identity, ", "", "/sets/0", "is not valid under any"),
        ("value: identity", "value: soul", "/sets/0/value", '"soul" is not one of'),
        ("by: sort\n", "\n", "/lists/0/order", '"by" is a required property'),
        ("first: 0", "first: one", "/lists/0/pages/number/first", 'is not of type "integer"'),
        ("default: 10", "default: 0", "/lists/0/pages/size/default", "0 is less than"),
        ("holder: view", "holder: nobody", "/permissions/0/holder", '"nobody" is not one of'),
        ("per: minute", "per: fortnight", "/limits/0/per", '"fortnight" is not one of'),
        ("name: rate", "name: The Rate", "/limits/0/name", "does not match"),
        ("absent: 404, ", "", "/errors", '"absent" is a required property'),
        ("point: unasked-order", "point: anything", "/open/0/point", '"anything" is not one of'),
        (
            "errors:",
            "isolation: {between: galaxy, source: x, standing: standard}\nerrors:",
            "/isolation/between",
            "was",
        ),
        ("views:\n", "views: []\nunused:\n", "/views", "has less than 1 item"),
    ],
)
def test_what_is_not_well_formed_is_an_error_with_its_place(changed, old, new, at, message):
    _is_wrong(changed, old, new, at, message)


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("operation: readTicket", "operation: seeTicket", "/views/0/operation", "no operation is called seeTicket"),
        ("may: [listTickets", "may: [list", "/permissions/0/may/0", "no operation is called list"),
        ("counts: [openTicket]", "counts: [openTicket, x]", "/limits/0/counts/1", "no operation is called x"),
        ("[/title, /project, /weight, /urgent]", "[/title], operations: [x]", "/round_trip/0/operations/0", "called x"),
        ("course: [waiting, open,", "course: [gone, open,", "/lifecycle/course", "gone is no state"),
        ("moves: {waiting", "moves: {gone: [open], waiting", "/lifecycle/moves/gone", "gone is no state"),
        ("states: [waiting, open]", "states: [ajar]", "/changes/0", "ajar is no state"),
        ("to: dropped", "to: ajar", "/changes/1", "ajar is no state"),
        ("states: [closed]", "states: [ajar]", "/sets/7", "ajar is no state"),
        ("set: [closed, dropped]", "set: [ajar]", "/lifecycle/stamps/1", "ajar is no state"),
        ("unset: [waiting, open]", "unset: [closed]", "/lifecycle/stamps/1", "/closed is both set and unset in closed"),
        ("member: /state\n", "member: /status\n", "/lifecycle/member", "/status is no member of what openTicket"),
        ("member: /path", "member: /way", "/sets/6/member", "no answer has the member /way"),
        ("[/key, /opened, /project]", "[/born]", "/unchanging/0/members/0", "no answer has the member /born"),
        ("member: /opened, set", "member: /born, set", "/lifecycle/stamps/0/member", "no answer has the member /born"),
        ("identity: /key", "identity: /id", "/resource/identity", "no answer has the member /id"),
        ("parameter: key", "parameter: id", "/resource/parameter", "readTicket has no path parameter id"),
        ("[/title, /project", "[/titel, /project", "/round_trip/0/members", "no request has the member /titel"),
        ("[/title, /project, /weight, /urgent]", "[/note]", "/round_trip/0/members", "no answer has the member /note"),
        (
            "/urgent]",
            "/urgent], operations: [renameTicket]",
            "/round_trip/0/members",
            "renameTicket has no member /pro",
        ),
        ("{/project}", "{/projekt}", "/sets/6/text", "no request and no answer has the member /projekt"),
        ("{/project}", "{project}", "/sets/6/text", "project is no member"),
        ("readTicket, source", "readTicket, at: /Ticket, source", "/views/0/at", "readTicket has no member /Ticket"),
        ("readTicket, source", "readTicket, shows: {/x: /title}, source", "/views/0/shows", "has no member /x"),
        ("items: /items", "items: /rows", "/lists/0/items", "the answer of listTickets has no member /rows"),
        ("filters: {state:", "filters: {status:", "/lists/0/filters", "listTickets has no query parameter status"),
        ("{state: /state,", "{state: /status,", "/lists/0", "the items of listTickets have no member /status"),
        ("by: sort", "by: sorting", "/lists/0/order", "has no query parameter sorting"),
        ("{title: /title,", "{title: /titel,", "/lists/0", "the items of listTickets have no member /titel"),
        ("{parameter: down", "{parameter: up", "/lists/0/order", "has no query parameter up"),
        ("{parameter: page", "{parameter: leaf", "/lists/0/pages", "has no query parameter leaf"),
        ("total: /total", "total: /sum", "/lists/0/pages", "the answer of listTickets has no member /sum"),
        ("first: 0", "first: 0, echo: /page", "/lists/0/pages", "the answer of listTickets has no member /page"),
        ("[waiting, open, closed]", "[waiting, closed]", "/lifecycle/course", "no move leads from waiting to closed"),
        ("to: dropped", "to: open", "/changes/1", "no move leads from open to open"),
        (OPEN, f"{OPEN[:-2]}, of: [/lost]}}\n", "/open/0/of/0", "no member, query parameter or operation /lost"),
        ("errors:", STORAGE.replace("secret: Key", "secret: Lock"), "/storage/keys/secret", "no security scheme"),
        ("errors:", STORAGE.replace("/project", "/bucket"), "/storage/reads/bucket", "has the member /bucket"),
    ],
)
def test_what_is_not_in_the_document_is_an_error_with_its_place(changed, old, new, at, message):
    _is_wrong(changed, old, new, at, message)


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("operation: readTicket", "operation: renameTicket", "/changes/0", "renameTicket has a rule already"),
        ("operation: dropTicket", "operation: renameTicket", "/changes/1", "renameTicket has a rule already"),
        ("limits:\n", f"limits:\n  - {{name: rate, {COUNTS}}}\n", "/limits/1", "rate has a rule already"),
        ("permissions:\n", f"permissions:\n  - {{holder: view, {MAY}}}\n", "/permissions/1", "view has a rule already"),
        ("value: identity", "text: x", "/resource/identity", "no rule sets /key"),
        ("value: state,", "value: state, states: [open],", "/lifecycle/member", "no rule sets /state"),
        ("false, default: true", "false", "/sets/5/member", "/urgent comes back as it was sent, and is set"),
        ("open: [closed, dropped]}", "open: [closed]}", "/changes/1", "no move leads from open to dropped"),
        (
            "{waiting: [open, dropped]",
            "{dropped: [], closed: [], waiting: [open]",
            "/changes/1",
            "no move leads from w",
        ),
        ("course: [waiting, open,", "course: [open,", "/lifecycle/moves/waiting", "no move leads to waiting"),
        ("[openTicket], per", "[openTicket, renameTicket], per", "/limits/0/counts/1", "renameTicket creates nothing"),
        ("otherwise: 409", "otherwise: 418", "/changes/0/otherwise", "renameTicket does not document 418"),
        ("status: 429", "status: 402", "/limits/0/status", "openTicket does not document 402"),
        ("errors:", STORAGE.replace("400", "422"), "/storage/reads/otherwise", "openTicket does not document 422"),
        ("readTicket, source", "readTicket, with: {x: 1}, source", "/views/0", "answer of readTicket has no member x"),
        ("urgent: /urgent", "urgent: /title", "/lists/0/filters/urgent", "urgent is boolean, and /title is string"),
        ("opened: /opened}", "born: /opened}", "/lists/0/order/keys", "sort cannot be born"),
        (", opened: /opened}", "}", "/lists/0/order/keys", "no rule says what sort=opened does"),
        ("ascending: 'no'", "ascending: 'not'", "/lists/0/order/direction", "down cannot be not"),
        (
            "first: 0",
            "first: 1",
            "/lists/0/pages/number/first",
            "`first` is 1, but the document's minimum of page is 0",
        ),
        ("maximum: 50", "maximum: 99", "/lists/0/pages/size/maximum", "`maximum` is 99, but .* of size is 50"),
        ("default: 10, maximum: 50", "default: 51, maximum: 50", "/lists/0/pages/size/default", "is above `maximum`"),
    ],
)
def test_what_contradicts_itself_or_the_document_is_an_error_with_its_place(changed, old, new, at, message):
    _is_wrong(changed, old, new, at, message)


def _is_wrong(changed, old, new, at, message) -> None:
    with pytest.raises(Exception, match=message) as caught:
        changed(old, new)
    problems = caught.value.problems
    assert at in [problem.pointer for problem in problems], problems
    assert all(problem.line > 0 and problem.file.endswith("behaviour.yaml") for problem in problems)


def test_all_that_is_wrong_is_told_at_once(changed):
    with pytest.raises(BehaviourError) as caught:
        changed("filters: {state: /state, urgent: /urgent", "filters: {stat: /stat, urgent: /urge")
    assert len(caught.value.problems) == 3


# --- The diagram -------------------------------------------------------------------------------


def test_the_diagram_names_the_operations_that_make_moves(changed):
    rules = changed("waiting: [open, dropped]", "waiting: [open, dropped, closed]")
    assert behaviour.diagram(rules).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> waiting: openTicket",
        "    waiting --> open",
        "    waiting --> dropped: dropTicket",
        "    waiting --> closed",
        "    open --> closed",
        "    open --> dropped: dropTicket",
        "    closed --> [*]",
        "    dropped --> [*]",
    ]


def test_the_diagram_in_the_documentation_is_that_of_the_shipped_rules(apis, root):
    api = apis["wasabi_air"]
    drawn = behaviour.diagram(behaviour.read(api.behaviour, read(api.openapi).data))
    assert f"```mermaid\n{drawn}```\n" in (root / "docs" / "behaviour.md").read_text(encoding="utf-8")
