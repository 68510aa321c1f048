"""echograde's front end, as `echograde app` starts it."""

from grading_app.router import main

if __name__ == "__main__":
    main()
