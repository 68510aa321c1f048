"""What Streamlit runs for every visit and every change."""

from grading_app.router import main

if __name__ == "__main__":
    main()
