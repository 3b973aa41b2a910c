"""The command line: `python -m scripts VERB`. The only place that prints and exits.

Exit codes: 0 fine; 1 findings or drift; 2 wrong use, unreadable input, target out of reach, or a
fault of ours; 3 inconclusive. The last line printed says which.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from .errors import PlumblineError, Problem, UsageError

if TYPE_CHECKING:  # loaded when a verb needs them, like its modules
    import subprocess

    from .project import Api

cli = typer.Typer(
    name="python -m scripts",
    help="From a published API document to a typed client, a mock server, and a verdict on any server.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@cli.callback()
def _verbs() -> None:
    """From a published API document to a typed client, a mock server, and a verdict on any server."""


ApiName = Annotated[str | None, typer.Option("--api", help="The folder's name below spec/.", metavar="NAME")]


class Target(StrEnum):
    """The versions of OpenAPI that `normalise` writes."""

    V30 = "3.0"
    V31 = "3.1"


class ModeName(StrEnum):
    """What a contract run may do."""

    READ_ONLY = "read-only"
    FRUGAL = "frugal"
    FULL = "full"


class Inferred(StrEnum):
    """What a broken inferred promise does."""

    WARN = "warn"
    FAIL = "fail"


@cli.command(short_help="Bring a document to OpenAPI 3.1 or 3.0.")
def normalise(
    document: Annotated[Path | None, typer.Argument(help="A document to convert; none for the project's APIs.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write it: YAML, or JSON to a name that ends so.")
    ] = None,
    target: Annotated[Target, typer.Option(help="The version of OpenAPI to write.")] = Target.V31,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse defects instead of repairing them.")] = False,
    lift: Annotated[bool, typer.Option("--lift", help="Make repeated inline schemas components.")] = False,
    within: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Read other files from here, not from its folder alone.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Print every warning, not three of each kind.")] = False,
    api: ApiName = None,
) -> None:
    """Bring a Swagger 2.0 or OpenAPI 3 document to OpenAPI 3.1 (or 3.0); without one, refresh the project's.

    What OpenAPI 3 cannot say, and what was wrong with the document and repaired, is told on standard error.
    """

    if document is None:
        _refresh(api, every=every)
        return
    from .document import dump, dump_json, read, write_text
    from .normalise import normalise

    converted, warnings = normalise(read(document), target=target.value, strict=strict, within=within)
    if lift:
        from .normalise.lift import lift as lifted

        converted, _ = lifted(converted, names={})
    _warn(warnings, every=every)
    if output is None:
        sys.stdout.write(dump(converted))
    else:
        text = dump_json(converted) if output.suffix == ".json" else dump(converted)
        _written(output, write_text(text, output))


def _refresh(api: str | None, *, every: bool) -> None:
    from . import pipeline
    from .document import write_text

    for each in _chosen(api):
        made = pipeline.normalised(each)
        _warn(made.warnings, every=every)
        for name, text in pipeline.document_tree(made).items():
            _written(each.folder / name, write_text(text, each.folder / name))


@cli.command(short_help="Apply overlays to a document.")
def overlay(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="A document, then its overlays; or one overlay, whose `extends` names the document.",
            metavar="DOCUMENT OVERLAY...",
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write it; none for standard output.")
    ] = None,
) -> None:
    """Apply OpenAPI Overlays (1.0, 1.1) to a YAML or JSON document, in the order given; writes YAML."""
    from . import overlay
    from .document import dump, write_text

    document, overlays, strangers = overlay.gather(files)
    made = overlay.overlaid(document.data, overlays)
    _warn((*strangers, *made.warnings))
    if output is None:
        sys.stdout.write(dump(made.data))
    else:
        _written(output, write_text(dump(made.data), output))


@cli.command(short_help="Compare two documents.")
def diff(
    old: Annotated[Path, typer.Argument(help="The edition that is in use.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="The edition that comes after it.", metavar="NEW")],
    json: Annotated[bool, typer.Option("--json", help="Write JSON, of the form in docs/diff.md.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write it; none for standard output.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show changes of descriptions and examples too.")] = False,
    current: Annotated[
        str | None, typer.Option("--version", help="The client's version, to say the next.", metavar="X.Y.Z")
    ] = None,
) -> None:
    """Say what changed between two documents and whom it breaks: 0 nothing breaks, 1 something does, or may."""
    from .diff import report, version
    from .document import write_text

    if current is not None and not re.fullmatch(version.FORM, current):
        raise UsageError(f"--version {current!r} is not three numbers", hint="Write it like --version 1.4.2.")
    made = report.Report(*_compared(old, new), current)
    text = report.as_json(made) if json else report.as_text(made, width=_width(), every=every) + "\n"
    if output is not None:
        _written(output, write_text(text, output))
    elif json:  # what is printed is JSON and nothing else
        sys.stdout.write(text)
        print(f"{made.status} (exit code {made.exit_code})", file=sys.stderr)
        sys.exit(made.exit_code)
    else:
        _print_marked(text)
    _finish(made.exit_code, made.status)


@cli.command(short_help="Refresh documents and clients.")
def generate(api: ApiName = None) -> None:
    """Refresh the documents and the clients of the project's APIs; nothing changed means nothing rewritten."""
    from . import pipeline, tree
    from .document import write_text

    for each in _chosen(api):
        made = pipeline.normalised(each)
        package = pipeline.package(each, made.openapi)
        _warn(made.warnings)
        for name, text in pipeline.document_tree(made).items():
            _written(each.folder / name, write_text(text, each.folder / name))
        _written(each.generated, tree.write(package, each.generated))


@cli.command(short_help="Compare what is committed with what the inputs give.")
def drift(api: ApiName = None) -> None:
    """Compare what is committed with what the inputs give; 1 and a diff when they differ."""
    from . import pipeline

    found = "".join(pipeline.drift(each) for each in _chosen(api))
    if found:
        _print(found)
        _print("Run `make generate` and commit what it writes; what is produced is never edited by hand.")
        _finish(1, "drift")
    _print("no drift: what is committed is what the inputs give (exit code 0)")


@cli.command(short_help="Print what is wrong with a published document.")
def defects(
    api: ApiName = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write it; none for standard output.")
    ] = None,
) -> None:
    """Print what is wrong with an API's published document, for its publisher: places, changes, reasons, evidence."""
    from . import defects
    from .document import read, write_text

    chosen = _chosen_one(api)
    page = defects.page(read(chosen.source), [read(path) for path in chosen.overlays])
    if output is None:
        sys.stdout.write(page)
    else:
        _written(output, write_text(page, output))


@cli.command(short_help="Serve an API until interrupted.")
def mock(
    api: ApiName = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 for a free one.", min=0, max=65535)] = 8080,
    step: Annotated[float, typer.Option(help="Seconds that a resource stays in a state.", min=0)] = 1.0,
    preview: Annotated[
        bool, typer.Option("--preview", help="Serve the operations that only a guide describes too.")
    ] = False,
    fault: Annotated[
        list[str] | None, typer.Option(help="A fault to answer with, NAME or NAME:OPERATION; again for more.")
    ] = None,
    control: Annotated[bool, typer.Option("--control", help="Tell at /-/counts what was served.")] = False,
) -> None:
    """Serve an API as its document and behaviour describe it, until interrupted."""
    from .mock import server

    chosen = _chosen_one(api)

    def ready(url: str) -> None:
        _print(f"{chosen.title} is served at {url}")
        _print("Credentials: " + _accepted(chosen))

    server.serve(
        chosen,
        host=host,
        port=port,
        step=step,
        preview=preview,
        words=fault or [],
        environment=os.environ,
        on_ready=ready,
        control=control,
    )


Url = Annotated[
    str | None,
    typer.Option(
        "--url", metavar="URL", help="The server to judge, up to where the API's paths start; none for our mock."
    ),
]
Mode = Annotated[
    ModeName | None, typer.Option(help="What may be done to it: read-only (any URL), frugal, full (our mock).")
]
Report = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="A folder for verdict.json, junit.xml and exchanges.har.")
]
Only = Annotated[
    list[str] | None, typer.Option(metavar="OPERATION", help="Judge this operation alone; again for more.")
]
Preview = Annotated[bool, typer.Option("--preview", help="Judge the operations that only a guide describes too.")]
Counts = Annotated[
    Inferred | None, typer.Option(help="What a broken inferred promise does: warn (any URL), fail (our mock).")
]
YesCreate = Annotated[bool, typer.Option("--yes-create", help="Allow full on a host that is not loopback.")]
GivenFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A TOML, JSON or YAML file with values that exist on the server.")
]
MaxSeconds = Annotated[float, typer.Option(metavar="SECONDS", help="Stop sending after so long.", min=1)]
Seed = Annotated[int, typer.Option(metavar="NUMBER", help="Seed of the generated requests.", min=0)]
Header = Annotated[
    list[str] | None, typer.Option(metavar="NAME:VALUE", help="A header for every request; again for more.")
]
CaCert = Annotated[
    Path | None, typer.Option(metavar="FILE", exists=True, help="A file with the certificates to trust.")
]
Cert = Annotated[
    Path | None, typer.Option(metavar="FILE", exists=True, help="A file with a client certificate and its key.")
]
Proxy = Annotated[str | None, typer.Option(metavar="URL", help="The proxy to go through.")]


@cli.command(short_help="Judge a server.")
def contract(
    api: ApiName = None,
    url: Url = None,
    mode: Mode = None,
    report: Report = None,
    only: Only = None,
    preview: Preview = False,
    inferred: Counts = None,
    yes_create: YesCreate = False,
    given: GivenFile = None,
    max_seconds: MaxSeconds = 300.0,
    seed: Seed = 1,
    header: Header = None,
    cacert: CaCert = None,
    cert: Cert = None,
    proxy: Proxy = None,
) -> None:
    """Judge a server: conformant 0, violations 1, could not run 2, inconclusive 3."""
    from .contract import prepare
    from .contract.sender import Connection

    chosen = _chosen_one(api)
    with _told_in(report), _target(chosen, url, preview=preview) as target:
        options = prepare.Options(
            connection=Connection(
                base_url=_base_url(target),
                headers=dict(_header(each) for each in header or ()),
                cacert=str(cacert) if cacert else None,
                cert=str(cert) if cert else None,
                proxy=proxy,
            ),
            mode=mode.value if mode else None,
            own_mock=url is None,
            yes_create=yes_create,
            preview=preview,
            only=only or (),
            seconds=max_seconds,
            seed=seed,
            inferred=inferred.value if inferred else None,
            given=prepare.given_file(given, chosen) if given else {},
        )
        _judge(chosen, options, report)


@cli.command(short_help="Put a client into another project, or check it there.")
def vendor(
    destination: Annotated[Path, typer.Argument(help="The folder to put the package into.", metavar="DEST")],
    api: ApiName = None,
    check: Annotated[bool, typer.Option("--check", help="Only say what was edited since.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a copy that was edited.")] = False,
) -> None:
    """Put a client into another project, with its origin recorded; --check finds later edits."""
    from . import tree, vendor

    if check:
        found = vendor.check(destination)
        if found:
            _print(found)
            _finish(1, "edited since it was vendored")
        _print("as vendored (exit code 0)")
        return
    chosen = _chosen_one(api)
    package = tree.read(chosen.generated)
    if not package:
        raise UsageError(f"{chosen.generated} is not there", hint="Run `make generate` first.")
    placed = vendor.vendor(package, destination, api=chosen, force=force)
    _print(f"{chosen.package} is in {placed}")


# --- What the verbs share ---------------------------------------------------------------------


def _chosen(name: str | None) -> list[Api]:
    from . import project

    apis = project.discover(Path.cwd())
    return [project.choose(apis, name)] if name else list(apis.values())


def _chosen_one(name: str | None) -> Api:
    from . import project

    return project.choose(project.discover(Path.cwd()), name)


def _accepted(api: Api) -> str:
    """Where the mock's credentials come from: names and documented examples, never a value of the environment."""
    told = []
    for credential in api.credentials:
        name = credential.environment["account"]
        told.append(f"${name}" if os.environ.get(name) else f"{name}={credential.example['account']}")
    return " ".join(told)


def _base_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is not a URL", hint="It starts with http:// or https://.")
    if "@" in url.partition("://")[2].partition("/")[0]:
        raise UsageError("there are credentials in a URL", hint="Take them out; a --header carries what a proxy wants.")
    return url.rstrip("/")


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise UsageError("a --header is not NAME:VALUE", hint="Write --header 'X-Request-Source: ci'.")
    return name.strip(), value.strip()


@contextmanager
def _target(api: Api, url: str | None, *, preview: bool) -> Iterator[str]:
    """The URL to judge; without one that of a mock, a process of its own that ends with the block."""
    import subprocess

    if url is not None:
        _end_at_once_when_interrupted(None)
        yield url
        return
    words = [sys.executable, "-m", "scripts", "mock", "--api", api.name, "--port", "0", "--step", "0.2"]
    process = subprocess.Popen([*words, *(["--preview"] if preview else [])], stdout=subprocess.PIPE, text=True)
    _end_at_once_when_interrupted(process)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if " at http" not in line:
            raise PlumblineError("the mock did not start", hint="`python -m scripts mock` shows why.")
        yield line.rpartition(" at ")[2].strip()
    finally:
        process.terminate()
        try:
            process.wait(timeout=0.6)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _told_in(report: Path | None) -> Iterator[None]:
    """Leave in the report folder, if there is one, that the block could not run."""
    from .contract.report import write_failure

    try:
        yield
    except PlumblineError as error:
        if report is not None:
            write_failure(error, report)
        raise


def _end_at_once_when_interrupted(process: subprocess.Popen[str] | None) -> None:
    """End this process, and the mock with it, at the first interruption or termination.

    An exception would have to come through generators and callbacks of other libraries, some of which
    swallow what is raised in them. Nothing is half-written meanwhile: a report is moved into place whole.
    """

    def end(*_: object) -> NoReturn:
        if process is not None:
            process.kill()
            with suppress(ChildProcessError):
                os.waitpid(process.pid, 0)
        os.write(sys.stderr.fileno(), b"interrupted (exit code 130)\n")
        os._exit(130)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def _judge(api: Api, options: Any, report: Path | None) -> NoReturn:
    from .contract import plugin, prepare
    from .contract import report as reports

    run = prepare.prepare(api, options, os.environ)
    suite = Path(__file__).resolve().parent.parent / "tests" / "contract"
    code = plugin.execute(run, suite)
    if code not in plugin.RAN:
        raise PlumblineError(f"the suite itself failed (pytest exit code {code})", hint="This is a fault of ours.")
    verdict = run.verdict()
    if report is not None:
        reports.write(run, verdict, report)
        _print(f"The report is in {report}")
    _print(reports.console(run, verdict))
    sys.exit(verdict.exit_code)


def _compared(old: Path, new: Path) -> tuple[Any, Any, Any]:
    """The two editions, and what changed between them."""
    from .diff import diff
    from .diff.report import Edition
    from .document import read
    from .normalise import normalise as convert

    before, warnings = convert(read(old))
    _warn(warnings)
    after, warnings = convert(read(new))
    _warn(warnings)
    return Edition.of(str(old), before), Edition.of(str(new), after), diff(before, after)


def _width() -> int:
    return max(40, shutil.get_terminal_size().columns) if sys.stdout.isatty() else 100


def _print_marked(text: str) -> None:
    """Print with what breaks in colour, where the output is a terminal."""
    if not sys.stdout.isatty():
        _print(text.rstrip())
        return
    from rich.console import Console
    from rich.text import Text

    marked = Text(text.rstrip())
    marked.highlight_regex(r"(?m)^  breaks[^:]*", "bold red")
    marked.highlight_regex(r"(?m)^  may break[^:]*", "yellow")
    Console(highlight=False, soft_wrap=True).print(marked)


def _warn(warnings: Iterable[Problem], *, every: bool = False) -> None:
    """Print the warnings, of each kind the first three, and how many more there are."""
    told: Counter[str] = Counter()
    for warning in warnings:
        told[warning.what] += 1
        if every or told[warning.what] <= 3:
            print(f"warning: {warning}", file=sys.stderr)
    for what, count in told.items():
        if count > 3 and not every:
            print(f"warning: {count - 3:,} more places: {what}", file=sys.stderr)


def _written(path: Path, changed: bool) -> None:
    _print(f"{path}: {'written' if changed else 'unchanged'}")


def _print(text: str) -> None:
    """Print at once, whatever the terminal's encoding can show."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), flush=True)


def _finish(code: int, word: str) -> NoReturn:
    _print(f"{word} (exit code {code})")
    sys.exit(code)


def main() -> None:
    """Run the command line; a `PlumblineError` ends with 2 and its problems on standard error."""
    called = [each for each in cli.registered_commands if each.callback and each.callback.__name__ in sys.argv[1:2]]
    if called:  # to build the flags of all verbs takes as long as to convert a document
        cli.registered_commands = called
    try:
        cli()
    except SystemExit as stop:
        if stop.code == 2 and len(sys.argv) > 1:  # flags that do not fit; what is wrong with them is printed
            _finish(2, "could not run")
        raise
    except PlumblineError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        _finish(2, "could not run")
    except Exception:  # noqa: BLE001 - 1 would say that something was found
        print(_masked(traceback.format_exc()), file=sys.stderr)
        print("This is a fault of ours.", file=sys.stderr)
        _finish(2, "could not run")


def _masked(text: str) -> str:
    """`text` without the value of any credential that the environment holds."""
    from . import project
    from .contract.exchanges import Secrets

    try:
        apis = project.discover(Path.cwd()).values()
    except PlumblineError:
        return text
    names = {name for api in apis for each in api.credentials for name in each.environment.values()}
    return Secrets({os.environ[name]: name for name in names if os.environ.get(name)}).mask(text)


if __name__ == "__main__":
    main()
