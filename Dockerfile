# syntax=docker/dockerfile:1
# One image for every process of the distributed product. Nothing is compiled and nothing is taken from a package
# manager of the system: the packages of requirements/image.txt are installed from their wheels, each by its hash.
ARG PYTHON=python:3.11.14-slim-bookworm

FROM ${PYTHON} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
COPY requirements/image.txt /requirements.txt
RUN ["python", "-m", "venv", "/opt/pantau"]
RUN ["/opt/pantau/bin/python", "-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-compile", "--requirement", "/requirements.txt"]
RUN ["/opt/pantau/bin/python", "-m", "pip", "uninstall", "--yes", "pip", "setuptools"]
# by hash, not by time: equal sources give equal bytes, and nothing need be written when a process starts
RUN ["/opt/pantau/bin/python", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "/opt/pantau/lib"]

FROM ${PYTHON}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Pantau Layanan" \
      org.opencontainers.image.description="Live, provable indicators of public service from the events of its counters and systems" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
RUN ["useradd", "--uid", "10001", "--user-group", "--no-create-home", "--home-dir", "/var/lib/pantau", "--shell", "/usr/sbin/nologin", "pantau"]
RUN ["install", "--directory", "--owner", "10001", "--group", "10001", "--mode", "0700", "/var/lib/pantau"]
COPY --from=packages /opt/pantau /opt/pantau
COPY --chmod=0755 deploy/pantau /opt/pantau/bin/pantau
COPY LICENSE /usr/share/doc/pantau-layanan/LICENSE
COPY pantau /opt/pantau/lib/python3.11/site-packages/pantau
COPY producers /opt/pantau/lib/python3.11/site-packages/producers
COPY stream_processors /opt/pantau/lib/python3.11/site-packages/stream_processors
COPY storage /opt/pantau/lib/python3.11/site-packages/storage
COPY dashboards /opt/pantau/lib/python3.11/site-packages/dashboards
ENV PATH=/opt/pantau/bin:$PATH PYTHONUNBUFFERED=1 PYTHONSAFEPATH=1 PYTHONDONTWRITEBYTECODE=1
RUN ["python", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "/opt/pantau/lib/python3.11/site-packages/pantau", "/opt/pantau/lib/python3.11/site-packages/producers", "/opt/pantau/lib/python3.11/site-packages/stream_processors", "/opt/pantau/lib/python3.11/site-packages/storage", "/opt/pantau/lib/python3.11/site-packages/dashboards"]
WORKDIR /var/lib/pantau
USER 10001:10001
EXPOSE 8320 8331
# of gateway and page; a worker listens elsewhere and says so in docker-compose.yml
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8320/health/live', timeout=4)"]
ENTRYPOINT ["pantau"]
CMD ["--help"]
