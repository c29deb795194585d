"""The first user of a new vault."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewOwner:
    """Who makes the vault; the name is shown where the password is asked for."""

    name: str
    initials: str = ""
