"""One list of what the log can say: in the code, in the document, in what the program writes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from mesodesk.domain.audit_actions import ACTIONS, action_words

ROOT = Path(__file__).parents[2]
CALLS = {"audit", "_audit", "_fact", "AuditFact", "_kept", "_note", "_log", "_close", "_change",
         "_prove_own", "_restate", "_file", "_record", "_finish", "_end", "_done",
         "kept_session"}  # fmt: skip
ACTION = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
DOCUMENT = ROOT / "docs" / "data-format.md"
WRITERS = ("services", "vault", "demo")
# Names of files and of settings, which look alike.
NO_ACTIONS = re.compile(
    r".*\.(json|db|lock|txt|bin|part|md|mesobackup)|own\.total_volume|kit\.make"
)


def said_in(source: str) -> Iterator[str]:
    """Yield the actions that a module hands to the log, or names for others to hand."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in CALLS:
                yield from _literals(node.args[:3])
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not isinstance(node.value, ast.Call):
            yield from _literals([node.value] if node.value is not None else [])


def _literals(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        for part in ast.walk(node):
            said = getattr(part, "value", None) if isinstance(part, ast.Constant) else None
            if isinstance(said, str) and ACTION.fullmatch(said) and not NO_ACTIONS.fullmatch(said):
                yield said


def written() -> dict[str, str]:
    """Return each action that is written somewhere, with a place."""
    return {
        action: str(path.relative_to(ROOT))
        for folder in WRITERS
        for path in sorted((ROOT / "mesodesk" / folder).rglob("*.py"))
        for action in said_in(path.read_text(encoding="utf-8"))
    }


def columns() -> set[str]:
    """Return `table.column` of every table: these look like actions too."""
    from mesodesk.db.metadata import full_metadata

    return {str(one) for table in full_metadata().tables.values() for one in table.columns}


def test_nothing_is_written_that_is_not_in_the_list():
    columns_ = columns()
    unknown = {a: at for a, at in written().items() if a not in ACTIONS and a not in columns_}
    assert unknown == {}


def test_an_unknown_action_would_be_found():
    assert list(said_in('tx.audit("patient.explode", "patient", one)')) == ["patient.explode"]
    assert list(said_in('MADE = "backup.invent"')) == ["backup.invent"]


def test_the_document_lists_the_same_actions():
    table = DOCUMENT.read_text(encoding="utf-8").partition("**Actions.**")[2]
    rows = [line for line in table.partition("**`audit_span`**")[0].splitlines() if "`" in line]
    listed = {action for row in rows for action in re.findall(r"`([a-z_]+\.[a-z_]+)`", row)}
    assert listed == set(ACTIONS)


def test_each_says_in_plain_words_what_was_done():
    for action, kind in ACTIONS.items():
        assert kind.words == action_words(action)
        assert kind.words[0].isupper()
        assert not kind.words.endswith(".")
    assert action_words("later.action") == "later.action"


def test_what_is_said_of_a_patients_record_is_found_by_the_patient():
    from mesodesk.db.metadata import full_metadata
    from mesodesk.services.log_patients import OWNED

    kinds = {action.split(".")[0] for action in ACTIONS}
    of_patients = {
        name for name, table in full_metadata().tables.items() if "patient_id" in table.columns
    }
    assert {"session", "consent", "measurement"} <= kinds & of_patients
    assert kinds & of_patients <= OWNED.keys()
