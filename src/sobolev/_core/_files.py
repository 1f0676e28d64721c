"""Writing files so that they are whole or absent: write beside, fsync, rename."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from ._errors import StoreError


@contextlib.contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Yields a temporary path beside `path`; on success it is fsynced and renamed over `path`.

    After any crash (also kill -9) `path` holds either its old or its new contents, never a part.
    Raises `StoreError` when the folder cannot be written or the disk is full.
    """
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.parent / f".{target.name}.{secrets.token_hex(4)}.tmp"
        # not mkstemp: its files are for the owner alone, whatever the umask says
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        raise _store_error(target, error) from error
    try:
        yield temporary
        _fsync(temporary)
        os.replace(temporary, target)
        _fsync(target.parent)
    except OSError as error:
        raise _store_error(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: str | Path, contents: bytes) -> None:
    """Atomically writes `contents` to `path`."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(contents)


def write_text(path: str | Path, contents: str) -> None:
    """Atomically writes `contents` (UTF-8) to `path`."""
    write_bytes(path, contents.encode())


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _store_error(target: Path, error: OSError) -> StoreError:
    return StoreError(
        f"Cannot write {target}.",
        given=error.strerror or str(error),
        expected="a writable folder with enough space",
        fix="choose another place (--out DIR, store=...) or free some space",
    )
