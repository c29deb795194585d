"""Make the virtual environment, or say in one sentence what the machine lacks."""

import subprocess
import sys
from pathlib import Path


def fail(sentence: str) -> int:
    print(f"mesodesk: {sentence}", file=sys.stderr)
    return 1


def main(folder: Path) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - run by whatever python3 is there
        found = ".".join(str(part) for part in sys.version_info[:3])
        return fail(f"Python 3.11 or newer is needed, this is {found}: make PYTHON=python3.11 run")
    if (folder / "bin" / "pip").exists():
        return 0
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(folder)], capture_output=True, check=False
    )
    if made.returncode != 0:
        return fail(
            "Python's venv module is missing; on Debian or Ubuntu: sudo apt install python3-venv"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
