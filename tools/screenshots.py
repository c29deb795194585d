"""Takes pictures of every page, from the real windows with the demonstration clinic in them.

    python tools/screenshots.py docs/screenshots [--demo FOLDER] [--only NAME ...]

Writes NAME-light.png and NAME-dark.png of 1366x768, NAME-200.png of some pages at 200 %, and
chart-1440.png. The clinic is that of one moment (MOMENT), and the program's clock stands there, so
that the same source gives the same pictures. Making the clinic takes half a minute; --demo keeps
it in a folder for the next time.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

MOMENT = datetime(2026, 3, 12, 9, 40, tzinfo=UTC)
SCALES = (1, 2)
HERE = Path(__file__).resolve().parent


def main() -> int:
    """Make the clinic, then take the pictures of each scale in a process of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--demo", type=Path, help="keep the demonstration clinic here")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--scale", type=int, choices=SCALES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.scale is not None:
        from shots.taking import take_all

        return take_all(options.folder, options.demo, options.scale, options.only, MOMENT)
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mesodesk-shots-") as scratch:
        from shots.taking import make_clinic

        demo = make_clinic(options.demo or Path(scratch) / "demo", MOMENT)
        for scale in SCALES:
            code = _in_a_process(scale, demo, options, Path(scratch))
            if code:
                return code
    _report(options.folder)
    return 0


def _in_a_process(scale: int, demo: Path, options: argparse.Namespace, scratch: Path) -> int:
    """Take the pictures of one scale; Qt reads it once, when it starts."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": str(scale),
        "LC_ALL": "C.UTF-8",
        "TZ": "Europe/Madrid",
        "XDG_CONFIG_HOME": str(scratch / "config"),
        "XDG_DATA_HOME": str(scratch / "data"),
    }
    command = [sys.executable, str(HERE / "screenshots.py"), str(options.folder)]
    command += ["--demo", str(demo), "--scale", str(scale), "--only", *options.only]
    return subprocess.run(command, env=environment, check=False).returncode


def _report(folder: Path) -> None:
    sizes = [path.stat().st_size for path in folder.glob("*.png")]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1e6:.1f} MB in {folder}")


if __name__ == "__main__":
    sys.exit(main())
