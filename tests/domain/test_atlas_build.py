"""The atlas in the source is what its script makes."""

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mesodesk.assets import resources

_TOOL = Path(__file__).parents[2] / "tools" / "build_atlas.py"


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.skipif(importlib.util.find_spec("anny") is None, reason="needs `make atlas` once")
def test_rebuilding_gives_the_same_bytes(tmp_path: Path) -> None:
    shipped = resources() / "bodymap"
    for text in ("regions.toml", "views.toml", "LICENSE.md"):
        shutil.copy(shipped / text, tmp_path)
    subprocess.run([sys.executable, str(_TOOL), str(tmp_path)], check=True, capture_output=True)
    names = sorted(str(path.relative_to(shipped)) for path in shipped.rglob("*.*"))
    assert names == sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    different = [n for n in names if (shipped / n).read_bytes() != (tmp_path / n).read_bytes()]
    assert not different
