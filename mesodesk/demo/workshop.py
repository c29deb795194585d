"""Builds a vault beside its place and puts it there whole, or leaves nothing."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """Yield a path to build at; what stands there at the end of the block replaces `folder`.

    If the block raises, `folder` is as it was. What an earlier building left behind when it was
    killed is cleared away.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left_over in folder.parent.glob(f".{folder.name}.building-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    place = Path(tempfile.mkdtemp(prefix=f".{folder.name}.building-", dir=folder.parent))
    try:
        made = place / "vault"
        yield made
        if folder.exists():
            folder.rename(place / "old")
        made.rename(folder)
    finally:
        shutil.rmtree(place, ignore_errors=True)
