"""The quick look at a vault folder that the first picture of the program waits for.

It checks next to nothing and imports next to nothing. `inspect` looks closely afterwards, while the
password is typed, and opening the vault makes all the checks again.
"""

import json
from pathlib import Path

_NAME = "mesodesk-keys"
_VERSIONS = (1, 2)
_LEAST_BYTES = 4096
_PLAIN_HEADER = b"SQLite format 3\0"


def first_look(folder: Path) -> tuple[tuple[str, str], ...] | None:
    """Return who can unlock the vault in a folder, as ids and names in the key file's order.

    Returns:
        None if there is no vault, or anything about it asks for a closer look.
    """
    try:
        body = json.loads((folder / "keys.json").read_bytes())
        (folder / "keys-copy.json").stat()
        database = folder / "clinic.db"
        with database.open("rb") as stream:
            header = stream.read(len(_PLAIN_HEADER))
        whole = database.stat().st_size >= _LEAST_BYTES and header != _PLAIN_HEADER
        if not whole or body["format"] != _NAME or body["version"] not in _VERSIONS:
            return None
        users = {
            str(slot["user_id"]): str(slot["name"])
            for slot in body["slots"]
            if slot["user_id"] is not None
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return tuple(users.items()) or None
