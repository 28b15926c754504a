# The GraphiQL page, built from our own sources.
FROM node:22-bookworm-slim AS page
RUN apt-get update && apt-get install -y --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY graphiql graphiql
RUN python3 graphiql/build.py /page

# The virtual environment, made by the same script as everywhere else; a venv only works at its own path.
FROM python:3.11-slim-bookworm AS environment
WORKDIR /app
COPY scripts/setup scripts/setup
COPY requirements.lock ./
RUN scripts/setup

FROM python:3.11-slim-bookworm
# PostgreSQL looks its user up in /etc/passwd.
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin dangjian \
    && install --directory --owner=dangjian --mode=0700 /data
WORKDIR /app
COPY --from=environment /app/.venv .venv
COPY --from=page /page page
COPY . .
# Listening beyond loopback refuses the demo accounts.
ENV DANGJIAN_HOST=0.0.0.0 DANGJIAN_PORT=8000 DANGJIAN_VAR=/data PYTHONDONTWRITEBYTECODE=1
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD [".venv/bin/python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['DANGJIAN_PORT'] + '/health/live', timeout=4)"]
# The page belongs into the volume, which hides what the image has there.
ENTRYPOINT ["/bin/sh", "-c", "mkdir -p \"$DANGJIAN_VAR/graphiql\" && cp -RT page \"$DANGJIAN_VAR/graphiql\" && exec .venv/bin/dangjian \"$@\"", "dangjian"]
CMD ["serve", "--no-demo"]
