"""Run folders: `sobolev-runs/<name>-<time>/`, and the machine-readable result of a verb."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DEFAULT_OUT = "sobolev-runs"


@dataclass
class Run:
    """One run's folder and what is known of it so far; every file is written whole or not at all."""

    folder: Path
    verb: str
    configuration: dict[str, Any]
    begin: float = field(default_factory=time.perf_counter)
    result: dict[str, Any] = field(default_factory=dict)

    @staticmethod
    def start(verb: str, name: str, out: str | Path, configuration: dict[str, Any]) -> Run:
        """A fresh folder with `configuration.json` in it."""
        stem = f"{Path(name).stem}-{time.strftime('%Y%m%d-%H%M%S')}"
        folder = Path(out) / stem
        number = 1
        while folder.exists():
            number += 1
            folder = Path(out) / f"{stem}-{number}"
        run = Run(folder, verb, configuration)
        run.write_json("configuration.json", {"verb": verb, **configuration})
        return run

    @staticmethod
    def reopen(folder: str | Path) -> Run:
        """An earlier run; `DataError` where the folder is none."""
        from .._core import DataError

        path = Path(folder) / "configuration.json"
        try:
            configuration = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(
                "This is no run folder.",
                given=str(folder),
                expected=f"a folder such as {DEFAULT_OUT}/darcy-20260101-120000 with its configuration.json",
            ) from error
        return Run(Path(folder), configuration.pop("verb"), configuration)

    def write_json(self, name: str, contents: Any) -> Path:
        """Writes one JSON file of the run."""
        from .._core import write_text
        from ..evaluation import plain

        path = self.folder / name
        write_text(path, json.dumps(plain(contents), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
        return path

    def write_text(self, name: str, contents: str) -> Path:
        """Writes one text file of the run."""
        from .._core import write_text

        write_text(self.folder / name, contents)
        return self.folder / name

    def finish(self, json_path: str | Path | None, **result: Any) -> dict[str, Any]:
        """Writes `result.json` (and `json_path`), with the total time and the run's folder."""
        seconds = {**result.pop("seconds", {}), "total": time.perf_counter() - self.begin}
        whole = {"verb": self.verb, **result, "seconds": seconds, "run": str(self.folder)}
        self.write_json("result.json", whole)
        write_result(json_path, whole)
        return whole


def write_result(path: str | Path | None, result: dict[str, Any]) -> None:
    """Writes the machine-readable result where `--json` asks for it."""
    if path is None:
        return
    from .._core import write_text
    from ..evaluation import plain

    write_text(path, json.dumps(plain(result), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
