"""Models on Amazon Bedrock. Loads its library, which calls from threads: import where the first call is made."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import anyio.to_thread
import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoRegionError
from botocore.session import Session
from botocore.tokens import FrozenAuthToken
from pydantic_ai.models.bedrock import BedrockConverseModel
from pydantic_ai.providers.bedrock import BedrockProvider

from botarmy.domain.errors import DomainError
from botarmy.llm.models import Deadlines, Heard, OpenModel
from botarmy.llm.providers import Access


def open_model(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    """Raises DomainError `model_not_configured`."""
    client = _client(access, deadlines)
    loop = asyncio.get_running_loop()

    def hear(parsed: Mapping[str, Any], **_: object) -> None:
        headers = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        loop.call_soon_threadsafe(heard, headers)  # an answer arrives in a thread of the library's user

    client.meta.events.register("after-call.bedrock-runtime", hear)
    model = BedrockConverseModel(name, provider=BedrockProvider(bedrock_client=client))
    return OpenModel(model, partial(anyio.to_thread.run_sync, client.close))


def _client(access: Access, deadlines: Deadlines) -> Any:
    config = Config(
        connect_timeout=deadlines.connect,
        read_timeout=deadlines.whole,
        retries={"total_max_attempts": 1},  # its own retries are silent: a person would wait without a word
        signature_version="bearer" if access.key else None,
    )
    try:
        return _session(access).client("bedrock-runtime", config=config, endpoint_url=access.address)
    except NoRegionError as error:
        raise DomainError("model_not_configured", detail="AWS_REGION is not set") from error
    except BotoCoreError as error:
        raise DomainError("model_not_configured", detail=type(error).__name__) from error


def _session(access: Access) -> boto3.Session:
    """What is not given, its library looks for in the places that it knows."""
    given = access.further
    region = given.get("AWS_REGION") or given.get("AWS_DEFAULT_REGION")
    if access.key:
        return boto3.Session(botocore_session=_Bearer(access.key), region_name=region)
    return boto3.Session(
        aws_access_key_id=given.get("AWS_ACCESS_KEY_ID"),
        aws_secret_access_key=given.get("AWS_SECRET_ACCESS_KEY"),
        aws_session_token=given.get("AWS_SESSION_TOKEN"),
        region_name=region,
        profile_name=given.get("AWS_PROFILE"),
    )


class _Bearer(Session):
    """Signs with a Bedrock key from wherever it came, where the library reads one variable alone."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key: Final = key

    def get_auth_token(self, **_: object) -> FrozenAuthToken:
        return FrozenAuthToken(self._key)
