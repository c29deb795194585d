"""`mesodesk check`: examine a whole vault."""

import argparse

from mesodesk.commands.common import add_vault_options, ask, password_from_file, say, vault_folder

HELP = "examine a whole vault; one line a finding"


def add(parser: argparse.ArgumentParser) -> None:
    add_vault_options(parser)


def run(options: argparse.Namespace) -> int:
    from mesodesk.services.checking import check_folder
    from mesodesk.vault.registry import far_anchors

    password = password_from_file(options) or ask("Password: ")
    findings = check_folder(vault_folder(options), password, far_anchors())
    for finding in findings:
        print(finding.line)
    if findings:
        return 1
    say("no finding: pages, references, seals, audit chain and charts are as they were written")
    return 0
