"""The command line: arguments in, files and text out, exit codes honest.

`edge` is where the program begins and ends; it is there before the commands of `main` are imported.
"""

from grading.cli.edge import main

__all__ = ["main"]
