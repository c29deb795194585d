"""`mesodesk demo`: make (once) and open a demonstration clinic."""

import argparse

from mesodesk.commands.common import add_vault_options, fail, run_window, say

HELP = "make (once) and open a demonstration clinic"


def add(parser: argparse.ArgumentParser) -> None:
    add_vault_options(parser)


def run(options: argparse.Namespace) -> int:
    from mesodesk.preflight import problem

    if (sentence := problem()) is not None:
        return fail(sentence)
    from mesodesk.demo import DEMO_PASSWORD, make_demo

    folder = make_demo(getattr(options, "data", None), say=say)
    return run_window(folder, DEMO_PASSWORD)
