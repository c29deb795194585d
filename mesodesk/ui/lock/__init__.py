"""The lock of the window: who is in, who comes in, and what must not stay in sight."""
