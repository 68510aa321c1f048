# The app, for a reverse proxy that does the login: see docs/start/hosting.md.
FROM python:3.11-slim AS wheel
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY reference_tables reference_tables
COPY grading grading
COPY grading_app grading_app
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim
# what is bound here is there while it is installed, and in no layer
RUN --mount=type=bind,from=wheel,source=/wheels,target=/wheels \
    --mount=type=bind,source=constraints.txt,target=/constraints.txt \
    pip install --no-cache-dir --constraint /constraints.txt "$(echo /wheels/*.whl)[app,agree,dicom,excel,stats]"
COPY hosting/healthcheck.py /healthcheck.py
WORKDIR /nowhere
# it owns nothing and has no home: what it needs is installed, and what it is given stays in memory
USER 65534:65534
# the name a browser asks for is given by compose.yaml; without one the server would look its own address up
ENV HOME=/nonexistent \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_BROWSER_SERVER_ADDRESS=localhost
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "/healthcheck.py"]
CMD ["echograde", "app", "--no-browser", "--port", "8501"]
