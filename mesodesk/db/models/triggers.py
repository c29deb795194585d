"""Triggers that refuse a write; the tables that need one say when and why."""


def refusal(name: str, event: str, condition: str, sentence: str) -> str:
    """Return a statement that makes a trigger.

    Args:
        name: of the trigger.
        event: what is refused: `DELETE ON session`.
        condition: over OLD and NEW; an empty one refuses always.
        sentence: why, for who reads the driver's error.
    """
    when = f" WHEN {condition}" if condition else ""
    return (
        f"CREATE TRIGGER {name} BEFORE {event} FOR EACH ROW{when}"
        f" BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
    )


def append_only(table: str) -> tuple[str, str]:
    """Return the statements that make a table's rows final."""
    sentence = f"{table} is append-only"
    return (
        refusal(f"{table}_no_update", f"UPDATE ON {table}", "", sentence),
        refusal(f"{table}_no_delete", f"DELETE ON {table}", "", sentence),
    )
