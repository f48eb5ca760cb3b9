"""Services, and a bare route beside them, as processes of their own for the load of ``service_read``."""

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import jwt
import psutil
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from fastapi import Depends, FastAPI, HTTPException
from jwt.algorithms import OKPAlgorithm
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from benchmarks._load import free_port, pin, wait_for
from benchmarks._processes import BEGINNING
from services.appraisal import main as appraisal
from services.incentive import main as incentive
from services.kit.access.revocations import stored
from services.kit.access.tokens import TOKEN_TYPE, FixedKeys, claims_of
from services.kit.clock import SystemClock
from services.kit.database.sessions import Database
from services.kit.identity import Caller
from services.kit.observation import logs, telemetry
from services.kit.polled import Polled
from services.kit.web.application import AppContext
from services.org import main as org
from services.org.identity.usecases.signing import SigningKey
from services.org.people.store.tables import EmployeeRow

ISSUER = "benchmark"
BARE = "bare"
MAINS = {"org": org, "appraisal": appraisal, "incentive": incentive}


@dataclass(frozen=True)
class Running:
    """A process that answers on a port."""

    process: psutil.Process
    port: int


@dataclass(frozen=True)
class Signer:
    """Signs access tokens with a key that the services are told of."""

    pem: bytes

    @classmethod
    def fresh(cls) -> "Signer":
        """One with a key of its own."""
        return cls(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    @property
    def keys(self) -> FixedKeys:
        """The public half, as a service holds it."""
        key = load_pem_private_key(self.pem, None)
        assert isinstance(key, Ed25519PrivateKey)
        public = json.loads(OKPAlgorithm.to_jwk(key.public_key()))
        return FixedKeys({"keys": [{**public, "kid": "benchmark", "use": "sig", "alg": "EdDSA"}]})

    def token(self, caller: Caller) -> str:
        """An access token that is good for an hour."""
        now = datetime.now(UTC)
        claims = claims_of(replace(caller, issued_at=None)) | {
            "iss": ISSUER,
            "aud": ["org", "appraisal", "incentive"],
            "iat": now,
            "exp": now + timedelta(hours=1),
            "jti": uuid4().hex,
        }
        return jwt.encode(claims, self.pem, algorithm="EdDSA", headers={"typ": TOKEN_TYPE, "kid": "benchmark"})


class Person(BaseModel):
    """What the bare route answers."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    number: str
    name: str
    email: str | None
    revision: int


def bare(url: str) -> FastAPI:
    """The measure: one route, one session, one row by its key, one model; nothing else."""
    sessions = async_sessionmaker(create_async_engine(url, pool_size=10, max_overflow=0), expire_on_commit=False)

    async def opened() -> AsyncIterator[AsyncSession]:
        async with sessions() as session:
            yield session

    app = FastAPI()

    @app.get("/employees/{employee_id}")
    async def read(employee_id: UUID, session: Annotated[AsyncSession, Depends(opened)]) -> Person:
        row = await session.get(EmployeeRow, employee_id)
        if row is None:
            raise HTTPException(404)
        return Person.model_validate(row)

    return app


def service(name: str, url: str, signer: Signer) -> FastAPI:
    """A service as it runs, with its logs and traces, polling revocations; only the key of tokens is ours."""
    logs.set_up(name)
    telemetry.trace_requests(name)
    database = Database(url)
    context = AppContext(
        name=name,
        issuer=ISSUER,
        sessions=database,
        keys=signer.keys,
        clock=SystemClock(),
        zone=ZoneInfo("Asia/Shanghai"),
        cursor_key=b"only-for-benchmarks",
        token_lifetime=timedelta(hours=1),
        revoked=(Polled(stored(database, timedelta(hours=1))),),
    )
    build: Any = MAINS[name].build
    keys = {"signing_key": SigningKey.of_pem(signer.pem.decode(), ISSUER)} if name == "org" else {}
    app: FastAPI = build(context, **keys)
    return app


def serve(name: str, url: str, signer: Signer, port: int) -> None:
    """Be a service, or the bare route; the log goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    app = bare(url) if name == BARE else service(name, url, signer)
    uvicorn.run(app, port=port, log_config=None, access_log=False)


@contextmanager
def running(name: str, url: str, signer: Signer) -> Iterator[Running]:
    """The process of a service on the first core, while the block lasts."""
    port = free_port()
    process = BEGINNING.Process(target=serve, args=(name, url, signer, port), daemon=True)
    process.start()
    assert process.pid is not None
    pin(process.pid, 0)
    try:
        wait_for(port)
        yield Running(psutil.Process(process.pid), port)
    finally:
        process.terminate()
        process.join()
