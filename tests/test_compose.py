from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml

from scripts import compose, pipeline, tree
from scripts.document import write_text
from scripts.errors import GenerateError


def openapi(api) -> str:
    return api.openapi.read_text(encoding="utf-8")


def test_a_package_has_its_overrides_its_settings_and_a_marker_for_types(tickets):
    package = compose.compose({"client.py": "x = 1\n"}, tickets, openapi(tickets))
    assert package["client.py"] == "x = 1\n"
    assert package["py.typed"] == ""
    assert package["credentials.py"] == (tickets.shared / "credentials.py").read_text()
    settings: dict = {}
    exec(package["settings.py"], settings)
    assert settings["BASE_URL"] == "https://tickets.example.com/v2"
    assert settings["CREDENTIALS"] == (("key", "x-key", "TICKETS_KEY"),)


def test_an_api_s_own_file_takes_the_place_of_the_shared_one(tickets):
    write_text("own = 1\n", tickets.overrides / "client" / "hooks.py")
    write_text("more = 1\n", tickets.overrides / "client" / "extra" / "more.py")
    package = compose.compose({}, tickets, openapi(tickets))
    assert (package["hooks.py"], package["extra/more.py"]) == ("own = 1\n", "more = 1\n")


def test_what_is_in_the_mock_s_overrides_is_never_composed(tickets):
    write_text("x = 1\n", tickets.overrides / "mock" / "special.py")
    assert not any("special" in name for name in compose.compose({}, tickets, openapi(tickets)))


@pytest.mark.parametrize("name", ["client.py", "settings.py", "py.typed", "manifest.json"])
def test_an_override_never_replaces_a_produced_file(tickets, name):
    write_text("x = 1\n", tickets.overrides / "client" / name)
    with pytest.raises(GenerateError, match=name):
        compose.compose({"client.py": ""}, tickets, openapi(tickets))


def test_a_credential_that_is_no_key_in_a_header_is_an_error(tickets):
    document = openapi(tickets).replace("in: header", "in: query")
    with pytest.raises(GenerateError, match="the security scheme Key is not a key in a header"):
        compose.compose({}, tickets, document)


@pytest.mark.parametrize(
    ("security", "lacking"),
    [
        ("[{Key: []}]", None),
        ("[{Other: []}, {Key: []}]", None),
        ("[{Other: []}, {}]", None),
        ("[]", None),
        ("[{Other: []}]", "Other"),
        ("[{Key: [], Other: []}]", "Other"),
    ],
)
def test_an_operation_whose_credentials_the_package_does_not_have_is_an_error(tickets, security, lacking):
    document = yaml.safe_load(openapi(tickets))
    document["paths"]["/tickets"]["get"]["security"] = yaml.safe_load(security)
    text = yaml.safe_dump(document)
    if lacking is None:
        compose.compose({}, tickets, text)
    else:
        with pytest.raises(GenerateError, match=f"GET /tickets needs credentials .*: {lacking}\n"):
            compose.compose({}, tickets, text)


@pytest.mark.slow
def test_a_package_without_hooks_of_its_own_passes_type_checks(tickets, tmp_path):
    folder = tmp_path / "checked"
    tree.write(pipeline.package(tickets, openapi(tickets)), folder / tickets.package)
    (folder / "pyrightconfig.json").write_text('{"typeCheckingMode": "standard", "pythonVersion": "3.11"}')
    for words in (
        ["mypy", "--strict", f"--cache-dir={tmp_path / 'cache'}", tickets.package],
        ["basedpyright", "--pythonpath", sys.executable, tickets.package],
    ):
        command = [sys.executable, "-m", *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_manifest_has_the_hash_of_every_input_and_the_versions_of_the_tools(tickets):
    package = compose.compose({}, tickets, openapi(tickets), tools=("ruff",))
    manifest = json.loads(package["manifest.json"])
    assert set(manifest["tools"]) == {"ruff"}
    for name in ("spec/tickets/source.yaml", "spec/tickets/openapi.yaml", "overrides/shared/credentials.py"):
        assert manifest["inputs"][name] == tree.digest((tickets.root / name).read_text())
    assert str(tickets.root) not in package["manifest.json"]


def test_every_input_changes_the_manifest(tickets):
    before = compose.compose({}, tickets, openapi(tickets))["manifest.json"]
    for path in (tickets.settings, tickets.templates / "str_enum.py.jinja", tickets.shared / "connection.py"):
        path.write_text(path.read_text() + "\n")
        after = compose.compose({}, tickets, openapi(tickets))["manifest.json"]
        assert after != before
        before = after


def test_what_is_committed_is_what_the_inputs_give(apis):
    for api in apis.values():
        assert pipeline.drift(api) == ""


def test_drift_finds_what_is_edited_missing_or_stray(tickets):
    made = pipeline.normalised(tickets)
    tree.write(pipeline.package(tickets, made.openapi), tickets.generated)
    assert pipeline.drift(tickets) == ""
    models = tickets.generated / "models"
    (models / "ticket.py").write_text((models / "ticket.py").read_text() + "x = 1\n")
    (models / "state.py").unlink()
    (models / "stray.py").touch()
    tickets.openapi.write_text(openapi(tickets).replace("Tickets", "Tackets"))
    found = pipeline.drift(tickets)
    for name in ("ticket", "state", "stray"):
        assert f"generated/tickets_client/models/{name}.py" in found
    assert "-  title: Tackets\n+  title: Tickets\n" in found
