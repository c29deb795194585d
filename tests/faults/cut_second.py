"""Opens a vault as a second program would, and saves without end; says so line by line.

    python cut_second.py FOLDER ... [--as USER-NUMBER]

The next folder is tried where one is refused.
"""

import argparse
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "e2e"))
sys.path.insert(2, str(Path(__file__).resolve().parent.parent / "helpers"))
sys.path.insert(3, str(Path(__file__).resolve().parent.parent.parent))

from cut_day import Day
from cut_story import Teller
from harness import PASSWORD

from mesodesk.vault.errors import VaultError
from mesodesk.vault.inspection import inspect


def put(mark: dict[str, object]) -> None:
    os.write(1, (json.dumps(mark) + "\n").encode())


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--as", dest="user", type=int)
    options = parser.parse_args()
    teller = Teller(put)
    if options.user is not None:
        os.setgid(options.user)
        os.setuid(options.user)
    else:
        teller.settle(PASSWORD)
    for folder in options.folders:
        day = Day(folder, teller, writing=1)
        try:
            with day.at_the_desk(PASSWORD):
                while True:
                    day.write()
        except VaultError as error:
            told = inspect(folder)
            put({"refused": error.sentence, "looks": told.findings, "state": told.state})


if __name__ == "__main__":
    main()
