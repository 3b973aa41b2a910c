"""What openapi-python-client makes of a document, as its own parser says it, for tests of names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData

CONFIG = Config.from_sources(
    ConfigFile(), MetaType.NONE, Path("document.yaml"), "utf-8", overwrite=False, output_path=None
)


@dataclass(frozen=True)
class Parsed:
    """What it complains of, and the classes that it makes, with their modules."""

    complaints: list[str]
    classes: set[tuple[str, str]]

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.classes}


def parsed(data) -> Parsed:
    """What the generator makes of `data`, which it may change."""
    result = GeneratorData.from_dict(data, config=CONFIG)
    assert isinstance(result, GeneratorData), result
    errors = [
        *result.errors,
        *(each for tag in result.endpoint_collections_by_tag.values() for each in tag.parse_errors),
    ]
    infos = [each.class_info for each in (*result.models, *result.enums)]
    complaints = [f"{error.header} {error.detail}" for error in errors]
    return Parsed(complaints, {(str(info.name).rstrip("_"), str(info.module_name).rstrip("_")) for info in infos})
