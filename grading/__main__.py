"""`python -m grading` is `echograde`."""

from grading.cli.edge import main

main()
