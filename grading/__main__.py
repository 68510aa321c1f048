"""`python -m grading` is `echograde`."""

from grading.cli import main

main()
