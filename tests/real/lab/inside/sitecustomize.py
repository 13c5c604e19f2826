"""Runs first in a release's own Python. What an old release imports at its start for searching the web and cutting texts, and
was not installed, is an empty stub: nothing that tests look at calls it."""
import importlib.machinery
import sys

STUBS = ("duckduckgo_search", "langchain.retrievers", "langchain.text_splitter")


class Stub:
    """Asked last, so what is installed is never hidden."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, Stub) if name in STUBS else None

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        module.__getattr__ = lambda name: type(name, (), {})


sys.meta_path.append(Stub)
