"""When a field may be shown another value."""

from mesodesk.ui.widgets.field import Field


def may_set(field: Field) -> bool:
    """Tell whether nobody types in a field, and nothing wrong in it waits to be put right."""
    proxy = field.focusProxy()
    return not field.error() and not (proxy is not None and proxy.hasFocus())
