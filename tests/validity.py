"""Whether an API document is valid, by openapi-spec-validator without what it gets wrong itself."""

from __future__ import annotations

import copy
from typing import Any

from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

Json = Any

VALIDATORS = {"2.0": OpenAPIV2SpecValidator, "3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}


def problems(document: Json) -> list[str]:
    """What is wrong with a document of Swagger 2.0, OpenAPI 3.0 or 3.1."""
    validator = VALIDATORS[str(document.get("swagger", document.get("openapi")))[:3]]
    by_schema = [str(error) for error in validator.schema_validator.iter_errors(document)]
    if by_schema:
        return by_schema
    # The rules that no schema can say: paths and their parameters, defaults, schemas of schemas.
    checked = validator(_without_traps(document))
    return [str(error) for error in checked.root_validator(checked.schema_path)]


def _without_traps(document: Json) -> Json:
    """`document` without what the validator's own rules stumble over, having passed its schema.

    They read extensions among paths, operations and responses as what stands beside them, and know
    no `type: file`, which Swagger 2.0 allows in responses.
    """
    result = copy.deepcopy(document)
    result["paths"] = _named(result["paths"])
    for path, item in result["paths"].items():
        result["paths"][path] = kept = _named(item)
        for operation in (each for name, each in kept.items() if name != "parameters"):
            if isinstance(operation, dict) and "responses" in operation:
                operation["responses"] = _named(operation["responses"])
                _without_files(operation["responses"])
    _without_files(result.get("responses", {}))
    return result


def _named(mapping: Json) -> Json:
    return {name: value for name, value in mapping.items() if not name.startswith("x-")}


def _without_files(responses: Json) -> None:
    for each in responses.values():
        if isinstance(each.get("schema"), dict) and each["schema"].get("type") == "file":
            each["schema"] = {"type": "string"}
