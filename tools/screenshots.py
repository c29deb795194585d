"""Takes pictures of every page, from the real windows with the demonstration clinic in them.

    python tools/screenshots.py docs/screenshots [--demo FOLDER] [--only NAME ...] [--scale N]
                                                 [--size 1024x700]

Writes NAME-light.png and NAME-dark.png of 1366x768, NAME-200.png of some pages at 200 %, and
chart-1440.png. `--only` takes whatever begins with a name, at 200 % too. The clinic is that of one
moment (MOMENT), and the program's clock stands there, so that the same source gives the same
pictures. Making the clinic takes minutes; --demo keeps it in a folder for the next time, as it was:
each scale has a copy of its own, because the tours change it. What cannot be taken is said, the
rest is taken all the same, and the exit code is 1.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

MOMENT = datetime(2026, 3, 12, 9, 40, tzinfo=UTC)
SCALES = (1, 2)
SOMEBODYS_HOME = "/home/claire"
"""Shown where a page names a folder; nothing is written there."""
HERE = Path(__file__).resolve().parent


def main() -> int:
    """Make the clinic, then take the pictures of each scale in a process of its own."""
    options = _options()
    if options.here:
        from shots.taking import Album, take_all

        album = Album(options.folder, options.scale, options.only, options.size)
        return take_all(options.demo, album, MOMENT)
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mesodesk-shots-") as scratch:
        from shots.taking import make_clinic

        demo = make_clinic(options.demo or Path(scratch) / "demo", MOMENT)
        scales = SCALES if options.scale is None else (options.scale,)
        codes = [_in_a_process(scale, demo, options, Path(scratch)) for scale in scales]
    _report(options.folder)
    for scale, code in zip(scales, codes, strict=True):
        if code:
            print(f"not every picture at {scale}00 % could be taken ({code})", file=sys.stderr)
    return 1 if any(codes) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--demo", type=Path, help="keep the demonstration clinic here")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--scale", type=int, choices=SCALES, help="only at this scale")
    parser.add_argument("--size", type=_size, default=(1366, 768), help="of the window")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _size(text: str) -> tuple[int, int]:
    width, height = map(int, text.split("x"))
    return width, height


def _in_a_process(scale: int, demo: Path, options: argparse.Namespace, scratch: Path) -> int:
    """Take the pictures of one scale; Qt reads it once, when it starts."""
    own = scratch / f"scale-{scale}"
    copy = own / "demo"
    shutil.copytree(demo, copy)
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_SCALE_FACTOR": str(scale),
        "LC_ALL": "C.UTF-8",
        "TZ": "Europe/Madrid",
        "HOME": SOMEBODYS_HOME,
        "XDG_CONFIG_HOME": str(own / "config"),
        "XDG_DATA_HOME": str(own / "data"),
    }
    width, height = options.size
    command = [sys.executable, str(HERE / "screenshots.py"), str(options.folder), "--here"]
    command += ["--demo", str(copy), "--scale", str(scale), "--size", f"{width}x{height}"]
    command += ["--only", *options.only]
    return subprocess.run(command, env=environment, check=False).returncode


def _report(folder: Path) -> None:
    sizes = [path.stat().st_size for path in folder.glob("*.png")]
    print(f"{len(sizes)} pictures, {sum(sizes) / 1e6:.1f} MB in {folder}")


if __name__ == "__main__":
    sys.exit(main())
