"""The services that ours is compared with: the usual one, and two that compute nothing.

`usual` is what tutorials teach: a pydantic model, a DataFrame of one row, predict_proba, a lock.
`fastapi_constant` answers a constant through FastAPI; `asgi_constant` without it, which is the
floor of the very server that ours runs on. `script` does the same after one script call to Redis
or Valkey that reads a key and writes it: the floor of a decision whose state lies there.
"""

from __future__ import annotations

import argparse
import os
import threading
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
import redis
import uvicorn
from fastapi import FastAPI
from pydantic import create_model

CONSTANT = {
    "fraud_probability": 0.0123456789,
    "is_flagged": False,
    "model_version": "fraud_detector_20261123_063000",
    "reasons": [],
}


def usual(path: Path, numeric: list[str], categorical: list[str]) -> FastAPI:
    pipeline = joblib.load(path)
    lock = threading.Lock()
    app = FastAPI()
    fields: dict[str, Any] = dict.fromkeys(numeric, (float, ...))
    fields |= dict.fromkeys(categorical, (str, ...))
    payment: Any = create_model("Payment", **fields)

    def predict(body: Any) -> dict[str, Any]:
        frame = pd.DataFrame([body.model_dump()])
        with lock:
            probability = float(pipeline.predict_proba(frame)[0, 1])
        return {"fraud_probability": round(probability, 4), "is_flagged": probability >= 0.5}

    predict.__annotations__["body"] = payment
    app.post("/predict")(predict)
    return app


def fastapi_constant() -> FastAPI:
    app = FastAPI()
    payment: Any = create_model("Anything", __config__={"extra": "allow"})

    async def predict(body: Any) -> dict[str, Any]:  # noqa: ARG001
        return CONSTANT

    predict.__annotations__["body"] = payment
    app.post("/predict")(predict)
    return app


async def asgi_constant(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    await receive()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BODY))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _BODY})


_SCRIPT = "redis.call('SET', KEYS[1], ARGV[1]); return redis.call('GET', KEYS[1])"


def script(url: str) -> Any:
    client: Any = redis.Redis.from_url(url)
    call = client.register_script(_SCRIPT)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        call(keys=[b"bare"], args=[_BODY])
        await asgi_constant(scope, receive, send)

    return app


_BODY = (
    b'{"fraud_probability":0.0123456789,"is_flagged":false,'
    b'"model_version":"fraud_detector_20261123_063000","reasons":[]}'
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=["usual", "fastapi_constant", "asgi_constant", "script"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--core", type=int)
    parser.add_argument("--pipeline", type=Path)
    parser.add_argument("--url", default="")
    parser.add_argument("--numeric", default="")
    parser.add_argument("--categorical", default="")
    args = parser.parse_args()
    if args.core is not None:
        os.sched_setaffinity(0, {args.core})
    apps: dict[str, Any] = {
        "usual": lambda: usual(args.pipeline, args.numeric.split(","), args.categorical.split(",")),
        "fastapi_constant": fastapi_constant,
        "asgi_constant": lambda: asgi_constant,
        "script": lambda: script(args.url),
    }
    uvicorn.run(
        apps[args.which](), host="127.0.0.1", port=args.port, log_level="warning",
        access_log=False, server_header=False, date_header=False, lifespan="off",
    )  # fmt: skip


if __name__ == "__main__":
    main()
