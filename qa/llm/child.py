"""The process in which llama.cpp runs: `python -m qa.llm.child`, started by `qa.llm.server`.

The first line on standard input is the configuration, which holds the key and so is no argument;
the first line on standard output is the address. When standard input ends, the parent is gone,
however it went, and so is this process.
"""

import os
import sys
import threading
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Configuration(BaseModel):
    """What the server is to be. `threads`: of the processor; `context`: tokens of one slot."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    key: str = Field(repr=False)
    threads: int
    slots: int
    context: int
    speculative: bool
    port: int
    """0: any that is free."""


def main() -> None:
    """Serve until standard input ends."""
    configuration = Configuration.model_validate_json(sys.stdin.readline())
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # llama.cpp writes to both.
    os.dup2(2, 1)
    threading.Thread(target=_die_with_the_parent, daemon=True).start()
    from xllamacpp import Server

    server = Server(_parameters(configuration))
    print(server.listening_address, file=answers, flush=True)
    threading.Event().wait()


def _die_with_the_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def _parameters(configuration: Configuration) -> Any:
    """llama.cpp's own parameters; what is not named here is its default."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = configuration.model
    parameters.n_ctx = configuration.context * configuration.slots
    parameters.n_parallel = configuration.slots
    parameters.cpuparams.n_threads = configuration.threads
    parameters.cpuparams_batch.n_threads = configuration.threads
    # Read into memory and not mapped: its weights are rearranged for the processor, and mapped
    # pages would stay beside the rearranged ones (2.2 GB in all).
    parameters.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    # One slot's long prompt holds up another's words, and a cancelled one ends, by such a step;
    # smaller ones read a fifth slower.
    parameters.n_batch = parameters.n_ubatch = 512
    if configuration.speculative:
        _copy_ahead(parameters)
    parameters.verbosity = 2
    _close(parameters, configuration.key, configuration.port)
    # Prompts of earlier answers are kept in the slots; the 8 GiB beside them are not for us.
    parameters.cache_ram_mib = 0
    return parameters


def _copy_ahead(parameters: Any) -> None:
    """Where the last two tokens stood before, guess the three that followed: answers quote.

    On short answers over two passages 1.3 tokens come of a step. Longer guesses are right more
    rarely, and a processor with little to spare reads a wrong guess as slowly as it writes.
    """
    import xllamacpp

    kinds = xllamacpp.common_speculative_type
    parameters.speculative.types = [kinds.COMMON_SPECULATIVE_TYPE_NGRAM_SIMPLE]
    parameters.speculative.ngram_simple.size_n = 2
    parameters.speculative.ngram_simple.size_m = 3


def _close(parameters: Any, key: str, port: int) -> None:
    """Loopback, a key for every request, no other page may read it, nothing to look at."""
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.api_keys = [key]
    parameters.cors_origins = ""
    parameters.cors_methods = ""
    parameters.cors_headers = ""
    parameters.cors_credentials = False
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.endpoint_props = False


if __name__ == "__main__":
    main()
