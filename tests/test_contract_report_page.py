from __future__ import annotations

import dataclasses
import html
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

from scripts.contract import prepare, report
from scripts.contract.attempts import SKIPPED, Attempt
from scripts.contract.report import page
from scripts.contract.sender import Connection
from scripts.contract.verdict import Promise
from scripts.errors import PlumblineError

from .loopback import Answer, loopback
from .processes import GIVEN, KEYS, mock, surroundings, verb

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FOLDER = Path(page.__file__).parent
OWN = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
HOSTILE = f"{OWN}<!--<script>\u2028\u2029]]>${{document.title='owned'}}{{{{ 7*7 }}}}&lt;b&gt;\u202e"
PROMISE = Promise("a-promise", "It is right.", "published", "a page")


@pytest.fixture
def run(tickets):
    """A run on a server of the invented API that answered its first request with hostile text."""
    body = json.dumps({"items": [], "total": 0, "note": HOSTILE}, ensure_ascii=False).encode()
    answer = Answer(headers={"X-Note": OWN.replace("\n", "")}, body=body)
    with loopback(lambda _: answer) as server:
        options = prepare.Options(Connection(f"{server.url}/v2"), mode="read-only")
        yield prepare.prepare(tickets, options, {"TICKETS_KEY": "the-value-of-the-key"})


@pytest.fixture
def hostile(run) -> str:
    """The page of a run in which everything that a server can say is hostile."""
    exchange = run.sender.exchanges[0]
    url = f"{exchange.url}?{HOSTILE}"
    run.sender.exchanges.append(dataclasses.replace(exchange, number=2, url=url, operation=None, status=None))
    run.broken(dataclasses.replace(PROMISE, source=HOSTILE), dataclasses.replace(exchange, url=url), HOSTILE)
    run.broken(PROMISE, run.sender.exchanges[1], "elsewhere")
    run.ledger.attempts.append(Attempt("test_it", "some", ("unseen",), None, SKIPPED, HOSTILE))
    run.ledger.note(HOSTILE)
    run.ledger.unable.append(HOSTILE)
    verdict = dataclasses.replace(run.verdict(), reasons=(HOSTILE,), remarks=(HOSTILE,))
    return report.files(run, verdict)["index.html"]


class Reader(HTMLParser):
    """What stands in a page: its elements with their attributes, and the text outside scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._raw = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self._raw = tag in ("script", "style")
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, _tag):
        self._raw = False

    def handle_data(self, data):
        if not self._raw:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


# --- As text ------------------------------------------------------------------------------------


def test_nothing_that_a_server_says_becomes_a_part_of_the_page(hostile):
    read = Reader(hostile)
    assert read.all("img") == []
    assert len(read.all("script")) == 2
    assert not [name for _, attributes in read.elements for name in attributes if name.startswith("on")]
    assert read.text.count(HOSTILE) >= 6
    assert "49" not in read.text.replace(HOSTILE, "").partition("Notes")[2]


def test_the_log_is_data_that_ends_no_block_and_no_line(hostile):
    block = re.search(r'<script type="application/json" id="exchanges">(.*?)</script>', hostile, re.DOTALL).group(1)
    assert not re.search("[<>&\u2028\u2029\n]", block)
    entries = json.loads(block)
    assert [entry["number"] for entry in entries] == [1, 2]
    assert HOSTILE in json.loads(entries[0]["answer"])["note"]


def test_the_policy_allows_the_page_s_own_style_and_script_and_nothing_else(hostile):
    policy = next(each["content"] for each in Reader(hostile).all("meta") if each.get("http-equiv"))
    directives = dict(each.split(" ", 1) for each in policy.split("; "))
    assert directives["default-src"] == directives["base-uri"] == directives["form-action"] == "'none'"
    for kind in ("style", "script"):
        assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", directives[f"{kind}-src"])
    assert sorted(directives) == ["base-uri", "default-src", "form-action", "script-src", "style-src"]


def test_the_page_needs_nothing_beside_itself(hostile):
    read = Reader(hostile)
    links = [value for _, each in read.elements for name, value in each.items() if name in ("src", "href", "srcset")]
    assert links
    assert [each for each in links if not each.startswith("#")] == []
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|@font-face", style)
    assert not any(each.get("style") for _, each in read.elements)  # the policy would not apply it


def test_the_essentials_need_no_script(run):
    run.broken(PROMISE, run.sender.exchanges[0], "it is wrong")
    run.ledger.attempts.append(Attempt("test_it", "some", ("unseen",), None, SKIPPED, "there is nothing to see"))
    verdict = run.verdict()
    text = Reader(report.files(run, verdict)["index.html"]).text
    for essential in (
        *("violations", "exit code 1", run.api.title, run.sender.connection.base_url, "read-only", "a-promise"),
        *("It is right.", "it is wrong", verdict.findings[0].exchange.curl(), "there is nothing to see", "unseen"),
        "out of scope: read-only only reads",
    ):
        assert essential in text, essential


def test_the_page_can_be_read_by_a_screen_reader_and_by_keyboard(hostile):
    read = Reader(hostile)
    assert read.all("html")[0]["lang"] == "en"
    names = Counter(each["id"] for _, each in read.elements if each.get("id"))
    assert [name for name, count in names.items() if count > 1] == []
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(each.get("scope") for each in read.all("th"))
    assert len(read.all("caption")) == len(read.all("table")) == 4
    labelled = [each for tag, each in read.elements if "aria-labelledby" in each]
    assert {each["aria-labelledby"] for each in labelled} <= names.keys()
    fragments = {each["href"][1:] for each in read.all("a") if not each["href"].startswith("#exchange-")}
    assert fragments <= names.keys()
    scrolling = [each for each in read.all("div") if each.get("class") == "scroll"]
    assert all(each.get("tabindex") == "0" and each.get("aria-label") for each in scrolling)


def test_no_cell_of_the_matrix_speaks_by_its_colour_alone(hostile):
    cells = re.findall(r'<td class="(ok|bad|unsure|none)" title="([^"]+)"><span aria-hidden="true">([^<]+)', hostile)
    assert {look: sign[0] for look, _, sign in cells} == {"bad": "✗", "none": "·"}
    assert all(words.startswith(("kept", "broken", "not exercised: ")) for _, words, _ in cells)


def colours() -> dict[str, tuple[str, str]]:
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    return {
        name: (light, dark)
        for name, light, dark in re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", style)
    }


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("shade", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *[(text, ground) for text in ("text", "quiet", "link") for ground in ("ground", "raised")],
        *[(look, f"{look}-ground") for look in ("ok", "bad", "unsure")],
        *[("text", f"{look}-ground") for look in ("ok", "bad", "unsure")],
    ],
)
def test_every_text_has_the_contrast_that_wcag_asks_for(text, ground, shade):
    brighter, darker = sorted((luminance(colours()[name][shade]) for name in (text, ground)), reverse=True)
    assert (brighter + 0.05) / (darker + 0.05) >= 4.5


def test_a_page_of_a_large_run_stays_small_and_says_what_is_cut(run):
    body = ("{" + '"é<&' * 300_000).encode()[: 1 << 20]
    large = dataclasses.replace(run.sender.exchanges[0], response_body=body, request_body=body)
    run.sender.exchanges[:] = [dataclasses.replace(large, number=number) for number in range(1, 1501)]
    run.broken(PROMISE, run.sender.exchanges[0], "it is wrong")
    summed = report.summary(run, run.verdict())
    text = page.page(summed, run.sender.exchanges)
    assert len(text.encode()) < 30 << 20
    assert "exchanges.har has more" in text
    assert len(json.dumps(summed)) < 4 << 20  # the line that sends a large request again is long
    assert summed["findings"][0]["exchange"]["cut"]


def test_a_request_that_is_cut_has_no_line_that_would_send_another(run):
    exchange = run.sender.exchanges[0]
    long = dataclasses.replace(exchange, number=2, request_body=b"x" * (4 << 20))
    summed = report.summary(run, run.verdict())
    text = page.page(summed, [exchange, long])
    block = re.search(r'id="exchanges">(.*?)</script>', text, re.DOTALL).group(1)
    assert [bool(entry["curl"]) for entry in json.loads(block)] == [True, False]


def test_the_page_of_a_failure_says_why(tmp_path):
    report.write_failure(PlumblineError(OWN), tmp_path)
    text = (tmp_path / "index.html").read_text()
    assert html.escape(OWN, quote=False) in text.replace("&#34;", '"').replace("&#39;", "'")
    assert "exit code 2" in text


def cells(run, verdict) -> dict[str, str]:
    """Words of a cell of the matrix to its look."""
    text = page.page(report.summary(run, verdict), run.sender.exchanges)
    return {words: look for look, words in re.findall(r'<td class="(ok|bad|unsure|none)" title="([^"]+)">', text)}


def test_what_does_not_count_looks_so_unless_something_counts_beside_it(run):
    run.broken(PROMISE, run.sender.exchanges[0], "accepted")
    place, finding = next(iter(run.ledger.findings.items()))
    run.ledger.findings[place] = dataclasses.replace(finding, accepted="it is known")
    assert cells(run, run.verdict())["broken, and does not count: accepted"] == "unsure"
    run.broken(PROMISE, run.sender.exchanges[0], "something else")
    assert cells(run, run.verdict())["broken"] == "bad"


def test_a_kept_promise_says_how_often(run):
    run.kept(PROMISE, run.sender.exchanges[0])
    run.kept(PROMISE, run.sender.exchanges[0])
    assert cells(run, run.verdict())["kept 2 times"] == "ok"


# --- In a browser -------------------------------------------------------------------------------


FLAGS = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--window-size=1280,1600",
    "--enable-logging=stderr",
    # What a browser asks for by itself is not the page's.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-features=NetworkTimeServiceQuerying",
    "--disable-sync",
)


class Browser:
    """Headless Chromium, of which every name leads to one server on loopback."""

    def __init__(self, profiles: Path, address: str) -> None:
        self._profiles = profiles
        host = address.partition("://")[2]
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        self._words = [CHROMIUM, *FLAGS, f"--host-resolver-rules=MAP * {host}", *(["--no-sandbox"] if root else [])]

    def dom(self, path: Path, fragment: str = "") -> tuple[str, list[str]]:
        """The page as it is once its script has run, and what the console said."""
        done = self._run("--dump-dom", f"{path.as_uri()}{fragment}")
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    def picture(self, path: Path, target: Path, *, dark: bool) -> bytes:
        """The page as a PNG, for one who prefers light or dark."""
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        self._run(scheme, f"--screenshot={target}", path.as_uri())
        return target.read_bytes()

    def _run(self, *words: str) -> subprocess.CompletedProcess[str]:
        profile = tempfile.mkdtemp(dir=self._profiles)  # nothing is remembered from one page to the next
        command = [*self._words, f"--user-data-dir={profile}", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: apt-get install chromium")
    with loopback(lambda _: Answer()) as server:
        yield Browser(tmp_path_factory.mktemp("profiles"), server.url), server.received


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> tuple[Path, dict]:
    """The page and the verdict of a run on a mock with a fault."""
    folder = tmp_path_factory.mktemp("report")
    with mock("--fault", "wrong-enum:getJobStatus") as url:
        words = ("--url", url, "--mode", "frugal", "--report", str(folder))
        done = verb("contract", *words, env=surroundings(**KEYS, **GIVEN))
    assert done.returncode == 1, done.stdout + done.stderr
    return folder / "index.html", json.loads((folder / "verdict.json").read_text())


@pytest.mark.slow
def test_every_promise_of_a_run_is_declared_by_a_test(broken):
    _, verdict = broken
    assert [promise["id"] for promise in verdict["promises"] if promise["family"] == "other"] == []
    unexplained = [
        (promise["id"], operation)
        for promise in verdict["promises"]
        for operation in verdict["operations"]
        if not any(operation in promise[what] for what in ("kept", "broken", "not_exercised"))
    ]
    assert unexplained == []


@pytest.mark.slow
def test_the_page_of_a_run_shows_the_verdict_the_findings_and_the_matrix(browser, broken):
    path, verdict = broken
    text, said = browser[0].dom(path)
    assert said == []
    read = Reader(text)
    assert "<title>violations: " in text
    assert '<span id="status">violations</span>' in text
    finding = verdict["findings"][0]
    assert finding["promise"] in read.text
    assert finding["curl"] in read.text
    for promise in verdict["promises"]:
        assert f'<span class="id">{promise["id"]}</span>' in text
    assert 'id="exchange-1"' in text
    assert f"{verdict['requests']['sent']} of {verdict['requests']['sent']}" in read.text
    assert re.search(r'<svg id="timeline"[^>]*viewBox', text)
    assert not re.search(r'<button[^>]* hidden=""[^>]*data-copy', text)


@pytest.mark.slow
def test_a_fragment_opens_an_exchange(browser, broken):
    path, verdict = broken
    number = verdict["findings"][0]["exchange"]["number"]
    text, said = browser[0].dom(path, f"#exchange-{number}")
    assert said == []
    assert text.count('<tr class="open">') == 1
    assert f'href="#finding-0">✗ {verdict["findings"][0]["promise"]}</a>' in text


def driven(path: Path, script: str, target: Path) -> Path:
    """The page with a script of a test that does what a user would; its policy, which would stop it, is left out."""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", path.read_text(encoding="utf-8"))
    target.write_text(text.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    return target


FILTER = """
const form = document.getElementById("filters");
Object.assign(form.elements.status, {value: "4"});
Object.assign(form.elements.operation, {value: "getJob"});
Object.assign(form.elements.text, {value: "PLUMBLINE-unknown"});
form.dispatchEvent(new Event("input"));
"""


@pytest.mark.slow
def test_the_log_is_filtered_by_operation_status_and_text(browser, broken, tmp_path):
    text, said = browser[0].dom(driven(broken[0], FILTER, tmp_path / "driven.html"))
    entries = json.loads((broken[0].parent / "exchanges.har").read_text())["log"]["entries"]
    wanted = [
        entry["_number"]
        for entry in entries
        if entry["_operation"] == "getJob"
        and 400 <= entry["response"]["status"] < 500
        and "plumbline-unknown" in json.dumps(entry).lower()
    ]
    assert said == []
    assert 0 < len(wanted) < len(entries)
    assert [int(each) for each in re.findall(r'id="exchange-(\d+)"', text)] == wanted
    assert f'aria-live="polite">{len(wanted)} of {len(entries)}</output>' in text


USE = """
document.getElementById("theme").click();
const show = document.getElementById("matrix-show");
show.value = "bad unsure";
show.dispatchEvent(new Event("change"));
document.querySelector(".finding [data-open]").click();
"""


@pytest.mark.slow
def test_the_controls_of_the_page_do_what_they_say(browser, broken, tmp_path):
    text, said = browser[0].dom(driven(broken[0], USE, tmp_path / "driven.html"))
    assert said == []
    assert '<html lang="en" data-theme="dark">' in text
    shown = re.findall(r'<tr class="promise" data-look="([a-z]+)">', text)
    assert set(shown) == {"bad"}
    assert text.count('<tr class="open">') == 1


@pytest.mark.slow
def test_the_page_of_a_run_asks_for_nothing(browser, broken, tmp_path):
    browser, received = browser
    before = len(received)
    browser.dom(broken[0])
    assert [each.path for each in received[before:]] == []
    (tmp_path / "other.html").write_text("<img src='http://other.example/seen.png'>")
    browser.dom(tmp_path / "other.html")
    assert [each.path for each in received[before:]] == ["/seen.png"]  # so that it would have been seen


@pytest.mark.slow
def test_hostile_text_stays_text_in_a_browser(browser, hostile, tmp_path):
    path = tmp_path / "index.html"
    path.write_text(hostile, encoding="utf-8")
    text, said = browser[0].dom(path, "#exchange-1")
    assert said == []
    read = Reader(text)
    assert "<title>inconclusive" not in text
    assert "<title>violations: " in text
    assert read.all("img") == []
    assert "document.title='owned'" in read.text
    bare = tmp_path / "bare.html"
    bare.write_text(f"<title>mine</title>{OWN}")
    assert "<title>owned</title>" in browser[0].dom(bare)[0]  # so that it would have been seen


@pytest.mark.slow
def test_the_policy_stops_what_would_get_into_the_page_all_the_same(browser, hostile, tmp_path):
    path = tmp_path / "index.html"
    path.write_text(hostile.replace("<main", f"{OWN.removeprefix('</script>')}<main"), encoding="utf-8")
    text, said = browser[0].dom(path)
    assert "<title>owned</title>" not in text
    assert any("Content Security Policy" in line for line in said)


@pytest.mark.slow
def test_the_page_is_dark_for_those_who_prefer_it(browser, broken, tmp_path):
    pictures = [
        browser[0].picture(broken[0], tmp_path / f"{index}.png", dark=dark)
        for index, dark in enumerate((False, False, True))
    ]
    assert pictures[0] == pictures[1]
    assert pictures[0] != pictures[2]
