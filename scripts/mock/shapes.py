"""What of a value an answer shows: the members that its schema names, and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..document import Json, Operation, follow


@dataclass
class Shape:
    """What a schema shows of a value: of an object the members that it names, of an array its items."""

    members: dict[str, Shape] = field(default_factory=dict, repr=False)
    """Empty where the schema names none: then all are shown."""
    items: Shape | None = field(default=None, repr=False)
    nullable: bool = True
    written_as: str = ""
    """The format that the schema gives a value, or else its type; empty where it gives none."""

    def of(self, value: Json) -> Json:
        """The part of a value that is shown; a null where the schema has none is left out."""
        if isinstance(value, list):
            return [self.items.of(item) for item in value] if self.items else value
        if not self.members or not isinstance(value, dict):
            return value
        shown = {}
        for name, shape in self.members.items():
            if name in value:
                member = value[name]
                if member is not None or shape.nullable:
                    shown[name] = shape.of(member)
        return shown

    def within(self, place: Sequence[str]) -> Shape:
        """The shape of what stands at a place of the value: anything where the schema does not name it."""
        shape = self
        for part in place:
            shape = shape.members.get(part, Shape())
        return shape


class Shapes:
    """The shapes of a document's schemas, each made once."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._made: dict[int, Shape] = {}
        self._successes: dict[str, tuple[int, Shape | None]] = {}

    def of(self, schema: Mapping[str, Json]) -> Shape:
        """The shape of a schema, which may be a reference."""
        schema = follow(self._document, schema)
        if id(schema) not in self._made:
            shape = self._made[id(schema)] = Shape()  # before its parts, which may hold it again
            shape.nullable, shape.written_as = self._nullable(schema), _written_as(schema)
            shape.members.update({name: self.of(member) for name, member in self._named(schema).items()})
            if isinstance(schema.get("items"), dict):
                shape.items = self.of(schema["items"])
        return self._made[id(schema)]

    def success(self, operation: Operation) -> tuple[int, Shape | None]:
        """The first documented success of an operation and its shape; None where it has no body."""
        if operation.id not in self._successes:
            self._successes[operation.id] = self._success(operation)
        return self._successes[operation.id]

    def _success(self, operation: Operation) -> tuple[int, Shape | None]:
        for status, definition in operation.definition["responses"].items():
            if status.startswith("2"):
                number = int(status.replace("X", "0"))
                for media in follow(self._document, definition).get("content", {}).values():
                    return number, self.of(media.get("schema", {}))
                return number, None
        return 200, Shape()

    def request(self, operation: Operation) -> Shape:
        """The shape of what an operation takes; anything where its media types have schemas of their own."""
        body = follow(self._document, operation.definition.get("requestBody", {}))
        schemas = [media.get("schema", {}) for media in body.get("content", {}).values()]
        return self.of(schemas[0]) if schemas and all(each == schemas[0] for each in schemas) else Shape()

    def _named(self, schema: Mapping[str, Json]) -> dict[str, Json]:
        """The members that a schema names, those of the schemas that it is made of included."""
        schema = follow(self._document, schema)
        made_of = (each for word in ("allOf", "anyOf", "oneOf") for each in schema.get(word, ()))
        named = {name: member for each in made_of for name, member in self._named(each).items()}
        return {**named, **schema.get("properties", {})}

    def _nullable(self, schema: Mapping[str, Json]) -> bool:
        schema = follow(self._document, schema)
        if "type" not in schema and not any(word in schema for word in ("anyOf", "oneOf", "allOf", "enum")):
            return True
        kinds = schema.get("type", ())
        return "null" in kinds or any(
            self._nullable(each) for word in ("anyOf", "oneOf") for each in schema.get(word, ())
        )


def _written_as(schema: Mapping[str, Json]) -> str:
    kinds = schema.get("type", "")
    named = [kinds] if isinstance(kinds, str) else [each for each in kinds if each != "null"]
    return str(schema.get("format") or (named[0] if named else ""))
