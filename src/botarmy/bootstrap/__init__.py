"""Puts the program together: the only room that names concrete parts. The command line calls what stands here."""

from botarmy.bootstrap.access import client, running_server, token_book
from botarmy.bootstrap.diagnosis import diagnose, model_problem
from botarmy.bootstrap.listening import CannotStart
from botarmy.bootstrap.model_server import CannotFail, Failing, known_faults, serve_model
from botarmy.bootstrap.notifications import try_channels
from botarmy.bootstrap.ownership import FolderTaken, FolderUnusable, Published
from botarmy.bootstrap.page import web_folder
from botarmy.bootstrap.providers import SET_UP_WRONG, provider_states, try_provider
from botarmy.bootstrap.server import Server, embedded, serve, version
from botarmy.client import Client
from botarmy.domain.audit import verify as verify_audit
from botarmy.domain.errors import DomainError as ProviderProblem
from botarmy.ports import Finding

__all__ = [
    "SET_UP_WRONG",
    "CannotFail",
    "CannotStart",
    "Client",
    "Failing",
    "Finding",
    "FolderTaken",
    "FolderUnusable",
    "ProviderProblem",
    "Published",
    "Server",
    "client",
    "diagnose",
    "embedded",
    "known_faults",
    "model_problem",
    "provider_states",
    "running_server",
    "serve",
    "serve_model",
    "token_book",
    "try_channels",
    "try_provider",
    "verify_audit",
    "version",
    "web_folder",
]
