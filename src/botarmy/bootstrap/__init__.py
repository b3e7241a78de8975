"""Puts the program together: the only room that names concrete parts. The command line calls what stands here."""

from botarmy.bootstrap.diagnosis import Finding, diagnose
from botarmy.bootstrap.listening import CannotStart
from botarmy.bootstrap.ownership import FolderTaken, FolderUnusable
from botarmy.bootstrap.page import web_folder
from botarmy.bootstrap.server import Server, client, embedded, running_server, serve, version
from botarmy.client import Client

__all__ = [
    "CannotStart",
    "Client",
    "Finding",
    "FolderTaken",
    "FolderUnusable",
    "Server",
    "client",
    "diagnose",
    "embedded",
    "running_server",
    "serve",
    "version",
    "web_folder",
]
