from __future__ import annotations

import copy

import pytest

from scripts import overlay
from scripts.defects import page
from scripts.defects.origin import Origin, origin
from scripts.defects.restate import later, restated
from scripts.document import pointer, read
from scripts.errors import OverlayError
from scripts.normalise import normalise

from .processes import ROOT, surroundings, verb

SWAGGER = """\
swagger: '2.0'
info: {title: Shop, version: '7'}
host: shop.example.com
consumes: [application/json]
produces: [application/json]
paths:
  /items:
    parameters:
      - $ref: '#/parameters/Trace'
    post:
      parameters:
        - {name: item, in: body, required: true, schema: {$ref: '#/definitions/Item'}}
        - {name: mode, in: query, type: string, default: fast}
      responses:
        200:
          description: Made
          schema: {type: object, properties: {item: {$ref: '#/definitions/Item'}}}
          headers: {X-Left: {type: integer, format: int32}}
          examples: {application/json: {item: {id: 1}}}
        400: {$ref: '#/responses/Bad'}
  /files:
    post:
      consumes: [multipart/form-data]
      parameters:
        - {name: note, in: formData, type: string, description: A note}
      responses: {200: {description: Stored}}
securityDefinitions:
  Key: {type: apiKey, in: header, name: X-Key}
parameters:
  Trace: {name: trace, in: header, type: string}
responses:
  Bad: {description: Bad, schema: {$ref: '#/definitions/Error'}}
definitions:
  Item:
    type: object
    required: [id]
    properties:
      id: {type: integer, example: 'one'}
      name: {type: string, x-nullable: true}
  Error: {type: object, properties: {reason: {type: string}}}
"""

HEAD = "overlay: 1.1.0\ninfo: {title: T, version: '1'}\nactions:\n"


def action(target: str, does: str, *, reason="Because", source="A page", standing="published") -> str:
    return f"- target: {target}\n  {does}\n  description: {reason}\n  x-source: {source}\n  x-standing: {standing}\n"


@pytest.fixture
def noted(parse):
    """The page on a document, with one overlay of the given actions."""

    def make(*actions: str, text: str = SWAGGER) -> str:
        return page(parse(text, "/a/folder/shop.yaml"), [parse(HEAD + "".join(actions))] if actions else [])

    return make


# --- Where it is in the source ------------------------------------------------------------------

ITEMS, ANSWER = ("paths", "/items", "post"), ("paths", "/items", "post", "responses", "200")
MEDIA = ("content", "application/json")
BODY = (*ITEMS, "requestBody")


@pytest.mark.parametrize(
    ("place", "at", "rest"),
    [
        ((), "", ()),
        (("info", "title"), "/info/title", ()),
        (("tags",), "", ("tags",)),
        (("components", "schemas", "Item", "required", 0), "/definitions/Item/required/0", ()),
        (("components", "schemas", "Item", "required", 1), "/definitions/Item/required", (1,)),
        (("components", "schemas", "Lost", "type"), "/definitions", ("Lost", "type")),
        (("components", "securitySchemes", "Key", "name"), "/securityDefinitions/Key/name", ()),
        (("components", "responses", "Bad", *MEDIA, "schema"), "/responses/Bad/schema", ()),
        (("components", "parameters", "Trace", "schema", "type"), "/parameters/Trace/type", ()),
        (
            ("components", "schemas", "Item", "properties", "id", "examples"),
            "/definitions/Item/properties/id/example",
            (),
        ),
        (
            ("components", "schemas", "Item", "properties", "id", "examples", 0),
            "/definitions/Item/properties/id/example",
            (),
        ),
        ((*ITEMS, "parameters", 0), "/paths/~1items/post/parameters/1", ()),
        ((*ITEMS, "parameters", 0, "schema", "default"), "/paths/~1items/post/parameters/1/default", ()),
        ((*ITEMS, "parameters", 0, "schema", "enum"), "/paths/~1items/post/parameters/1", ("enum",)),
        (("paths", "/items", "parameters", 0), "/paths/~1items/parameters/0", ()),
        ((*BODY, "required"), "/paths/~1items/post/parameters/0/required", ()),
        ((*BODY, *MEDIA, "schema"), "/paths/~1items/post/parameters/0/schema", ()),
        (
            (
                "paths",
                "/files",
                "post",
                "requestBody",
                "content",
                "multipart/form-data",
                "schema",
                "properties",
                "note",
            ),
            "/paths/~1files/post/parameters/0",
            (),
        ),
        ((*ANSWER, "description"), "/paths/~1items/post/responses/200/description", ()),
        (
            (*ANSWER, *MEDIA, "schema", "properties", "item"),
            "/paths/~1items/post/responses/200/schema/properties/item",
            (),
        ),
        (
            (*ANSWER, *MEDIA, "example", "item", "id"),
            "/paths/~1items/post/responses/200/examples/application~1json/item/id",
            (),
        ),
        (
            (*ANSWER, "headers", "X-Left", "schema", "format"),
            "/paths/~1items/post/responses/200/headers/X-Left/format",
            (),
        ),
        ((*ANSWER, "links"), "/paths/~1items/post/responses/200", ("links",)),
    ],
)
def test_a_part_of_the_converted_document_is_found_in_the_source(parse, place, at, rest):
    source = parse(SWAGGER)
    found = origin(source.data, normalise(source)[0], place)
    assert (pointer(*found.place), found.rest) == (at, rest)


def test_every_part_of_the_converted_document_has_an_origin_that_is_there(parse):
    source = parse(SWAGGER).data
    made, _ = normalise(parse(SWAGGER))
    for place in places(made):
        found = origin(source, made, place)
        node = source
        for part in found.place:
            node = node[part]
        assert len(found.rest) <= len(place)


def places(node, at=()):
    yield at
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for part, inner in items:
        yield from places(inner, (*at, part))


def test_references_that_lead_in_a_circle_end():
    data = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}
    assert origin(data, {"a": {"c": 1}}, ("a", "c")).rest == ("c",)


def test_a_document_that_was_not_converted_is_its_own_origin(tickets):
    data = read(tickets.source).data
    place = ("paths", "/tickets", "get", "parameters", 2, "schema", "$ref")
    assert origin(data, data, place) == Origin(place)


# --- What it should say -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "version", "said"),
    [
        ({"examples": [1]}, "3.1", {"examples": [1]}),
        ({"examples": [1]}, "3.0", {"example": 1}),
        ({"examples": {"one": {"value": 1}}}, "3.0", {"examples": {"one": {"value": 1}}}),
        ({"default": {"examples": [1]}}, "2.0", {"default": {"examples": [1]}}),
        ({"type": ["string", "null"]}, "3.0", {"type": "string", "nullable": True}),
        ({"type": ["string", "null"]}, "2.0", {"type": "string", "x-nullable": True}),
        ({"$ref": "#/components/schemas/A"}, "2.0", {"$ref": "#/definitions/A"}),
        ({"$ref": "#/components/schemas/A"}, "3.0", {"$ref": "#/components/schemas/A"}),
        (
            {"name": "a", "in": "query", "schema": {"type": "string"}},
            "2.0",
            {"name": "a", "in": "query", "type": "string"},
        ),
        (
            {"description": "D", "content": {"application/json": {"schema": {"type": "string"}, "example": "a"}}},
            "2.0",
            {"description": "D", "schema": {"type": "string"}, "examples": {"application/json": "a"}},
        ),
        (
            {"requestBody": {"required": True, "content": {"application/json": {"schema": {}}}}, "tags": []},
            "2.0",
            {"parameters": [{"name": "body", "in": "body", "required": True, "schema": {}}], "tags": []},
        ),
        ({"properties": {"content": {"type": "string"}}}, "2.0", {"properties": {"content": {"type": "string"}}}),
        ({"get": {"x-stage": "preview", "tags": []}}, "3.1", {"get": {"tags": []}}),
    ],
)
def test_a_change_is_said_in_the_words_of_the_published_version(value, version, said):
    before = copy.deepcopy(value)
    assert restated(value, version) == said
    assert value == before


def test_words_that_swagger_lacks_are_told_from_names():
    assert later({"responses": {"200": {"links": {}}}})
    assert not later({"properties": {"links": {"type": "string"}}, "example": {"anyOf": []}})


# --- The page -----------------------------------------------------------------------------------


def test_a_note_says_where_what_why_and_on_what_evidence(noted):
    told = noted(
        action(
            "$.components.schemas.Item.properties.id.examples",
            "remove: true",
            reason="The example is a text.",
            source="The type",
        ),
        action(
            "$.components.schemas.Item.properties.id",
            "update: {examples: [1]}",
            reason="Ids are numbers.",
            source="The type",
        ),
    )
    assert (
        "### A1. The example is a text.\n\nIds are numbers.\n\n- line 38, `/definitions/Item/properties/id/example`\n\n"
        "```diff\n type: integer\n-example: one\n+example: 1\n```\n\nEvidence: The type\n"
    ) in told
    assert "A2" not in told
    assert "| together | 1 |" in told


def test_one_reason_at_several_places_is_one_note_with_the_evidence_of_each(noted):
    told = noted(
        action("$.paths['/items'].post", "update: {operationId: make}", source="First"),
        action("$.paths['/files'].post", "update: {operationId: store}", source="Second"),
    )
    assert told.count("### A") == 1
    assert "+operationId: make" in told
    assert "- POST /items: First\n- POST /files: Second\n" in told


def test_places_that_change_alike_share_a_diff(noted):
    told = noted(action("$.paths.*.post", "update: {deprecated: true}"))
    assert told.count("+deprecated: true") == 1
    assert "- line 10, `/paths/~1items/post` (POST /items)\n- line 22, `/paths/~1files/post` (POST /files)\n" in told


def test_contradictions_come_first_and_silence_becomes_questions(noted):
    told = noted(
        action("$.info", "update: {x-a: 1}", reason="Third", standing="inferred"),
        action("$.info", "update: {x-b: 1}", reason="Second", standing="standard"),
        action("$.info", "update: {x-c: 1}", reason="First", standing="published"),
    )
    titles = [line for line in told.splitlines() if line.startswith("#")]
    assert [title.partition(". ")[2] for title in titles[1:]] == [
        "The document and the other published texts",
        "First",
        "What a standard asks for",
        "Second",
        "Questions",
        "Third",
    ]
    assert told.rindex("please confirm it") > told.index("Second")


def test_one_reason_with_two_standings_is_two_notes(noted):
    told = noted(action("$.info", "update: {x-a: 1}"), action("$.info", "update: {x-b: 1}", standing="inferred"))
    assert "### A1. Because" in told
    assert "### C1. Because" in told


@pytest.mark.parametrize(
    ("target", "does", "diff"),
    [
        ("$.components.parameters.Trace", "remove: true", "-Trace:\n-  name: trace\n-  in: header\n-  type: string"),
        ("$.components.schemas.Item.required", "update: [name]", " - id\n+- name"),
        ("$.components.schemas.Item.required[0]", "remove: true", "-- id"),
        ("$.components.schemas.Error.properties", "update: {code: {type: integer}}", "+code:\n+  type: integer"),
        (
            "$.components.schemas.Item.properties.name.type",
            "update: [x]",
            "-type: string\n+type:\n+- string\n+- 'null'\n+- x",
        ),
        ("$.paths['/items'].post.parameters", "update: {name: a, in: query}", "+- name: a\n+  in: query"),
        ("$.paths['/items'].post.parameters[0].schema", "update: {enum: [fast]}", "+enum:\n+- fast"),
        ("$.paths['/items'].post.requestBody", "update: {description: An item}", "+description: An item"),
        ("$.paths.*.post.responses['200']", "update: {links: {again: {}}}", "+links:\n+  again: {}"),
        ("$", "update: {tags: [{name: a}]}", "+tags:\n+- name: a"),
        ("$", "update: {servers: [{description: Here}]}", "+servers:\n+- description: Here"),
        ("$.components.schemas.Item", "copy: $.components.schemas.Error", "+reason:\n+  type: string"),
    ],
)
def test_a_change_is_shown_on_the_source(noted, target, does, diff):
    lines = noted(action(target, does)).splitlines()
    start = lines.index("```diff")
    shown = lines[start + 1 : lines.index("```", start)]
    wanted = diff.splitlines()
    assert wanted in [shown[at : at + len(wanted)] for at in range(len(shown))]
    assert [line for line in shown if line[0] in "+-"] == [line for line in wanted if line[0] in "+-"]


def test_what_swagger_cannot_say_is_told_to_be_of_openapi_3(noted):
    words = "it is written as OpenAPI 3 has it"
    assert words in noted(action("$.paths['/items'].post.responses['200']", "update: {links: {}}"))
    assert words not in noted(action("$.components.schemas.Item", "update: {properties: {links: {type: string}}}"))


def test_repairs_of_the_conversion_are_noted_with_their_place(noted):
    told = noted(text=SWAGGER.replace("200: {description: Stored}", "200: {}"))
    assert "## D. What had to be repaired" in told
    assert "- line 26, `/paths/~1files/post/responses/200" in told
    assert "## D." not in noted()


def test_a_sound_document_has_an_empty_page(noted):
    assert "| together | 0 |" in noted()
    assert "###" not in noted()


def test_the_page_names_no_folder_and_holds_its_code_together(noted):
    told = noted(action("$.info", "update: {description: 'a ```` b'}"))
    assert "`shop.yaml`" in told
    assert "/a/folder" not in told
    assert "`````diff" in told


def test_an_action_that_says_not_why_is_an_error(noted):
    with pytest.raises(OverlayError, match="says not why"):
        noted("- {target: $.info, update: {x-a: 1}}\n")


def test_documents_stay_as_they_are(parse):
    source, fix = parse(SWAGGER), parse(HEAD + action("$.components.schemas.Item.required", "update: [name]"))
    before = copy.deepcopy((source.data, fix.data))
    assert page(source, [fix]) == page(source, [fix])
    assert (source.data, fix.data) == before


def test_every_action_of_every_shipped_overlay_is_on_the_page(apis):
    for api in apis.values():
        overlays = [read(path) for path in api.overlays]
        told = page(read(api.source), overlays)
        for action in (action for each in overlays for action in overlay.actions(each)):
            assert action.standing.reason in told
            assert action.standing.source in told


def test_every_note_on_every_shipped_api_has_a_line_and_a_change(apis):
    for api in apis.values():
        told = page(read(api.source), [read(path) for path in api.overlays])
        for note in told.split("\n### ")[1:]:
            assert "\n- line " in note
            assert "```diff\n" in note


def test_the_command_prints_or_writes_the_page(tickets):
    folder = tickets.folder / "overlays"
    folder.mkdir()
    (folder / "fix.yaml").write_text(HEAD + action("$.components.schemas.Ticket", "update: {required: [path]}"))
    env = surroundings(PYTHONPATH=str(ROOT))
    printed = verb("defects", "--api", "tickets", cwd=tickets.root, env=env)
    assert (printed.returncode, printed.stderr) == (0, "")
    assert "+- path" in printed.stdout
    written = verb("defects", "-o", "page.md", cwd=tickets.root, env=env)
    assert written.stdout == "page.md: written\n"
    assert (tickets.root / "page.md").read_text() == printed.stdout
