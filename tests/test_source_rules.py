"""What the source of the program must not do, read from its text; `docs/security.md` relies on it.

Each rule is tried on a line that breaks it, so that a rule that sees nothing is noticed.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NETWORK = {
    "aiohttp", "asyncio", "ftplib", "http", "httpx", "imaplib", "poplib", "requests", "smtplib",
    "socket", "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "webbrowser", "xmlrpc",
    "PySide6.QtNetwork", "PySide6.QtWebSockets", "PySide6.QtHttpServer",
}  # fmt: skip
CODE_IN_DATA = {"pickle", "marshal", "shelve", "dill", "joblib", "yaml", "xml", "lxml"}
WEAK_HASHES = {"md5", "sha1", "new"}
# Wakes the event loop when the system sends a signal: a pair of sockets inside the process.
WITHIN_THE_PROCESS = {("mesodesk/around.py", "socket")}


@cache
def sources() -> dict[str, ast.Module]:
    paths = sorted((ROOT / "mesodesk").rglob("*.py"))
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in paths
    }


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def called(node: ast.AST) -> str:
    """Return the dotted name that a call is made by, as far as it has one."""
    names: list[str] = []
    place = node.func if isinstance(node, ast.Call) else None
    while isinstance(place, ast.Attribute):
        names.append(place.attr)
        place = place.value
    return ".".join([place.id, *reversed(names)]) if isinstance(place, ast.Name) else ""


def within(name: str, names: set[str]) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in names)


def to_the_network(tree: ast.AST) -> list[str]:
    return sorted({name for name in imports(tree) if within(name, NETWORK)})


def code_from_data(tree: ast.AST) -> list[str]:
    found = [name for name in imports(tree) if within(name, CODE_IN_DATA)]
    for node in nodes(tree):
        if called(node) in {"eval", "exec", "compile", "__import__"}:
            found.append(called(node))
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            found += [] if ast.unparse(node.value) == "False" else ["allow_pickle"]
    return found


def through_a_shell(tree: ast.AST) -> list[str]:
    found = []
    for node in nodes(tree):
        if called(node) in {"os.system", "os.popen", "subprocess.getoutput"}:
            found.append(called(node))
        if called(node) in {"subprocess.run", "subprocess.Popen", "subprocess.check_output"}:
            found += [] if isinstance(node.args[0], ast.List | ast.Name) else [ast.unparse(node)]
        if isinstance(node, ast.keyword) and node.arg == "shell":
            found.append("shell")
    return found


def weak_hashes(tree: ast.AST) -> list[str]:
    return [
        called(node)
        for node in nodes(tree)
        if called(node).rpartition(".")[0] == "hashlib" and called(node)[8:] in WEAK_HASHES
    ] + [name for name in imports(tree) if name in {"hashlib.md5", "hashlib.sha1"}]


def guessable_numbers(tree: ast.AST) -> list[str]:
    return [name for name in imports(tree) if within(name, {"random", "numpy.random"})]


def patterns_from_data(tree: ast.AST) -> list[str]:
    verbs = {f"re.{verb}" for verb in ("compile", "search", "match", "fullmatch", "sub", "split")}
    return [
        ast.unparse(node)
        for node in nodes(tree)
        if called(node) in verbs and not isinstance(node.args[0], ast.Constant)
    ]


RULES = {
    "network": (to_the_network, "from PySide6.QtNetwork import QTcpSocket"),
    "code from data": (code_from_data, "import pickle"),
    "code from text": (code_from_data, "eval(typed)"),
    "shell": (through_a_shell, "subprocess.run(f'mount {folder}', shell=True)"),
    "weak hash": (weak_hashes, "hashlib.md5(b'x')"),
    "guessable": (guessable_numbers, "from random import choice"),
    "pattern": (patterns_from_data, "re.search(typed, text)"),
}
# The demonstration clinic is invented with numbers that are the same each time.
ALLOWED = {"guessable": "mesodesk/demo/"}


@pytest.mark.parametrize("rule", RULES)
def test_the_program_keeps_the_rule(rule):
    look, _ = RULES[rule]
    found = {}
    for name, tree in sources().items():
        broken = [one for one in look(tree) if (name, one) not in WITHIN_THE_PROCESS]
        if broken and not name.startswith(ALLOWED.get(rule, "no folder")):
            found[name] = broken
    assert found == {}


@pytest.mark.parametrize("rule", RULES)
def test_a_line_that_breaks_the_rule_is_found(rule):
    look, breaking = RULES[rule]
    assert look(ast.parse(breaking))


def test_every_library_is_pinned_by_its_digest():
    for name in ("run.txt", "dev.txt", "atlas.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        lines = [one for one in text.replace("\\\n", " ").splitlines() if one.strip()]
        loose = [one for one in lines if not re.match(r"[\w.\[\]-]+==\S+ .*--hash=sha256:", one)]
        assert (len(lines) > 0, loose) == (True, [])


def test_what_is_installed_holds_the_program_and_its_resources_alone():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = told["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["mesodesk"]
    assert wheel["force-include"] == {"resources": "mesodesk/resources"}
    assert not list((ROOT / "mesodesk").rglob("test_*.py"))
