"""What a program said of itself while it was recorded: its commits, receipts and passwords.

A digest of all records is taken inside each transaction just before it is committed; so it can be
told later whether a database is exactly in one of the states that it was in.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

# Opening the vault writes these itself; the chain and its head are compared on their own.
WRITTEN_BY_OPENING = frozenset({"audit_entry", "audit_span"})

_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " AND name NOT LIKE '%\\_fts%' ESCAPE '\\' ORDER BY name"
)

BACKUPS = "backups-beside"
"""Name of the folder beside that of the vault, in which its backups are."""

BETWEEN = 0
"""Number of what is committed without having been announced."""

Ask = Callable[[str], Iterable[Any]]


def digest(ask: Ask) -> str:
    """Return a hash of every row of every table of records.

    Args:
        ask: runs one statement, in whatever transaction, and returns its rows.
    """
    hashed = hashlib.sha256()
    for (name,) in list(ask(_TABLES)):
        if name in WRITTEN_BY_OPENING:
            continue
        rows = sorted(repr(tuple(row)) for row in ask(f'SELECT * FROM "{name}"'))  # noqa: S608
        hashed.update(json.dumps([name, rows]).encode())
    return hashed.hexdigest()[:16]


class Teller:
    """Notes what a program does, through `put`, which takes one mapping at a time."""

    def __init__(self, put: Callable[[dict[str, Any]], None]) -> None:
        from sqlalchemy import Engine, event

        self._put = put
        self._number = 0
        self._now = BETWEEN
        event.listen(Engine, "commit", self._commits)

    def close(self) -> None:
        """Hear no more of commits."""
        from sqlalchemy import Engine, event

        event.remove(Engine, "commit", self._commits)

    def save(self, name: str, work: Callable[[], T], steps: int = 1) -> T:
        """Do one thing that is told to be kept when it comes back: the receipt.

        Args:
            name: of what is done.
            work: does it.
            steps: how many of its last commits leave something that is whole in itself.
        """
        self._number += 1
        self._put({"begun": self._number, "name": name, "steps": steps})
        self._now = self._number
        try:
            result = work()
        finally:
            self._now = BETWEEN
        self._put({"kept": self._number})
        return result

    def offer(self, password: str) -> None:
        """Say that this password may open from now on."""
        self._put({"offered": password})

    def backed_up(self, name: str) -> None:
        """Say that a backup of this name was made."""
        self._put({"backed up": name})

    @contextlib.contextmanager
    def within(self, what: str) -> Iterator[None]:
        """Say that something is under way, so that cuts can be drawn in it."""
        self._put({"from": what})
        yield
        self._put({"to": what})

    def settle(self, password: str) -> None:
        """Say that this password opens, and none before it."""
        self._put({"settled": password})

    def _commits(self, connection: Any) -> None:
        ask = connection.connection.driver_connection.execute
        if list(ask("SELECT 1 FROM sqlite_master WHERE name = 'audit_entry'")):
            ((seq,),) = ask("SELECT coalesce(max(seq), 0) FROM audit_entry")
            self._put({"commit": self._now, "seq": seq, "state": digest(ask)})


@dataclass
class Story:
    """What may be found after an end at some moment.

    `whole` are states after something was done altogether, `halves` those in the midst of it;
    `unkept` are names of what was begun, and never told to be kept.
    """

    kept_seq: int = 0
    kept: int = 0
    passwords: list[str] = field(default_factory=list)
    backups: list[str] = field(default_factory=list)
    changing_key: bool = False
    unkept: set[str] = field(default_factory=set)
    whole: set[tuple[int, str]] = field(default_factory=set)
    halves: set[tuple[int, str]] = field(default_factory=set)


def story_of(marks: Iterable[dict[str, Any]], later: Iterable[dict[str, Any]] = ()) -> Story:
    """Put together what was said up to the end, and `later` in a run that was recorded whole."""
    story = Story()
    before = list(marks)
    commits: dict[int, list[tuple[int, str]]] = {}
    last = ""
    for mark in (*before, *later):
        if "commit" in mark:
            commits.setdefault(mark["commit"], []).append((mark["seq"], mark["state"]))
            # An entry of the log alone, as of a view or a refusal, is whole in itself.
            if mark["commit"] == BETWEEN or mark["state"] == last:
                story.whole.add((mark["seq"], mark["state"]))
            last = mark["state"]
    steps = {mark["begun"]: mark["steps"] for mark in before if "begun" in mark}
    kept = {mark["kept"] for mark in before if "kept" in mark}
    begun = [mark for mark in before if "begun" in mark]
    story.unkept = {mark["name"] for mark in begun if mark["begun"] not in kept}
    for number, states in commits.items():
        story.whole.update(states[-steps.get(number, 1) :])
        story.halves.update(states)
    story.halves -= story.whole
    for mark in before:
        if "kept" in mark:
            story.kept += 1
            told = commits.get(mark["kept"])
            # Several entries only tell of what was done to another file, by which it is judged: a
            # password that opens. Where the disk refuses them, the next opening tells instead.
            if told and steps.get(mark["kept"], 1) == 1:
                story.kept_seq = max(story.kept_seq, told[-1][0])
        else:
            _take(story, mark)
    return story


def _take(story: Story, mark: dict[str, Any]) -> None:
    if "offered" in mark:
        story.passwords.append(mark["offered"])
    elif "settled" in mark:
        story.passwords = [mark["settled"]]
    elif "backed up" in mark:
        story.backups.append(mark["backed up"])
    elif mark.get("from") == "key":
        story.changing_key = True
