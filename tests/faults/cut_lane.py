"""Judges what power cuts leave of a recorded run; several processes share the cuts among them."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "e2e"))

from cut_evening import read_back_here
from cut_oracle import Broken, judge
from cut_replay import draw_cuts, images, read_log
from cut_story import Story, story_of

from mesodesk.vault.inspection import inspect

EVERY_THOROUGHLY = 20


@dataclass(frozen=True)
class Recording:
    """A run that was noted call by call: its log, where it worked, and what stood there before."""

    log: Path
    root: Path
    start: Path


@dataclass(frozen=True)
class Share:
    """Which cuts: every `lanes`-th of those that the seed draws, from the `lane`-th on.

    All of them while what `within` names is under way, or anywhere.
    """

    seed: str
    cuts: int
    lane: int = 0
    lanes: int = 1
    within: str = ""


def judge_share(recording: Recording, share: Share, work: Path) -> dict[str, Any]:
    """Judge some of the cuts, in an empty folder.

    Returns `cuts`, `kept` (receipts given before them), `salts` (which databases were found, by
    their first bytes: each key has its own), and `broken`: for each cut that breaks a promise its
    place, its fate and how it shows.
    """
    read_back_here()
    ops = read_log(recording.log)
    cuts = draw_cuts(ops, share.seed, share.cuts, share.within)[share.lane :: share.lanes]
    told: dict[str, Any] = {"cuts": 0, "kept": 0, "salts": [], "broken": []}
    for cut, image in images(ops, recording.root, recording.start, cuts, work):
        marks = [op.mark for op in ops[: cut.after] if op.kind == "M"]
        later = [op.mark for op in ops[cut.after :] if op.kind == "M"]
        story = story_of(marks, later)
        told["kept"] += story.kept
        told["cuts"] += 1
        broken = _judged(image / "vault", story, thorough=told["cuts"] % EVERY_THOROUGHLY == 0)
        told["salts"].append(_salt(image / "vault" / "clinic.db"))
        if broken:
            how = [str(one) for one in broken]
            told["broken"].append({"after": cut.after, "fate": cut.fate, "how": how})
        shutil.rmtree(image)
    return told


def _salt(database: Path) -> str:
    return database.read_bytes()[:16].hex() if database.is_file() else ""


def _judged(vault: Path, story: Story, *, thorough: bool) -> list[Broken]:
    if not inspect(vault).is_absent:
        return judge(vault, story, thorough=thorough)
    # A vault that was being made may be missing, but not once somebody was told that it is there.
    return [Broken("c", "the vault is not there")] if story.kept else []
