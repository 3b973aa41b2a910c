"""Bodies as they come over the wire: JSON that an answer could repeat, and forms."""

from __future__ import annotations

import contextlib
import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.mock.bodies import DEEPEST_BODY, MULTIPART, URLENCODED, body_of, parsed
from scripts.mock.messages import RefusedError, Request

PARTS = {"data": lambda text: parsed(text.encode()), "count": int}


def form(**parts) -> Request:
    """A multipart form as httpx writes it: each part a text, or (file's name, bytes, media type)."""
    fields = {name: (None, part) if isinstance(part, str | bytes) else part for name, part in parts.items()}
    written = httpx.Request("POST", "http://h/", files=fields)
    return Request("POST", "/", "", (("content-type", written.headers["content-type"]),), written.read())


def multipart(*parts: str, end: str = "--b--\r\n", boundary: str = "b") -> Request:
    body = "".join(f"--b\r\n{part}\r\n" for part in parts) + end
    return Request("POST", "/", "", (("content-type", f"{MULTIPART}; boundary={boundary}"),), body.encode("latin-1"))


def test_of_a_file_its_name_type_and_size_are_kept_and_its_bytes_are_a_text():
    value, kept = body_of(form(file=("a b.csv", b"\x00\xff\r\n--", "text/csv")), MULTIPART, {})
    assert value == {"file": "\x00\xff\r\n--"}
    assert kept == {"file": {"filename": "a b.csv", "type": "text/csv", "size": 6}}


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20])
def test_a_file_of_any_size_is_whole(size):
    value, kept = body_of(form(file=("f", b"x" * size, "a/b")), MULTIPART, {})
    assert (len(value["file"]), kept["file"]["size"]) == (size, size)


@pytest.mark.parametrize("name", ['q"uote', "semi;colon", "ünï.csv", "☃", "../up", "", "a\\b"])
def test_a_file_s_name_is_what_the_client_gave(name):
    part = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\nx'
    escaped = part.replace('q"uote', 'q\\"uote').replace("a\\b", "a\\\\b").encode().decode("latin-1")
    assert body_of(multipart(escaped), MULTIPART, {})[1]["file"]["filename"] == name


def test_parts_are_read_as_the_document_types_them_whether_they_are_fields_or_files():
    document = json.dumps({"a": [1, "ü"]})
    for part in (document, ("d.json", document.encode(), "application/json"), (None, document, "application/json")):
        value, kept = body_of(form(data=part, count="7", more="1"), MULTIPART, PARTS)
        assert value == kept == {"data": {"a": [1, "ü"]}, "count": 7, "more": "1"}


def test_of_parts_with_one_name_the_last_counts():
    field = 'Content-Disposition: form-data; name="more"\r\n\r\n'
    assert body_of(multipart(f"{field}1", f"{field}2"), MULTIPART, {})[0] == {"more": "2"}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", {}),
        (b"more=1&count=7", {"more": "1", "count": 7}),
        (b"more=a+b%20c%C3%BC&more=", {"more": ""}),
        (b"data=%7B%22a%22%3A1%7D", {"data": {"a": 1}}),
        (b"more", {"more": ""}),
    ],
)
def test_an_encoded_form_is_read_like_a_query(body, value):
    assert body_of(Request("POST", "/", body=body), URLENCODED, PARTS) == (value, value)


@pytest.mark.parametrize(
    "request_",
    [
        multipart('Content-Disposition: form-data; name="data"\r\n\r\n{'),
        multipart('Content-Disposition: form-data; name="data"\r\n\r\n\xff'),
        multipart('Content-Disposition: form-data; name="more"\r\n\r\n\xff'),
        multipart('Content-Disposition: form-data; name="f"; filename="\xff"\r\n\r\nx'),
        multipart('Content-Disposition: form-data; name="\xff"\r\n\r\nx'),
        multipart("Content-Disposition: form-data\r\n\r\nx"),
        multipart("\r\nx"),
        multipart("no header"),
        multipart(boundary=""),
        multipart(boundary="another"),
        multipart(*["X: y\r\n" * 2000 + "\r\nx"]),
        Request("POST", "/", "", (("content-type", MULTIPART),), b"x"),
        Request("POST", "/", "", (), b"x"),
    ],
    ids=str,
)
def test_what_is_no_form_is_refused(request_):
    with pytest.raises(RefusedError) as caught:
        body_of(request_, MULTIPART, PARTS)
    assert caught.value.status == 400


@pytest.mark.parametrize("cut", [1, 3, 5, 20])
def test_a_form_that_breaks_off_lacks_its_last_part_or_is_refused(cut):
    whole = form(more="1", last="2")
    try:
        value, _ = body_of(Request("POST", "/", "", whole.headers, whole.body[: -len("--\r\n") - cut]), MULTIPART, {})
    except RefusedError:
        return
    assert value in ({"more": "1"}, {"more": "1", "last": "2"})


@given(st.binary(max_size=60), st.sampled_from([MULTIPART, URLENCODED, "application/json", "text/plain"]))
def test_any_bytes_are_read_or_refused(body, media_type):
    form = b"--b\r\nContent-Disposition: form-data; name=" + body
    for each in (body, form):
        with contextlib.suppress(RefusedError):
            body_of(Request("POST", "/", "", (("content-type", f"{media_type}; boundary=b"),), each), media_type, {})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.booleans())
def test_what_is_read_as_json_is_what_was_written(value, ascii_only):
    assert parsed(json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")) == value


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_is_taken_up_to_a_depth(opening):
    closing = "]" if opening == "[" else "}"

    def nested(depth: int) -> bytes:
        return (opening * depth + "1" + closing * depth).encode()

    parsed(nested(DEEPEST_BODY))
    with pytest.raises(RefusedError, match="nested too deep"):
        parsed(nested(DEEPEST_BODY + 1))
    assert parsed(b'["' + b"[{" * 500 + b'"]') == ["[{" * 500]
