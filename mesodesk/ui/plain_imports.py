"""Takes PySide6's hook out of `import`. Import this before the other modules of the window.

PySide6 replaces `__import__` to look at the source of each module imported later, in case it says
`from __feature__ import ...`. None here does, and looking costs a fifth of each import's time.
"""

import builtins

_plain = getattr(builtins, "__orig_import__", None)
if _plain is not None:
    builtins.__import__ = _plain
