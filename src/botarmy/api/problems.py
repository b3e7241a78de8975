"""Failures as RFC 9457 problem documents: the same code, sentence and action as everywhere, nothing technical."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from botarmy import telemetry
from botarmy.domain.errors import DomainError
from botarmy.ports import StoreUnavailable
from botarmy.service.asking import in_words

log = telemetry.logger("api")
_BY_STATUS: Final = {404: "not_found", 405: "not_allowed", 413: "too_large"}


def problem(error: DomainError, reference: str | None = None) -> JSONResponse:
    fields = error.problem(reference).fields()
    document = {"type": "about:blank", "title": error.message, "status": error.status, **fields}
    headers = {"retry-after": str(error.fields["seconds"])} if error.status == 429 else None
    return JSONResponse(document, error.status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    app.exception_handler(DomainError)(_refused)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_unserved)
    app.exception_handler(StoreUnavailable)(_unsaved)
    app.exception_handler(Exception)(_unexpected)


async def _refused(_: Request, error: DomainError) -> JSONResponse:
    if error.status < 500:
        return problem(error)
    reference = telemetry.reference()
    log.warning("request_failed", reference=reference, code=error.code, detail=error.detail)
    return problem(error, reference)


async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    fault = error.errors()[0]
    if fault["type"] == "json_invalid":
        return problem(DomainError("bad_json"))
    return problem(DomainError("bad_arguments", what=in_words(fault["type"], fault["loc"][1:])))


async def _unserved(_: Request, error: HTTPException) -> JSONResponse:
    if isinstance(error.__cause__, DomainError):
        return problem(error.__cause__)
    code = _BY_STATUS.get(error.status_code, "bad_json")
    return problem(DomainError(code, limit_kib=256) if code == "too_large" else DomainError(code))


async def _unsaved(_: Request, error: StoreUnavailable) -> JSONResponse:
    reference = telemetry.reference()
    log.error("storage_unavailable", reference=reference, exc_info=error)
    return problem(DomainError("storage_unavailable"), reference)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    reference = telemetry.reference()
    log.error("request_crashed", reference=reference, path=request.url.path, exc_info=error)
    return problem(DomainError("internal"), reference)
