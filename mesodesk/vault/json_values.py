"""Values read from a file of ours that somebody may have changed: taken only as what they are."""

from collections.abc import Mapping


def mapping(value: object) -> Mapping[str, object]:
    """Return an object of JSON.

    Raises:
        TypeError: if it is anything else.
    """
    if not isinstance(value, dict):
        raise TypeError("an object is needed")
    return value


def whole(value: object) -> int:
    """Return a whole number; true and false are none.

    Raises:
        TypeError: if it is anything else.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a whole number is needed")
    return value
