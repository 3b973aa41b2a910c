"""Run openapi-python-client, and write down what it complains of: `program.py DOCUMENT CONFIG TEMPLATES OUTPUT REPORT`.

A process of its own, started by path, and so without anything of this project. The report is a
JSON list of complaints: `header` and `detail` are the generator's words; `pointer` leads to the part
of the document that it speaks of, where it says so; `fatal` tells that nothing was written.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import ErrorLevel, GeneratorError
from openapi_python_client.schema import OpenAPI
from openapi_python_client.schema.untrusted_string import UntrustedString
from pydantic import BaseModel, ValidationError

Complaint: TypeAlias = dict[str, Any]


def main(words: Sequence[str]) -> None:
    document, config, templates, output, report = (Path(word) for word in words)
    settings = ConfigFile(**json.loads(config.read_text(encoding="utf-8")))
    whole = Config.from_sources(settings, MetaType.NONE, document, "utf-8", overwrite=False, output_path=output)
    data = json.loads(document.read_text(encoding="utf-8"))
    report.write_text(json.dumps(_complaints(data, whole, templates)), encoding="utf-8")


def _complaints(data: dict[str, Any], config: Config, templates: Path) -> list[Complaint]:
    try:
        openapi = OpenAPI.model_validate(data)
    except ValidationError as error:
        found = [_invalid(data, each["loc"], _message(each)) for each in error.errors()]
        # Of a value that may be of several types, it complains once for each; the first will do.
        return list({each["pointer"]: each for each in reversed(found)}.values())[::-1]
    places = _Places(openapi)
    try:
        # It validates what it is given; what is validated already stays the same, so that `places` knows it again.
        parsed = GeneratorData.from_dict(openapi, config=config)  # type: ignore[arg-type]
        if isinstance(parsed, GeneratorError):
            return [_complaint(parsed, places)]
        errors = Project(openapi=parsed, config=config, custom_template_path=templates).build()
    except Exception as error:  # noqa: BLE001 - whatever stops it has a cause in the document, which is looked for
        what = f"{type(error).__name__}: {error}"
        return [{"header": "", "detail": what, "pointer": places.of_traceback(error.__traceback__), "fatal": True}]
    return [_complaint(error, places) for error in errors]


def _message(error: Mapping[str, Any]) -> str:
    return f"`{error['loc'][-1]}` is required" if error["type"] == "missing" else str(error["msg"])


def _complaint(error: GeneratorError, places: _Places) -> Complaint:
    return {
        "header": error.header,
        "detail": error.detail or "",
        "pointer": places.of(getattr(error, "data", None), near=error.header),
        "fatal": error.level is ErrorLevel.ERROR,
    }


def _invalid(data: Any, location: Sequence[str | int], message: str) -> Complaint:
    """A complaint about what the generator's model of OpenAPI does not allow; its location has words of that model."""
    pointer = ""
    for part in location:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            continue
        pointer += f"/{_escape(str(part))}"
    return {"header": "", "detail": message, "pointer": pointer, "fatal": True}


class _Places:
    """Where each part of the document stands: known by identity, or where it was copied, by being equal."""

    def __init__(self, openapi: OpenAPI) -> None:
        self._parts = list(_parts(openapi, ""))
        self._pointers = {id(part): pointer for pointer, part in self._parts}
        self._texts: dict[int, str] = {}

    def of(self, part: Any, *, near: str = "") -> str | None:
        """The pointer of `part`; of several equal ones, that in the operation which the text `near` names."""
        if not isinstance(part, BaseModel):
            return None
        if id(part) in self._pointers:
            return self._pointers[id(part)]
        schema = getattr(part, "param_schema", None)
        if id(schema) in self._pointers:
            return self._pointers[id(schema)].removesuffix("/schema")
        equal = [
            pointer for pointer, other in self._parts if type(other) is type(part) and self._text(other) == _text(part)
        ]
        return next((pointer for pointer in equal if _named(pointer, near)), equal[0] if equal else None)

    def of_traceback(self, traceback: TracebackType | None) -> str | None:
        """The pointer of the part that was worked on, innermost, when something was raised."""
        frames = []
        while traceback is not None:
            frames.append(traceback.tb_frame.f_locals)
            traceback = traceback.tb_next
        for variables in reversed(frames):
            for value in variables.values():
                part = value if isinstance(value, BaseModel) else getattr(value, "data", None)
                if id(part) in self._pointers:
                    return self._pointers[id(part)]
        return None

    def _text(self, part: BaseModel) -> str:
        if id(part) not in self._texts:
            self._texts[id(part)] = _text(part)
        return self._texts[id(part)]


def _text(part: BaseModel) -> str:
    return part.model_dump_json(by_alias=True, exclude_unset=True)


def _named(pointer: str, near: str) -> bool:
    """Whether the text `near` (`WARNING parsing GET /path within tag`) names the operation that `pointer` is in."""
    parts = pointer.split("/")
    if len(parts) < 4 or parts[1] != "paths":
        return False
    return f" {parts[3].upper()} {parts[2].replace('~1', '/').replace('~0', '~')} " in near


def _parts(value: Any, pointer: str) -> Iterator[tuple[str, BaseModel]]:
    """The parts of the document that the generator has objects for, with their pointers."""
    if isinstance(value, BaseModel):
        yield pointer, value
        for name, field in type(value).model_fields.items():
            yield from _parts(getattr(value, name), f"{pointer}/{field.alias or name}")
    elif isinstance(value, dict):
        for key, each in value.items():
            name = key.get_untrusted_value() if isinstance(key, UntrustedString) else str(key)
            yield from _parts(each, f"{pointer}/{_escape(name)}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _parts(each, f"{pointer}/{index}")


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


if __name__ == "__main__":
    main(sys.argv[1:])
