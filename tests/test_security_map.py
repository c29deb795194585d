"""`docs/security.md` is complete and true as far as a text can be: numbers, names, modules."""

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from named_tests import ROOT, missing, named

DOCUMENT = ROOT / "docs" / "security.md"
STANDARD = ROOT / "tests" / "data" / "standards" / "asvs-5.0.0.toml"
EVERY_LEVEL = {"11", "16"}
STATES = {"held", "in part", "not held", "-"}
ASVS = re.compile(r"V(\d+\.\d+)\.(\d+)(?:-V(\d+\.\d+)\.(\d+))?")
CRITERION = re.compile(r"\(d\)\(\d+\)")
CRYPTOGRAPHY = ("argon2", "cryptography", "hashlib", "hmac", "secrets", "sqlcipher3")


def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def rows(whole: str) -> list[list[str]]:
    """Return the cells of every row of every table."""
    lines = (line for line in whole.splitlines() if line.startswith("| "))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def requirements(whole: str) -> list[list[str]]:
    wanted = (ASVS.fullmatch, CRITERION.fullmatch)
    return [row for row in rows(whole) if any(fits(row[0]) for fits in wanted)]


def numbers(cell: str) -> list[str]:
    """Return the numbers that a first cell stands for."""
    if CRITERION.fullmatch(cell):
        return [cell]
    section, first, end, last = ASVS.fullmatch(cell).groups()
    assert end in (None, section), f"{cell} goes beyond a section"
    return [f"V{section}.{one}" for one in range(int(first), int(last or first) + 1)]


def wanted() -> list[str]:
    levels = tomllib.loads(STANDARD.read_text(encoding="utf-8"))["levels"]
    asvs = [
        f"V{section}.{at}"
        for section, each in levels.items()
        for at, level in enumerate(each, 1)
        if level in "12" or section.split(".")[0] in EVERY_LEVEL
    ]
    return asvs + [f"(d)({number})" for number in range(1, 14)]


def differing(whole: str) -> dict[str, int]:
    """Return what is there too seldom (-1) or too often (1 or more)."""
    found = Counter(number for row in requirements(whole) for number in numbers(row[0]))
    found.subtract(wanted())
    return {number: times for number, times in found.items() if times}


def test_every_requirement_stands_there_once():
    assert differing(text()) == {}
    assert len(wanted()) == 70 + 183 + 10 + 1 + 13


def test_a_requirement_that_is_left_out_or_twice_would_be_noticed():
    line = next(one for one in text().splitlines() if one.startswith("| V2.3.3 |"))
    assert differing(text().replace(line, "")) == {"V2.3.3": -1}
    assert differing(f"{text()}\n{line}") == {"V2.3.3": 1}


def test_every_test_that_is_named_exists():
    assert len(named(text())) > 150
    assert missing(text()) == []


def test_every_document_that_is_named_exists():
    named_files = set(re.findall(r"`((?:docs|mesodesk|requirements)/[\w./-]+)`", text()))
    assert [one for one in named_files if not (ROOT / one).is_file()] == []


def test_each_line_says_what_it_means_how_it_stands_and_why():
    for number, meaning, state, why in requirements(text()):
        assert len(meaning) > 2, number
        assert state in STATES, number
        # A reason in words, or a test; what is not held needs words.
        enough = bool(named(why)) if state == "held" else False
        assert enough or len(re.sub(r"`[^`]*`", "", why)) > 7, number


def test_each_threat_has_a_test():
    begin = text().index("| Threat |")
    threats = rows(text()[begin : text().index("### Three kinds of data")])[2:]
    assert len(threats) == 19
    assert [row[0] for row in threats if not named(row[2])] == []


# The list of cryptography


def using(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Import):
            names = [one.name for one in node.names]
        if any(name.split(".")[0] in CRYPTOGRAPHY for name in names):
            return True
    return False


def test_the_list_of_cryptography_is_that_of_the_source():
    begin = text().index("| Module |")
    told = [row[0].strip("`") for row in rows(text()[begin : text().index("**Times.**")])[2:]]
    paths = sorted((ROOT / "mesodesk").rglob("*.py"))
    assert sorted(told) == [path.relative_to(ROOT).as_posix() for path in paths if using(path)]


def test_a_module_that_uses_cryptography_is_found(tmp_path):
    for at, line in enumerate(("import hmac", "from cryptography.x import AES", "def f(): pass")):
        (tmp_path / f"{at}.py").write_text(line)
    assert [using(path) for path in sorted(tmp_path.iterdir())] == [True, True, False]


@pytest.mark.parametrize("module", ["anchor", "audit", "keyfile", "manifest", "attempts"])
def test_digests_under_a_key_are_compared_in_constant_time(module):
    tree = ast.parse((ROOT / "mesodesk" / "vault" / f"{module}.py").read_text(encoding="utf-8"))
    assert plain_comparisons(tree) == []


def plain_comparisons(tree: ast.AST) -> list[str]:
    """Return comparisons by == of something called a MAC."""
    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops)
        and re.search(r"\bmac\b|_mac\(", ast.unparse(node))
    ]


def test_a_comparison_that_stops_early_would_be_noticed():
    assert plain_comparisons(ast.parse("if self.mac == _mac(key): pass"))
