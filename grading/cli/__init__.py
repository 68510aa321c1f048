"""The command line: arguments in, files and text out, exit codes honest."""

from grading.cli.main import app, main

__all__ = ["app", "main"]
