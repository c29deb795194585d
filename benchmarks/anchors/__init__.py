"""Windows that do next to nothing, run as programs of their own beside what is measured."""
