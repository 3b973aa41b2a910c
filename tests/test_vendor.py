from __future__ import annotations

import json
import subprocess
import sys

import pytest

from scripts import tree, vendor
from scripts.errors import UsageError

from .processes import KEYS, mock, surroundings, verb

PACKAGE = {"__init__.py": "", "a.py": "x = 1\n", "manifest.json": '{"tools": {"ruff": "1"}}'}


def test_a_copy_records_its_origin_and_the_hash_of_every_file(tickets, tmp_path):
    folder = vendor.vendor(PACKAGE, tmp_path / "a" / "b", api=tickets)
    record = json.loads((folder / vendor.RECORD).read_text())
    assert folder == tmp_path / "a" / "b" / "tickets_client"
    assert record["origin"]["api"] == "tickets"
    assert record["origin"]["tools"] == {"ruff": "1"}
    assert record["files"] == {name: tree.digest(text) for name, text in PACKAGE.items()}
    assert vendor.check(folder) == vendor.check(folder.parent) == ""


@pytest.mark.parametrize("change", ["edited", "missing", "stray"])
def test_an_edit_is_found_and_not_lost_unless_forced(tickets, tmp_path, change):
    folder = vendor.vendor(PACKAGE, tmp_path, api=tickets)
    path = folder / ("b.py" if change == "stray" else "a.py")
    if change == "missing":
        path.unlink()
    else:
        path.write_text("mine\n")
    assert vendor.check(tmp_path) == f"{path}: {change}\n"
    with pytest.raises(UsageError, match=change):
        vendor.vendor(PACKAGE, tmp_path, api=tickets)
    vendor.vendor(PACKAGE, tmp_path, api=tickets, force=True)
    assert vendor.check(tmp_path) == ""


def test_an_unedited_copy_is_replaced_by_a_newer_one(tickets, tmp_path):
    vendor.vendor(PACKAGE, tmp_path, api=tickets)
    folder = vendor.vendor({"a.py": "x = 2\n"}, tmp_path, api=tickets)
    assert sorted(tree.read(folder)) == ["a.py", vendor.RECORD]


def test_a_folder_that_was_not_vendored_is_left_alone(tickets, tmp_path):
    (tmp_path / "tickets_client").mkdir()
    with pytest.raises(UsageError, match="was not vendored by us"):
        vendor.vendor(PACKAGE, tmp_path, api=tickets)
    with pytest.raises(UsageError, match="no vendored package"):
        vendor.check(tmp_path)


def test_a_record_that_cannot_be_read_is_an_error(tickets, tmp_path):
    folder = vendor.vendor(PACKAGE, tmp_path, api=tickets)
    (folder / vendor.RECORD).write_text("[]")
    with pytest.raises(UsageError, match="not a record"):
        vendor.check(tmp_path)


PROGRAM = """
import sys, time
assert not any("scripts" in name for name in sys.modules)
from deep.down.wasabi_air import connect
from deep.down.wasabi_air.api.jobs import get_job_metadata, get_job_status, submit_job
from deep.down.wasabi_air.models import Destination, JobState, JobSubmissionRequest, Source
from deep.down.wasabi_air.models import JobSubmissionRequestServices

with connect(base_url=sys.argv[1]) as client:
    request = JobSubmissionRequest(
        name="first",
        source=Source(bucket="media", object_key="clip.mp4"),
        destination=Destination(bucket="results", region="us-west-1"),
        services=JobSubmissionRequestServices.from_dict({"ocr": {}}),
    )
    job = submit_job.sync(client=client, body=request).job
    while get_job_status.sync(job.id, client=client).status is not JobState.COMPLETED:
        time.sleep(0.05)
    print(get_job_metadata.sync(job.id, client=client).destination_path)
"""


def test_a_vendored_client_submits_waits_and_reads_with_nothing_of_this_project_on_its_path(tmp_path):
    done = verb("vendor", str(tmp_path / "deep" / "down"))
    assert done.returncode == 0, done.stderr
    (tmp_path / "program.py").write_text(PROGRAM)
    with mock() as url:
        run = subprocess.run(
            [sys.executable, "program.py", url],
            cwd=tmp_path,
            env=surroundings(**KEYS),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("s3://results/jobs/")
    assert verb("vendor", "--check", str(tmp_path / "deep" / "down")).returncode == 0
