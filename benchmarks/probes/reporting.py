"""How a probe tells what it found; imports nothing that a row may want to see absent."""

import json
from collections.abc import Mapping


def report(readings: Mapping[str, object]) -> None:
    """Print readings as the one line of JSON that the row reads."""
    print(json.dumps(readings), flush=True)
