"""Asking who is at the desk for their password or PIN once more, before what counts is done."""

from collections.abc import Callable

from mesodesk.domain.rights import Right
from mesodesk.services.store import Store
from mesodesk.vault.errors import TooSoonError, WrongPasswordError, WrongPinError


def prove(store: Store, right: Right, typed: str, *, by_pin: bool = False) -> None:
    """Make sure that it is who is at the desk. Slow on purpose, so outside of transactions.

    Args:
        store: of the desk.
        right: what it is asked for; who acts must have it.
        typed: a wrong password or PIN counts like one at the door, and is on the audit chain.
        by_pin: whether it is the PIN. Never where keys are given or taken.

    Raises:
        NotAllowedError: if who acts does not have the right.
        WrongPasswordError: if it is another one, with the seconds to wait.
        TooSoonError: if such a pause is not over; nothing was tried.
        WrongPinError: if it is another one; the third time it is gone.
        NoPinError: if there is none, or none any more: the password is needed.
    """
    store.need(right)

    def note(_why: str) -> None:
        with store.write(right) as tx:
            told = {"by_pin": True} if by_pin else {}
            tx.audit("user.proof_failed", "app_user", tx.actor.id, right=right.value, **told)

    prove_who_is_here(store, typed, note, by_pin=by_pin)


def prove_who_is_here(
    store: Store, typed: str, note: Callable[[str], None], *, by_pin: bool
) -> None:
    """As `prove`, with what is kept of a failure written by who asks; it gets the reason.

    Raises:
        WrongPasswordError: as `prove`, and the others of it.
    """
    entrance = store.vault.entrance
    check = entrance.prove_pin if by_pin else entrance.prove
    try:
        check(store.vault.user_id, typed)
    except TooSoonError:
        raise  # nothing was tried
    except (WrongPasswordError, WrongPinError):
        note("pin" if by_pin else "password")
        raise
