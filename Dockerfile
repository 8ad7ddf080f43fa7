# Inflow in a container: slim, not root, everything it writes below /var/lib/inflow.
#   docker build -t inflow .
#   docker run -v ./inflow.toml:/etc/inflow/inflow.toml:ro -v inflow:/var/lib/inflow -e INFLOW_IMAP_PASSWORD inflow
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /src
COPY requirements/base.txt requirements/build.txt requirements/
RUN python -m venv /opt/inflow \
    && /opt/inflow/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY src/ src/
RUN /opt/build/bin/pip wheel --no-cache-dir --no-build-isolation --no-deps --wheel-dir /wheels . \
    && /opt/inflow/bin/pip install --no-cache-dir --no-deps --no-index /wheels/*.whl

FROM ${BASE}
RUN useradd --system --uid 10001 --home-dir /var/lib/inflow --create-home --shell /usr/sbin/nologin inflow
COPY --from=build /opt/inflow /opt/inflow
ENV PATH=/opt/inflow/bin:$PATH INFLOW_CONFIG=/etc/inflow/inflow.toml PYTHONUNBUFFERED=1
USER inflow
WORKDIR /var/lib/inflow
VOLUME /var/lib/inflow
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1m --timeout=30s --start-period=30s --retries=3 CMD ["inflow", "status"]
ENTRYPOINT ["inflow"]
CMD ["run"]
