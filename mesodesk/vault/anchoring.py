"""Keeps the anchor of an open vault abreast of its database."""

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from mesodesk.vault.anchor import Anchor, AnchorKeeper, write_anchor
from mesodesk.vault.parts import VaultParts

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from mesodesk.vault.far_anchor import FarAnchor
    from mesodesk.vault.findings import Finding


class Anchoring:
    """Writes the anchor a second after commits, and whenever it is told to."""

    def __init__(self, parts: VaultParts, key_generation: Callable[[], int]) -> None:
        """Listen to the engine from now on.

        Args:
            parts: of the vault.
            key_generation: returns that of the key file as it stands.
        """
        from sqlalchemy import event

        self._parts = parts
        self._key_generation = key_generation
        self._writing = threading.Lock()
        self._written: tuple[int, bytes] = (0, b"")
        self._counts: tuple[int, Mapping[str, int]] = (0, {})
        self._far: FarAnchor | None = None
        self._keeper = AnchorKeeper(self._write_what_is_committed)
        event.listen(parts.engine, "commit", self._committed)

    def write(self) -> None:
        """Write the anchor now.

        Raises:
            OSError: if the disk refuses; the anchor before stays.
        """
        self._write_what_is_committed(even_if_known=True)
        self._write_far()

    def write_last(self) -> None:
        """Count the rows of each table and write the anchor with them; for closing.

        Raises:
            OSError: if the disk refuses; the anchor before stays.
        """
        from mesodesk.vault.identity import committed_head, row_counts

        counts = row_counts(self._parts.engine)
        self._counts = (committed_head(self._parts.engine)[0], counts)
        self.write()

    def anchor_far(self, folder: "Path") -> tuple["Finding", ...]:
        """Compare with the anchor in a folder of the settings, log what it tells, keep one there.

        Raises:
            SQLAlchemyError: if the database cannot be read or written.
        """
        from mesodesk.vault.audit import AuditFact
        from mesodesk.vault.far_anchor import FarAnchor

        parts = self._parts
        self._far = FarAnchor(folder, parts.keys)
        with parts.engine.begin() as connection:
            found = self._far.compare(connection)
            for finding in found:
                details = {"area": finding.area, "sentence": finding.sentence}
                fact = AuditFact(
                    None,
                    "",
                    "vault.finding",
                    "vault",
                    parts.keys.vault_id,
                    outcome=finding.severity,
                    details=details,
                )
                parts.audit.append(connection, fact)
        self._write_far()
        return found

    def _write_far(self) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        from mesodesk.db.engine import READ_ONLY

        if self._far is None:
            return
        # The vault's own anchor is the one that counts; this one is written again at the next lock.
        with contextlib.suppress(OSError, SQLAlchemyError):
            reading = self._parts.engine.connect().execution_options(**READ_ONLY)
            with reading as connection:
                self._far.write(connection, self._parts.clock.now())

    def stop(self) -> None:
        """Follow no more commits."""
        self._keeper.stop()

    def _committed(self, _connection: "Connection") -> None:
        self._keeper.committed()

    def _write_what_is_committed(self, *, even_if_known: bool = False) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        from mesodesk.db.errors import StorageError
        from mesodesk.vault.identity import committed_head

        with self._writing:
            try:
                # Read back rather than remembered: what was rolled back must never be anchored.
                seq, head = committed_head(self._parts.engine)
            except (SQLAlchemyError, StorageError) as error:
                raise OSError("the database cannot be read") from error
            if even_if_known or (seq, head) != self._written:
                write_anchor(self._parts.folder, self._anchor(seq, head), self._parts.keys)
                self._written = (seq, head)

    def _anchor(self, seq: int, head: bytes) -> Anchor:
        return Anchor(
            vault_id=self._parts.keys.vault_id,
            seq=seq,
            head=head,
            written_at=self._parts.clock.now(),
            failures=self._parts.attempts.total,
            key_generation=self._key_generation(),
            counts_seq=self._counts[0],
            counts=self._counts[1],
        )
