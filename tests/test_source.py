from __future__ import annotations

import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator, OpenAPIV31SpecValidator

from scripts.document import read

START = "swagger: '2.0'"
HEADING = "Wasabi AiR API Endpoints"


@pytest.fixture
def published(shared) -> list[str]:
    """The document's lines in the guide, where the last one runs into a heading."""
    lines = (shared / "sources" / "wasabi-air" / "public-apis-guide.txt").read_text(encoding="utf-8").split("\n")
    start = lines.index(START)
    end = next(index for index in range(start, len(lines)) if lines[index].endswith(HEADING))
    return [*lines[start:end], lines[end].removesuffix(HEADING)]


def test_wasabi_source_has_the_guide_s_lines_in_order_but_for_leading_blanks(published, apis):
    source = apis["wasabi_air"].source.read_text(encoding="utf-8").splitlines()
    assert len(source) == 716
    assert [line.lstrip() for line in source] == published


def test_wasabi_source_is_valid_swagger(apis):
    assert list(OpenAPIV2SpecValidator(read(apis["wasabi_air"].source).data).iter_errors()) == []


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("JobSubmissionRequest/properties/Source/required", ["Bucket", "ObjectKey"]),
        ("JobSubmissionRequest/properties/Destination/required", ["Region", "Bucket"]),
        ("JobSubmissionRequest/required", ["Source", "Destination", "Services", "Name"]),
        ("Job/properties/Priority/description", "Job priority (1-10).\nexample: 5"),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" in value else "",
)
def test_wasabi_source_nests_as_the_reference_pages_show(apis, place, expected):
    found = read(apis["wasabi_air"].source).data["definitions"]
    for part in place.split("/"):
        found = found[part]
    assert found == expected


def test_wasabi_job_has_the_members_that_its_reference_page_lists(apis, shared):
    page = (shared / "sources" / "wasabi-air" / "get-job-details.md").read_text(encoding="utf-8")
    job = read(apis["wasabi_air"].source).data["definitions"]["Job"]["properties"]
    assert sorted(job["Source"]["properties"]) == ["Bucket", "Endpoint", "ObjectKey", "Provider", "Region"]
    for name in [*job, *job["Source"]["properties"], *job["Destination"]["properties"]]:
        assert f"{name}string" in page or f"{name}object" in page or f"{name}integer" in page


def test_every_shipped_document_is_valid_openapi_3_1(apis):
    for api in apis.values():
        assert [error.message for error in OpenAPIV31SpecValidator(read(api.openapi).data).iter_errors()] == []
