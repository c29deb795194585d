"""Nothing that people read may promise a result or speak of approval."""

import re
from pathlib import Path

import pytest

from mesodesk.assets import resources
from mesodesk.domain.clinical_files import folder

FORBIDDEN = re.compile(
    r"""
      fda[\s-]*approved | approved\s+by\s+the\s+fda | approuvé\s+par\s+la\s+fda
    | approvat\w+\s+dalla\s+fda | aprobad\w+\s+por\s+la\s+fda
    | dissolv | melts?\s+(?:away\s+)?fat | burns?\s+fat
    | fait\s+fondre | dissou[st] | sciogli | disuelv
    | pounds?\s+(?:a|per)\s+week | une\s+livre\s+par\s+semaine
    | no\s+recovery(?!\s+(?:key|kit)) | no\s+down\s?time | sans\s+éviction | senza\s+convalescenza
    | guaranteed\s+results? | proven\s+(?:results?|effective) | clinically\s+proven
    | permanent(?:ly)?\s+(?:results?|removes?) | 5\s*(?:-|to)\s*7\s+treatments
    | results?\s+after\s+\d | lose\s+\d+\s+(?:kg|lb|pounds?|inches)
    """,
    re.IGNORECASE | re.VERBOSE,
)
TEXT_FILES = {".toml", ".json", ".ts", ".qss", ".svg", ".typ", ".md", ".txt", ".html", ".csv"}


def read_by_people() -> list[Path]:
    """Return resources, the program's sources, which hold its sentences, and the documentation."""
    project = Path(__file__).parents[2]
    texts = [path for path in resources().rglob("*") if path.suffix in TEXT_FILES]
    texts += (project / "mesodesk").rglob("*.py")
    texts += (project / "docs").rglob("*.md")
    return [*texts, *project.glob("*.md")]


def test_nothing_read_by_people_makes_a_forbidden_claim():
    read = read_by_people()
    assert len(read) > 40
    claims = [
        f"{path}: {match.group(0)!r}"
        for path in read
        for match in FORBIDDEN.finditer(path.read_text(encoding="utf-8"))
    ]
    assert claims == []


@pytest.mark.parametrize(
    "claim",
    [
        "An FDA-approved treatment",
        "approved by the FDA",
        "It dissolves fat and cellulite",
        "about one pound a week",
        "No recovery time",
        "no downtime",
        "5-7 treatments before results",
        "fait fondre la graisse",
        "scioglie il grasso",
        "disuelve la grasa",
        "guaranteed result",
        "lose 3 kg",
    ],
)
def test_a_claim_would_be_found(claim):
    assert FORBIDDEN.search(claim)


def test_every_source_is_used():
    text = "".join(path.read_text("utf-8") for path in folder().glob("*.toml"))
    named = {
        name for part in re.findall(r"sources = \[([^\]]*)\]", text) for name in part.split('"')
    }
    held = set(re.findall(r'\[\[source\]\]\nid = "(\w+)"', text))
    assert held <= named
