# One image for every part of Merit; docker-compose.yml says which command each container runs.
ARG PYTHON=python:3.13-slim
FROM ${PYTHON}

ENV PATH=/srv/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin merit

# The packages change more rarely than the code, so they are a layer of their own.
COPY requirements.lock /srv/requirements.lock
RUN python -m venv /srv/venv && pip install --require-hashes -r /srv/requirements.lock

WORKDIR /srv/merit
COPY alembic.ini ./
COPY migrations migrations
COPY services services
COPY gateway gateway
COPY deploy deploy
# The file system is read-only when it runs: what Python would write beside the code is made now.
RUN python -m compileall -q services gateway deploy migrations

USER 10001:10001
CMD ["python", "-m", "gateway"]
