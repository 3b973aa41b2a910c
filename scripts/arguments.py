"""The words of the command line: each verb, its arguments and flags, and what help says of them.

The standard library reads them: a library that builds them from signatures takes as long to load as
most documents take to be converted.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Verb: TypeAlias = argparse.ArgumentParser

_OUTPUT = "Where to write it; none for standard output."


def parser() -> argparse.ArgumentParser:
    """What reads the command line. Every verb's flags have the names of its function's parameters in `__main__`."""
    top = argparse.ArgumentParser(
        prog="python -m scripts",
        description="From a published API document to a typed client, a mock server, and a verdict on any server.",
        allow_abbrev=False,
        formatter_class=_formatter,
    )
    verbs = top.add_subparsers(dest="verb", metavar="VERB [FLAGS]", title="verbs")
    for name, (add, short, long) in _VERBS.items():
        add(verbs.add_parser(name, help=short, description=long, allow_abbrev=False, formatter_class=_formatter))
    return top


def _formatter(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, max_help_position=32)


# --- Verbs ------------------------------------------------------------------------------------


def _normalise(verb: Verb) -> None:
    verb.add_argument("document", nargs="?", type=Path, help="A document to convert; none for the project's APIs.")
    _output(verb, "Where to write it: YAML, or JSON to a name that ends in .json; none for standard output.")
    verb.add_argument("--target", choices=("3.0", "3.1"), default="3.1", help="The version of OpenAPI to write.")
    verb.add_argument("--strict", action="store_true", help="Refuse defects instead of repairing them.")
    verb.add_argument("--lift", action="store_true", help="Make repeated inline schemas components.")
    help_ = "Read other files from here, not from the document's folder alone."
    verb.add_argument("--within", type=Path, metavar="FOLDER", help=help_)
    verb.add_argument("--all", dest="every", action="store_true", help="Print every warning, not three of each kind.")
    _api(verb)


def _overlay(verb: Verb) -> None:
    help_ = "A document, then its overlays; or one overlay, whose `extends` names the document."
    verb.add_argument("files", nargs="+", type=Path, metavar="FILE", help=help_)
    _output(verb)


def _diff(verb: Verb) -> None:
    verb.add_argument("old", type=Path, metavar="OLD", help="The edition that is in use.")
    verb.add_argument("new", type=Path, metavar="NEW", help="The edition that comes after it.")
    verb.add_argument("--json", action="store_true", help="Write JSON, of the form in docs/diff.md.")
    _output(verb)
    help_ = "Show changes of descriptions and examples too."
    verb.add_argument("--all", dest="every", action="store_true", help=help_)
    help_ = "The client's version, to say the next."
    verb.add_argument("--version", dest="current", metavar="X.Y.Z", help=help_)


def _generate(verb: Verb) -> None:
    _api(verb)


def _drift(verb: Verb) -> None:
    _api(verb)


def _defects(verb: Verb) -> None:
    _api(verb)
    _output(verb)


def _behaviour(verb: Verb) -> None:
    _api(verb)
    _output(verb)


def _mock(verb: Verb) -> None:
    _api(verb)
    verb.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="The address to listen on.")
    help_ = "The port to listen on; 0 for a free one."
    verb.add_argument("--port", type=_port, default=8080, metavar="NUMBER", help=help_)
    verb.add_argument("--preview", action="store_true", help="Serve the operations that only a guide describes too.")
    help_ = "A file that keeps the state, so that it outlives the process."
    verb.add_argument("--state", type=Path, metavar="FILE", help=help_)
    help_ = "An S3-compatible storage to read and write in, with the caller's keys."
    verb.add_argument("--storage", metavar="URL", help=help_)
    help_ = "A line for each request on standard error: text (without this flag), json, off."
    verb.add_argument("--log", choices=("text", "json", "off"), default="text", help=help_)
    help_ = "A loopback port to steer the mock at while it runs; 0 for a free one."
    verb.add_argument("--control", type=_port, metavar="NUMBER", help=help_)
    about = "How the mock behaves from the start on; the control interface takes the same words while it runs."
    _steering(verb.add_argument_group("steering", about))


def _steering(flags: argparse._ArgumentGroup) -> None:
    help_ = "A YAML or JSON file that says any of the below; a flag takes the place of what it says."
    flags.add_argument("--scenario", type=Path, metavar="FILE", help=help_)
    help_ = "Seconds that a resource stays in each state; 1 without this flag."
    flags.add_argument("--step", type=_number(float, 0), metavar="SECONDS", help=help_)
    help_ = "How fast the mock's time passes: 10 is ten times, 0 only when it is told to."
    flags.add_argument("--clock", type=_number(float, 0), metavar="FACTOR", help=help_)
    help_ = "How many of a limit an account has, like quota=100; again for more."
    flags.add_argument("--limit", type=_limit, action="append", metavar="NAME=NUMBER", help=help_)
    help_ = "Which resources come to another end, like 'failed:/Name=*broken*'; again for more."
    flags.add_argument("--end", type=_end, action="append", metavar="STATE:/MEMBER=PATTERN", help=help_)
    help_ = "A fault to answer with, NAME or NAME:OPERATION; again for more. A wrong NAME tells which there are."
    flags.add_argument("--fault", action="append", metavar="FAULT", help=help_)
    help_ = "Seconds that each answer is held back."
    flags.add_argument("--latency", type=_number(float, 0), metavar="SECONDS", help=help_)
    help_ = "Close the connection of every Nth request without an answer; 0 for none."
    flags.add_argument("--drop", type=_number(int, 0), metavar="N", help=help_)
    help_ = "Answer a request with the status that its `Prefer: code=…` names."
    flags.add_argument("--prefer", action="store_true", default=None, help=help_)


def _contract(verb: Verb) -> None:
    _api(verb)
    help_ = "The server to judge, up to where the API's paths start; none for our mock."
    verb.add_argument("--url", metavar="URL", help=help_)
    help_ = "What may be done to it: read-only (any URL), frugal, full (our mock)."
    verb.add_argument("--mode", choices=("read-only", "frugal", "full"), help=help_)
    help_ = "A folder for verdict.json, junit.xml and exchanges.har."
    verb.add_argument("--report", type=Path, metavar="FOLDER", help=help_)
    verb.add_argument(
        "--only", action="append", metavar="OPERATION", help="Judge this operation alone; again for more."
    )
    verb.add_argument("--preview", action="store_true", help="Judge the operations that only a guide describes too.")
    help_ = "What a broken inferred promise does: warn (any URL), fail (our mock)."
    verb.add_argument("--inferred", choices=("warn", "fail"), help=help_)
    verb.add_argument("--yes-create", action="store_true", help="Allow full on a host that is not loopback.")
    help_ = "A text in all that is created, to find and cancel it by, where the API has a member for one."
    verb.add_argument("--batch", metavar="TEXT", help=help_)
    help_ = "A TOML, JSON or YAML file with values that exist on the server."
    verb.add_argument("--given", type=Path, metavar="FILE", help=help_)
    help_ = "A file of deviations that are accepted until a day, with reasons."
    verb.add_argument("--accept", type=_existing, metavar="FILE", help=help_)
    help_ = "Stop sending after so long."
    verb.add_argument("--max-seconds", type=_number(float, 1), default=300.0, metavar="SECONDS", help=help_)
    help_ = "Seconds for each answer, whole; 15 without this flag."
    verb.add_argument("--timeout", type=_positive, default=15.0, metavar="SECONDS", help=help_)
    help_ = "Requests a second, at most; without it 20, and as many as can be sent to loopback."
    verb.add_argument("--rate", type=_positive, metavar="NUMBER", help=help_)
    help_ = "Seed of the generated requests."
    verb.add_argument("--seed", type=_number(int, 0), default=1, metavar="NUMBER", help=help_)
    help_ = "A header for every request; again for more."
    verb.add_argument("--header", action="append", metavar="NAME:VALUE", help=help_)
    verb.add_argument("--cacert", type=_existing, metavar="FILE", help="A file with the certificates to trust.")
    verb.add_argument("--cert", type=_existing, metavar="FILE", help="A file with a client certificate and its key.")
    verb.add_argument("--proxy", metavar="URL", help="The proxy to go through.")


def _vendor(verb: Verb) -> None:
    verb.add_argument("destination", type=Path, metavar="DEST", help="The folder to put the package into.")
    _api(verb)
    verb.add_argument("--check", action="store_true", help="Only say what was edited since.")
    verb.add_argument("--force", action="store_true", help="Replace a copy that was edited.")


_VERBS: dict[str, tuple[Callable[[Verb], None], str, str]] = {
    "normalise": (
        _normalise,
        "bring a document to OpenAPI 3.1 or 3.0",
        "Bring a Swagger 2.0 or OpenAPI 3 document to OpenAPI 3.1 (or 3.0); without one, refresh the project's. What "
        "OpenAPI 3 cannot say, and what was wrong with the document and repaired, is told on standard error.",
    ),
    "overlay": (
        _overlay,
        "apply overlays to a document",
        "Apply OpenAPI Overlays (1.0, 1.1) to a YAML or JSON document, in the order given; writes YAML.",
    ),
    "diff": (
        _diff,
        "compare two documents",
        "Say what changed between two documents and whom it breaks: 0 nothing breaks, 1 something does, or may.",
    ),
    "generate": (
        _generate,
        "refresh documents and clients",
        "Refresh the documents and the clients of the project's APIs; nothing changed means nothing rewritten.",
    ),
    "drift": (
        _drift,
        "compare what is committed with what the inputs give",
        "Compare what is committed with what the inputs give; 1 and a diff when they differ.",
    ),
    "defects": (
        _defects,
        "print what is wrong with a published document",
        "Print what is wrong with an API's published document, for its publisher: places, changes, reasons, evidence.",
    ),
    "behaviour": (
        _behaviour,
        "check what an API promises beyond shapes, and draw its lifecycle",
        "Check an API's behaviour.yaml against its document, and print the lifecycle as a Mermaid diagram.",
    ),
    "mock": (
        _mock,
        "serve an API until interrupted",
        "Serve an API as its document and behaviour describe it, until interrupted.",
    ),
    "contract": (
        _contract,
        "judge a server",
        "Judge a server: conformant 0, violations 1, could not run 2, inconclusive 3.",
    ),
    "vendor": (
        _vendor,
        "put a client into another project, or check it there",
        "Put a client into another project, with its origin recorded; --check finds later edits.",
    ),
}

# --- Flags and kinds of values that several verbs have -------------------------------------------


def _api(verb: Verb) -> None:
    help_ = "The folder's name below spec/; without it all, or the first by `order` in its api.toml."
    verb.add_argument("--api", metavar="NAME", help=help_)


def _output(verb: Verb, help_: str = _OUTPUT) -> None:
    verb.add_argument("-o", "--output", type=Path, metavar="FILE", help=help_)


def _number(kind: Callable[[str], Any], least: int) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        value = kind(text)
        if not value >= least:
            raise argparse.ArgumentTypeError(f"{text} is less than {least}")
        return value

    read.__name__ = kind.__name__  # what a message calls it
    return read


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return value


_positive.__name__ = "float"  # what a message calls it


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 65535")
    return value


def _limit(text: str) -> tuple[str, int]:
    name, _, number = text.partition("=")
    if not name or not (number.isascii() and number.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER, like quota=100")
    return name, int(number)


def _end(text: str) -> dict[str, str]:
    state, _, which = text.partition(":")
    member, equals, pattern = which.partition("=")
    if not state or not member.startswith("/") or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not STATE:/MEMBER=PATTERN, like 'failed:/Name=*broken*'")
    return {"state": state, "member": member, "pattern": pattern}


def _existing(text: str) -> Path:
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text!r}")
    return Path(text)


def parse(words: Sequence[str]) -> tuple[str | None, dict[str, Any]]:
    """The verb that the command line names, None for no words at all, and its parameters.

    Prints help or what is wrong, and raises `SystemExit` with 0 or 2.
    """
    top = parser()
    if not words:
        top.print_help()
        return None, {}
    found = vars(top.parse_args(words))
    return found.pop("verb"), found
