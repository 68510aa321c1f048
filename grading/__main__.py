"""`python -m grading` is `echograde`."""

from grading.cli.main import main

main()
