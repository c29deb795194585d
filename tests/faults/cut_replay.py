"""Builds what lies on the disk after the power went off, from a log of what a program did.

The model is stricter than most disks. Nothing is durable but what was synced: the content of a file
by syncing the file, the names in a folder (files made, renamed, removed) by syncing the folder.
What was not synced meets one of four fates: none of it is there, all of it, some of the writes, or
some of them and those in torn sectors. Writes of a file are lost independently of each other; of
the names in one folder a beginning is there, in the order of the calls, as journals keep it.
"""

import json
import random
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512
FATES = ("none", "all", "some", "torn")

_HEAD = struct.Struct("<c3xIQQI4x")


@dataclass(frozen=True, slots=True)
class Op:
    """One call.

    `kind` is C(reate), A (file without a name), D (folder made), O(pened), W(rite),
    T(runcate), S(ync), R(ename), U(nlink) or M(ark), which says something of the program's own.
    """

    kind: str
    inode: int = 0
    offset: int = 0
    data: bytes = b""
    other: bytes = b""

    @property
    def path(self) -> Path:
        return Path(self.data.decode())

    @property
    def new_path(self) -> Path:
        return Path(self.other.decode())

    @property
    def mark(self) -> dict[str, Any]:
        return dict(json.loads(self.data))


def read_log(log: Path) -> list[Op]:
    """Read everything that was noted."""
    return list(_ops(log.read_bytes()))


def _ops(noted: bytes) -> Iterator[Op]:
    at = 0
    while at < len(noted):
        kind, first, inode, offset, second = _HEAD.unpack_from(noted, at)
        at += _HEAD.size
        data, other = noted[at : at + first], noted[at + first : at + first + second]
        at += first + second
        yield Op(kind.decode(), inode, offset, data, other)


@dataclass
class File:
    """What is durable of a file, and what waits to be synced."""

    content: bytearray = field(default_factory=bytearray)
    waiting: list[Op] = field(default_factory=list)

    def sync(self) -> None:
        for op in self.waiting:
            _apply(self.content, op)
        self.waiting.clear()

    def after_cut(self, fate: str, dice: random.Random) -> bytes:
        content = bytearray(self.content)
        for op in self.waiting:
            if fate == "all" or (fate in {"some", "torn"} and dice.random() < 0.5):
                if fate == "torn" and op.kind == "W" and dice.random() < 0.5:
                    _tear(content, op, dice)
                else:
                    _apply(content, op)
        return bytes(content)


def _apply(content: bytearray, op: Op) -> None:
    if op.kind == "T":
        del content[op.offset :]
        content.extend(bytes(op.offset - len(content)))
        return
    content.extend(bytes(max(0, op.offset - len(content))))
    content[op.offset : op.offset + len(op.data)] = op.data


def _tear(content: bytearray, op: Op, dice: random.Random) -> None:
    """Write some of the sectors; each of them is whole or not there."""
    start, end = op.offset, op.offset + len(op.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        if dice.random() < 0.5:
            part = op.data[start - op.offset : stop - op.offset]
            _apply(content, Op("W", offset=start, data=part))
        start = stop


@dataclass
class Folder:
    """Names of a folder: those in force now, the durable ones, and the changes in between."""

    live: dict[str, Any] = field(default_factory=dict)
    durable: dict[str, Any] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)

    def change(self, **names: Any) -> None:
        """Name nodes, or let names go that are None; all of it at once."""
        _rename(self.live, names)
        self.waiting.append(names)

    def sync(self) -> None:
        for names in self.waiting:
            _rename(self.durable, names)
        self.waiting.clear()

    def after_cut(self, fate: str, dice: random.Random) -> dict[str, Any]:
        kept = {"none": 0, "all": len(self.waiting)}.get(fate)
        if kept is None:
            kept = dice.randint(0, len(self.waiting))
        names = dict(self.durable)
        for change in self.waiting[:kept]:
            _rename(names, change)
        return names


def _rename(names: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for name, node in changes.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


class Disk:
    """A folder with all that is in it, as a program works on it call by call."""

    def __init__(self, root: Path, start: Path) -> None:
        """Begin with what lies in `start`, all of it durable; the log calls this place `root`."""
        self._root = root
        self._start = start
        self._top = Folder()
        self._nodes: dict[int, File | Folder] = {}

    def apply(self, op: Op) -> None:
        match op.kind:
            case "M":
                self._hear(op.mark)
            case "C" | "D":
                self._make(op)
            case "A":
                self._nodes[op.inode] = File()
            case "W" | "T":
                node = self._nodes[op.inode]
                assert isinstance(node, File)
                node.waiting.append(op)
            case "S":
                self._nodes[op.inode].sync()
            case "R":
                self._move(op)
            case "U":
                self._folder(op.path).change(**{op.path.name: None})

    def cut(self, into: Path, fate: str, dice: random.Random) -> None:
        """Write what is left of everything into a new folder."""
        _write(self._top, into, fate, dice)

    def _hear(self, mark: Mapping[str, Any]) -> None:
        """Take in what stood there before the program began."""
        if "stands" not in mark:
            return
        path = Path(mark["stands"])
        node: File | Folder = Folder()
        if not mark["folder"]:
            node = File(bytearray((self._start / path).read_bytes()))
        self._nodes[mark["inode"]] = node
        if path == Path():
            self._top = Folder()
            self._nodes[mark["inode"]] = self._top
            return
        folder = self._folder(self._root / path)
        folder.change(**{path.name: node})
        folder.sync()

    def _make(self, op: Op) -> None:
        node: File | Folder = File() if op.kind == "C" else Folder()
        self._nodes[op.inode] = node
        self._folder(op.path).change(**{op.path.name: node})

    def _move(self, op: Op) -> None:
        folder, old, new = self._folder(op.path), op.path, op.new_path
        assert old.parent == new.parent, "nothing is moved from one folder to another"
        folder.change(**{old.name: None, new.name: folder.live[old.name]})

    def _folder(self, path: Path) -> Folder:
        node = self._top
        for part in path.relative_to(self._root).parts[:-1]:
            node = node.live[part]
        return node


def _write(folder: Folder, into: Path, fate: str, dice: random.Random) -> None:
    into.mkdir()
    for name, node in folder.after_cut(fate, dice).items():
        if isinstance(node, Folder):
            _write(node, into / name, fate, dice)
        else:
            (into / name).write_bytes(node.after_cut(fate, dice))


@dataclass(frozen=True, slots=True)
class Cut:
    """Power that goes off after so many calls."""

    after: int
    fate: str
    seed: str


def draw_cuts(ops: Sequence[Op], seed: str, number: int, within: str = "") -> list[Cut]:
    """Draw places, in the order of the calls, never before the program has begun, and fates.

    Every fate has its share, so that figures do not depend on how they happen to fall. Half of the
    cuts come after a call that is no write: those are few, and with them promises are kept.

    Args:
        ops: what was noted.
        seed: of the draw.
        number: of the cuts.
        within: what is to be under way; anything if it is empty.
    """
    dice = random.Random(seed)
    begun = next(at for at, op in enumerate(ops) if op.kind != "M")
    within_it = _under_way(ops, within) if within else range(begun, len(ops) + 1)
    telling = [at for at in within_it if at and ops[at - 1].kind != "W"]
    half = number // 2
    places = sorted(dice.choices(telling, k=half) + dice.choices(within_it, k=number - half))
    fates = [FATES[turn % len(FATES)] for turn in range(number)]
    dice.shuffle(fates)
    return [
        Cut(at, fate, f"{seed}/{turn}")
        for turn, (at, fate) in enumerate(zip(places, fates, strict=True))
    ]


def _under_way(ops: Sequence[Op], what: str) -> list[int]:
    places: list[int] = []
    first = 0
    for at, op in enumerate(ops):
        if op.kind == "M" and op.mark.get("from") == what:
            first = at
        elif op.kind == "M" and op.mark.get("to") == what:
            places += range(first, at + 1)
    return places


def images(
    ops: Sequence[Op], root: Path, start: Path, cuts: Sequence[Cut], work: Path
) -> Iterator[tuple[Cut, Path]]:
    """Build what is left after each cut, one after the other."""
    disk, done = Disk(root, start), 0
    for turn, cut in enumerate(cuts):
        for op in ops[done : cut.after]:
            disk.apply(op)
        done = cut.after
        into = work / f"cut-{turn}"
        disk.cut(into, cut.fate, random.Random(cut.seed))
        yield cut, into
