"""Tests that a document names: are they still there. Looked up in the source, without importing."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def named(text: str) -> list[str]:
    """Return every test that a text names, as `file::function`."""
    return [f"{file}::{name}" for file, name in NAMED.findall(text)]


def missing(text: str) -> list[str]:
    """Return the tests named in a text that there are not."""
    return [
        f"{file}::{name}" for file, name in NAMED.findall(text) if name not in _functions_of(file)
    ]


@cache
def _functions_of(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
