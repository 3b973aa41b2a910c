"""Faults of shapes and statuses: what is answered, and what is taken."""

# ruff: noqa: ARG002 - a decision may need less than it is given

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..air_server import (
    Air,
    Answer,
    Job,
    Query,
    Refused,
    Request,
    User,
    bad,
)


class CreatedWith201(Air):
    """a submission is answered 201, which no text has"""

    def success(self, request: Request, body: Any) -> Answer:
        return self.json(201 if request.method == "POST" else 200, body)


class PriorityAsText(Air):
    """Priority is a string in lists"""

    def row(self, job: dict) -> dict:
        return super().row(job) | {"Priority": str(job["Priority"])}


class EpochInList(Air):
    """Created is a number of seconds in lists"""

    def row(self, job: dict) -> dict:
        return super().row(job) | {"Created": self.jobs[job["Id"]].at}


class LocalTimes(Air):
    """times have no offset in details"""

    def view(self, name: str | None, job: Job, whole: dict) -> dict:
        return super().view(name, job, whole | {"Created": whole["Created"].removesuffix("Z")})


class GuidesWordForState(Air):
    """the status view says `processing`, as the guide does, where the document has `in_progress`"""

    def status(self, job: Job, whole: dict) -> dict:
        status = super().status(job, whole)
        return status | {"Status": "processing" if status["Status"] == "in_progress" else status["Status"]}


class CapitalState(Air):
    """lists have states in capitals"""

    def row(self, job: dict) -> dict:
        return super().row(job) | {"Status": job["Status"].upper()}


class NullForNoRecords(Air):
    """Records is null where nothing is found"""

    def list(self, query: Query, user: User) -> dict:
        page = super().list(query, user)
        return page | {"Records": page["Records"] or None}


class EchoAsText(Air):
    """the page number is echoed as it was sent, as a string"""

    def pagination(self, found: Sequence[dict], page: int, size: int) -> dict:
        return super().pagination(found, page, size) | {"PageNumber": str(page)}


class PlainAbsence(Air):
    """a 404 is plain text"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        if refused.status == 404:
            return Answer(404, {"Content-Type": "text/plain"}, b"404 page not found")
        return super().refusal(request, refused)


class NumberAsCode(Air):
    """ErrorCode of a 404 is a number"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        return self.json(refused.status, refused.body | ({"ErrorCode": 404} if refused.status == 404 else {}))


class BareUnauthorized(Air):
    """a 401 has no body"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        return Answer(401, {}, b"") if refused.status == 401 else super().refusal(request, refused)


class ListAsHtml(Air):
    """lists are labelled text/html"""

    def success(self, request: Request, body: Any) -> Answer:
        answer = super().success(request, body)
        return replace(answer, headers={"Content-Type": "text/html"}) if request.is_list else answer


class ErrorCountMissing(Air):
    """the errors of a job without any have no ErrorCount"""

    def errors(self, job: Job, whole: dict) -> dict:
        return {"Id": job.id, "Status": whole["Status"], "ErrorCode": ""}


class PriorityZero(Air):
    """Priority 0 is accepted"""

    def check_priority(self, priority: Any) -> None:
        if priority != 0 or type(priority) is not int:
            super().check_priority(priority)


class PriorityEleven(Air):
    """Priority 11 is accepted"""

    def check_priority(self, priority: Any) -> None:
        if priority != 11:
            super().check_priority(priority)


class PriorityInQuotes(Air):
    """Priority is accepted as a string of digits"""

    def check_priority(self, priority: Any) -> None:
        super().check_priority(int(priority) if isinstance(priority, str) and priority.isdecimal() else priority)


class PriorityCut(Air):
    """a Priority with a fraction is accepted and cut"""

    def check_priority(self, priority: Any) -> None:
        super().check_priority(int(priority) if isinstance(priority, float) else priority)


class SizeBeyondMaximum(Air):
    """a page size above the maximum is taken for the maximum"""

    def number(self, query: Query, name: str, default: int, most: int) -> int:
        text = query.get(name, [""])[0]
        return (
            most
            if text.isascii() and text.isdigit() and int(text) > most
            else super().number(query, name, default, most)
        )


class PageZero(Air):
    """page 0 is answered as page 1"""

    def number(self, query: Query, name: str, default: int, most: int) -> int:
        return 1 if query.get(name) == ["0"] else super().number(query, name, default, most)


class BadNumberAsDefault(Air):
    """a page number or size that is no number is taken for the default"""

    def number(self, query: Query, name: str, default: int, most: int) -> int:
        with contextlib.suppress(ValueError):
            int(query.get(name, ["1"])[0])
            return super().number(query, name, default, most)
        return default


class StateInAnyCase(Air):
    """a filter for a state is accepted in any case, and finds nothing"""

    def check_choices(self, query: Query) -> None:
        super().check_choices(
            {name: [values[0].lower()] if name == "status" else values for name, values in query.items()}
        )


class SortByAnything(Air):
    """an unknown sortBy is ignored"""

    def check_choices(self, query: Query) -> None:
        super().check_choices({name: values for name, values in query.items() if name != "sortBy"})


class LongName(Air):
    """a name of 257 characters is accepted"""

    def length(self, text: str) -> int:
        return len(text) - 1


class BlankName(Air):
    """a name of blanks is accepted"""

    def check_name(self, name: str) -> None:
        if not name:
            raise bad("Name is empty")


class NoServices(Air):
    """a submission without a service is accepted"""

    def check_services(self, services: Any) -> None:
        if not isinstance(services, dict):
            raise bad("Services must be an object")


class RegionForgotten(Air):
    """Destination.Region may be left out"""

    def check_place(self, sent: dict, name: str, required: Sequence[str], optional: Sequence[str]) -> None:
        super().check_place(sent, name, [each for each in required if each != "Region"], [*optional, "Region"])


class BytesForCharacters(Air):
    """the longest name is counted in bytes of UTF-8"""

    def length(self, text: str) -> int:
        return len(text.encode(errors="surrogatepass"))


class AsciiOnly(Air):
    """a name with characters beyond ASCII is refused"""

    def check_name(self, name: str) -> None:
        super().check_name(name)
        if not name.isascii():
            raise bad("Name has characters that are not allowed")


class NameTaken(Air):
    """a second job of the same name is refused"""

    def submit(self, request: Request, user: User) -> dict:
        names = [job.sent["Name"] for job in self.jobs.values()]
        sent = self.read(request)
        if isinstance(sent, dict) and sent.get("Name") in names:
            raise bad("a job with this name is there already")
        return super().submit(request, user)


class PriorityWanted(Air):
    """a submission without a Priority is refused, as an earlier edition of its page has it"""

    def check_priority(self, priority: Any) -> None:
        super().check_priority(priority)

    def check(self, sent: Any) -> None:
        super().check(sent)
        if "Priority" not in sent:
            raise bad("Priority is required")


class RefusedButHeld(Air):
    """a submission that is refused for its Priority is held all the same"""

    def submit(self, request: Request, user: User) -> dict:
        try:
            return super().submit(request, user)
        except Refused as refused:
            if refused.text and refused.text.startswith("Priority"):
                sent = self.read(request) | {"Priority": 5}
                self.check(sent)  # which refuses what lacks more than that
                self.accept(sent, user)
            raise


FAULTS = (
    CreatedWith201,
    PriorityAsText,
    EpochInList,
    LocalTimes,
    GuidesWordForState,
    CapitalState,
    NullForNoRecords,
    EchoAsText,
    PlainAbsence,
    NumberAsCode,
    BareUnauthorized,
    ListAsHtml,
    ErrorCountMissing,
    PriorityZero,
    PriorityEleven,
    PriorityInQuotes,
    PriorityCut,
    SizeBeyondMaximum,
    PageZero,
    BadNumberAsDefault,
    StateInAnyCase,
    SortByAnything,
    LongName,
    BlankName,
    NoServices,
    RegionForgotten,
    BytesForCharacters,
    AsciiOnly,
    NameTaken,
    PriorityWanted,
    RefusedButHeld,
)
