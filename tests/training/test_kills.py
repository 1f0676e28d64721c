"""kill -9 at random moments; more of them in `python -m benchmarks.kill_fit`."""

import json
import subprocess
import sys
from pathlib import Path


def test_kills_leave_whole_checkpoints_and_the_same_bits(tmp_path):
    target = tmp_path / "report.json"
    command = [sys.executable, "-m", "benchmarks.kill_fit", "--kills", "2", "--json", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
    report = json.loads(target.read_text())
    assert report["kills"] == 2 and report["is_identical"]
