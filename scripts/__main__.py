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
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from . import arguments
from .errors import PlumblineError, Problem, UsageError

if TYPE_CHECKING:  # loaded when a verb needs them, like its modules
    import subprocess

    from .project import Api


def normalise(
    *,
    document: Path | None,
    output: Path | None,
    target: str,
    strict: bool,
    lift: bool,
    within: Path | None,
    every: bool,
    api: str | None,
) -> None:
    """Bring a Swagger 2.0 or OpenAPI 3 document to OpenAPI 3.1 (or 3.0); without one, refresh the project's.

    What OpenAPI 3 cannot say, and what was wrong with the document and repaired, is told on standard error.
    """
    if document is None:
        if output or strict or lift or within or target != "3.1":
            what = "-o, --target, --strict, --lift and --within are for a document that is named"
            raise UsageError(what, hint="Write: normalise DOCUMENT -o OUTPUT.")
        _refresh(api, every=every)
        return
    from .document import read
    from .normalise import normalise

    converted, warnings = normalise(read(document), target=target, strict=strict, within=within)
    if lift:
        from .normalise.lift import lift as lifted

        converted, _ = lifted(converted, names={})
    _warn(warnings, every=every)
    _deliver(converted, output)


def _deliver(document: Any, output: Path | None) -> None:
    """Write a document: to standard output as YAML, or to a file, as JSON where its name ends so."""
    from .document import dump, dump_json, write_text

    if output is None:
        sys.stdout.write(dump(document))
        return
    text = dump_json(document) if output.suffix == ".json" else dump(document)
    _written(output, write_text(text, output))


def _refresh(api: str | None, *, every: bool) -> None:
    from . import pipeline
    from .document import write_text

    for each in _chosen(api):
        made = pipeline.normalised(each)
        _warn(made.warnings, every=every)
        for name, text in pipeline.document_tree(made).items():
            _written(each.folder / name, write_text(text, each.folder / name))


def overlay(*, files: list[Path], output: Path | None) -> None:
    """Apply OpenAPI Overlays (1.0, 1.1) to a YAML or JSON document, in the order given; writes YAML."""
    from . import overlay

    document, overlays, strangers = overlay.gather(files)
    made = overlay.overlaid(document.data, overlays)
    _warn((*strangers, *made.warnings))
    _deliver(made.data, output)


def diff(*, old: Path, new: Path, json: bool, output: Path | None, every: bool, current: str | None) -> None:
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
        _print_marked(text, {r"(?m)^  breaks[^:]*": "bold red", r"(?m)^  may break[^:]*": "yellow"})
    _finish(made.exit_code, made.status)


def generate(*, api: str | None) -> None:
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


def drift(*, api: str | None) -> None:
    """Compare what is committed with what the inputs give; 1 and a diff when they differ."""
    from . import pipeline

    found = "".join(pipeline.drift(each) for each in _chosen(api))
    if found:
        _print(found)
        _print("Run `make generate` and commit what it writes; what is produced is never edited by hand.")
        _finish(1, "drift")
    _print("no drift: what is committed is what the inputs give (exit code 0)")


def defects(*, api: str | None, output: Path | None) -> None:
    """Print what is wrong with an API's published document, for its publisher: places, changes, reasons, evidence."""
    from . import defects
    from .document import read, write_text

    chosen = _chosen_one(api)
    page = defects.page(read(chosen.source), [read(path) for path in chosen.overlays])
    if output is None:
        sys.stdout.write(page)
    else:
        _written(output, write_text(page, output))


def behaviour(*, api: str | None, output: Path | None) -> None:
    """Check what an API promises beyond shapes, and print the lifecycle of its resource as a Mermaid diagram."""
    from . import behaviour
    from .document import operations, read, write_text

    chosen = _chosen_one(api)
    if not chosen.behaviour.is_file():
        raise UsageError(
            Problem("this file is missing", "docs/behaviour.md says what it holds.", str(chosen.behaviour))
        )
    document = read(chosen.openapi).data
    rules = behaviour.read(chosen.behaviour, document)
    diagram = behaviour.diagram(rules)
    unruled = [operation.id for operation in operations(document) if operation.id not in rules.rules]
    standings = Counter(rule.standing for rule in rules.stated.values())
    told = ", ".join(f"{count} {standing}" for standing, count in sorted(standings.items()))
    place = chosen.behaviour.relative_to(chosen.root)
    print(f"{place}: {standings.total()} rules ({told}), {len(rules.open)} points left open", file=sys.stderr)
    if unruled:
        print(f"no rule says what {', '.join(unruled)} does: the mock answers 501", file=sys.stderr)
    if output is None:
        sys.stdout.write(diagram)
    else:
        _written(output, write_text(diagram, output))


def mock(
    *,
    api: str | None,
    host: str,
    port: int,
    step: float | None,
    clock: float | None,
    limit: list[tuple[str, int]] | None,
    end: list[dict[str, str]] | None,
    fault: list[str] | None,
    latency: float | None,
    drop: int | None,
    prefer: bool | None,
    scenario: Path | None,
    control: int | None,
    preview: bool,
    state: Path | None,
    storage: str | None,
    log: str,
) -> None:
    """Serve an API as its document and behaviour describe it, until interrupted."""
    from .mock import server

    chosen = _chosen_one(api)
    limits = None if limit is None else dict(limit)
    words = {"step": step, "clock": clock, "limits": limits, "ends": end, "faults": fault}
    words |= {"latency": latency, "drop": drop, "prefer": prefer}

    def ready(url: str, control: str | None) -> None:
        _print(f"{chosen.title} is served at {url}")
        if control:
            _print(f"It is steered at {control}")
        _print("Credentials: " + _accepted(chosen))

    start = server.Start(
        host=host,
        port=port,
        control=control,
        preview=preview,
        scenario=scenario,
        words={word: value for word, value in words.items() if value is not None},
        state=state,
        storage=storage,
        log=log,
    )
    server.serve(chosen, start, environment=os.environ, on_ready=ready)


def contract(
    *,
    api: str | None,
    url: str | None,
    mode: str | None,
    report: Path | None,
    only: list[str] | None,
    preview: bool,
    inferred: str | None,
    yes_create: bool,
    batch: str | None,
    given: Path | None,
    accept: Path | None,
    max_seconds: float,
    timeout: float,
    rate: float | None,
    seed: int,
    header: list[str] | None,
    cacert: Path | None,
    cert: Path | None,
    proxy: str | None,
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
                proxy=_proxy(proxy) if proxy else None,
                timeout=timeout,
                rate=rate,
            ),
            mode=mode,
            own_mock=url is None,
            yes_create=yes_create,
            batch=batch,
            preview=preview,
            only=only or (),
            seconds=max_seconds,
            seed=seed,
            inferred=inferred,
            given=prepare.given_file(given, chosen) if given else {},
            accept=accept,
        )
        _judge(chosen, options, report)


def vendor(*, destination: Path, api: str | None, check: bool, force: bool) -> None:
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


VERBS: Mapping[str, Callable[..., None]] = {
    verb.__name__: verb
    for verb in (normalise, overlay, diff, generate, drift, defects, behaviour, mock, contract, vendor)
}

_DOCUMENTS = ("normalise", "overlay", "diff", "defects", "behaviour")
"""Verbs that write a document: to standard output unless a file is named, `diff` with `--json` alone."""

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
    name, value = name.strip(), value.strip(" \t")
    if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name) or not re.fullmatch(r"[\t\x20-\x7e\xa0-\xff]*", value):
        raise UsageError(f"the --header {name!r} has characters that no header can have", hint="See RFC 9110.")
    return name, value


def _proxy(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname if url.startswith(("http://", "https://")) else None
    except ValueError:
        host = None
    if not host:
        raise UsageError("the --proxy is not a URL of a proxy", hint="Write --proxy http://proxy.example.com:3128.")
    return url


@contextmanager
def _target(api: Api, url: str | None, *, preview: bool) -> Iterator[str]:
    """The URL to judge; without one that of a mock, a process of its own that ends with the block."""
    import subprocess

    if url is not None:
        _end_at_once_when_interrupted(None)
        yield url
        return
    words = [sys.executable, "-m", "scripts", "mock", "--api", api.name, "--port", "0", "--step", "0.2"]
    words += ["--log", "off"]
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
    from .contract.annotations import failure
    from .contract.report import write_failure

    try:
        yield
    except PlumblineError as error:
        if report is not None:
            write_failure(error, report)
        _tell_github(failure(error.problems))
        raise
    except Exception:
        if report is not None:
            write_failure(PlumblineError("the run broke off", hint="This is a fault of ours."), report)
        raise


def _end_at_once_when_interrupted(process: subprocess.Popen[str] | None) -> None:
    """End this process, and the mock with it, at the first interruption or termination.

    An exception would have to come through generators and callbacks of other libraries, some of which
    swallow what is raised in them. Nothing is half-written meanwhile: a report is moved into place whole.
    """
    # While a test runs, pytest has the usual descriptors.
    terminal = os.dup(sys.stdout.fileno()) if sys.stdout.isatty() else None
    errors = os.dup(sys.stderr.fileno())

    def end(*_: object) -> NoReturn:
        if process is not None:
            process.kill()
            with suppress(ChildProcessError):
                os.waitpid(process.pid, 0)
        if terminal is not None:
            os.write(terminal, b"\r\x1b[K\x1b[?25h")  # the cursor, which a live display hides
        os.write(errors, b"interrupted (exit code 130)\n")
        os._exit(130)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def _judge(api: Api, options: Any, report: Path | None) -> NoReturn:
    from .contract import prepare

    run = prepare.prepare(api, options, os.environ)
    # What takes long to load, and in vain for a target that is not there.
    from .contract import annotations, console, plugin
    from .contract import report as reports

    suite = Path(__file__).resolve().parent.parent / "tests" / "contract"
    with _watched(run, len(plugin.FAMILIES)) as observer:
        code = plugin.execute(run, suite, observer)
    if code not in plugin.RAN:
        hint = "; ".join(["This is a fault of ours", *run.ledger.unable])
        raise PlumblineError(f"the suite itself failed (pytest exit code {code})", hint=hint)
    verdict = run.verdict()
    if report is not None:
        reports.write(run, verdict, report)
        _print(f"The report is in {report}")
    _tell_github(annotations.commands(run, verdict), annotations.page(run, verdict))
    size = shutil.get_terminal_size()
    fits = {"width": size.columns, "height": min(console.SCREEN, size.lines - 1)} if sys.stdout.isatty() else {}
    text = console.summary(run, verdict, reported=report is not None, **fits)
    _print_marked(annotations.inert(text) if _on_github() else text, console.STYLES)
    sys.exit(verdict.exit_code)


@contextmanager
def _watched(run: Any, families: int) -> Iterator[Any]:
    """What is told of the run while it is under way: live on a terminal that can, else by a line for each family."""
    from rich.console import Console

    from .contract import progress

    if os.environ.get("CI") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty():
        with progress.watched(run, families, console=None, write=_print) as observer:
            yield observer
        return
    # A descriptor of its own: what the tests and the libraries they use print is kept from the terminal.
    with (
        os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding=sys.stdout.encoding, errors="replace") as terminal,
        progress.watched(run, families, console=Console(file=terminal), write=_print) as observer,
    ):
        yield observer


def _on_github() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _tell_github(commands: str, page: str = "") -> None:
    """Annotate the workflow that this runs in, and add a page to its summary; elsewhere nothing."""
    if not _on_github():
        return
    if commands:
        _print(commands)
    if page and (path := os.environ.get("GITHUB_STEP_SUMMARY")):
        with suppress(OSError), Path(path).open("a", encoding="utf-8") as file:
            file.write(page)


def _compared(old: Path, new: Path) -> tuple[Any, Any, Any]:
    """The two editions, and what changed between them. Raises `PlumblineError` with the problems of both."""
    from .diff import diff
    from .diff.report import Edition
    from .document import read
    from .normalise import normalise as convert

    values: list[Any] = []
    problems: list[Problem] = []
    for path in (old, new):
        try:
            value, warnings = convert(read(path))
        except PlumblineError as error:
            problems += error.problems
            continue
        _warn(warnings)
        values.append(value)
    if problems:
        raise PlumblineError(problems)
    before, after = values
    return Edition.of(str(old), before), Edition.of(str(new), after), diff(before, after)


def _width() -> int:
    return max(40, shutil.get_terminal_size().columns) if sys.stdout.isatty() else 100


def _print_marked(text: str, styles: Mapping[str, str]) -> None:
    """Print with what regular expressions match in their styles, where the output is a terminal."""
    if not sys.stdout.isatty():
        _print(text.rstrip())
        return
    from rich.console import Console
    from rich.text import Text

    marked = Text(text.rstrip())
    for pattern, style in styles.items():
        marked.highlight_regex(pattern, style)
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
    """Run the command line; a `PlumblineError` ends with 2 and its problems on standard error.

    What is interrupted ends with 130, and what nobody reads on with 141, as a shell would say it.
    """
    name: str | None = None
    flags: dict[str, Any] = {}
    try:
        name, flags = arguments.parse(sys.argv[1:])
        if name is not None:
            VERBS[name](**flags)
    except SystemExit as stop:
        if stop.code == 2 and len(sys.argv) > 1:  # flags that do not fit; what is wrong with them is printed
            _fail(name, flags)
        raise
    except PlumblineError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        _fail(name, flags)
    except KeyboardInterrupt:
        print("interrupted (exit code 130)", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # who read the output has seen enough; nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception:  # noqa: BLE001 - 1 would say that something was found
        print(_masked(traceback.format_exc()), file=sys.stderr)
        print("This is a fault of ours.", file=sys.stderr)
        _fail(name, flags)


def _fail(name: str | None, flags: Mapping[str, Any]) -> NoReturn:
    """End with 2. Where standard output is for a document, the last line is not put into it."""
    if name in _DOCUMENTS and flags["output"] is None and flags.get("json") is not False:
        print("could not run (exit code 2)", file=sys.stderr)
        sys.exit(2)
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
