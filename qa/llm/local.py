"""The model on this machine: fetched, started, kept alive, all in the background."""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from qa.errors import LLMError
from qa.llm.gguf import DEFAULT, ensure_gguf
from qa.llm.model import Message, Model, Status, estimate_tokens
from qa.llm.server import LocalServer
from qa.progress import Progress
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.llm.endpoint import Client, Generation

log = logging.getLogger(__name__)

_RESTARTS = 3
_RESTARTS_WITHIN_S = 600.0
_COUNTS_KEPT = 4096
_POLL_S = 0.2
# A prompt of fewer tokens says little about the speed.
_MEASURABLE_TOKENS = 48
_MEASURED = (
    "国家建立数据分类分级保护制度，根据数据在经济社会发展中的重要程度，以及一旦遭到篡改、破坏、"
    "泄露或者非法获取、非法利用，对国家安全、公共利益或者个人、组织合法权益造成的危害程度，"
    "对数据实行分类分级保护。国家数据安全工作协调机制统筹协调有关部门制定重要数据目录，"
    "加强对重要数据的保护。"
)


class LocalModel(Model):
    """llama.cpp in a child process; when that dies it is started again, a few times."""

    local = True

    def __init__(self, settings: Settings) -> None:
        self.prefill_tokens_per_s = None
        default = settings.llm_gguf == DEFAULT
        self.name = (
            "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M" if default else Path(settings.llm_gguf).stem
        )
        self._settings = settings
        self._status = Status("load", "准备大模型")
        self._changed = threading.Condition()
        self._closed = False
        self._server: LocalServer | None = None
        self._client: Client | None = None
        self._prefix: tuple[Message, ...] = ()
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._keeper = threading.Thread(target=self._keep, name="llm-keeper", daemon=True)
        self._keeper.start()

    @property
    def status(self) -> Status:
        """How far it has come, for the page."""
        return self._status

    def ready(self) -> bool:
        """Whether it can write now."""
        server = self._server
        return self._status.stage == "ready" and server is not None and server.alive

    @property
    def pid(self) -> int | None:
        """Its process, while there is one."""
        return self._server.pid if self._server else None

    def wait(self, progress: Progress) -> None:
        """Return when it is ready. Raises `LLMError` when it will not be."""
        with self._changed:
            while not self.ready():
                if self._status.fault:
                    raise LLMError(self._status.fault)
                progress(self._status.label, self._status.done, self._status.total)
                self._changed.wait(1.0)

    def count_tokens(self, text: str) -> int:
        """By the model's own tokenizer once it is ready; an estimate before."""
        if text in self._counts:
            return self._counts[text]
        server = self._server
        if server is None or not self.ready():
            return estimate_tokens(text)
        try:
            tokens = self._post(server, "/tokenize", {"content": text})["tokens"]
        except httpx.HTTPError:
            return estimate_tokens(text)
        self._counts[text] = len(tokens)
        if len(self._counts) > _COUNTS_KEPT:
            self._counts.popitem(last=False)
        return len(tokens)

    def stream(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        grammar: str | None = None,
        stop: Sequence[str] = (),
    ) -> "Generation":
        """See `Model.stream`. Raises `LLMError` at once when it is not ready."""
        client = self._client
        if client is None or not self.ready():
            raise LLMError(self._status.fault or f"本机大模型还没有准备好：{self._status.label}。")
        return client.stream(messages, max_tokens, stop=stop, grammar=grammar)

    def warm_up(self, messages: Sequence[Message]) -> None:
        """See `Model.warm_up`."""
        self._prefix = tuple(messages)
        server = self._server
        if server is not None and self.ready():
            threading.Thread(target=self._read_prefix, args=(server,), daemon=True).start()

    def first_word_cold(self, messages: Sequence[Message]) -> float:
        """Seconds until llama.cpp alone says its first word, nothing of the prompt read before.

        Raises:
            LLMError: the model is not ready.
            httpx.HTTPError: it failed.
        """
        server = self._server
        if server is None or not self.ready():
            raise LLMError(f"本机大模型还没有准备好：{self._status.label}。")
        turns = [{"role": m.role, "content": m.content} for m in messages]
        body = {"messages": turns, "max_tokens": 1, "temperature": 0.0, "cache_prompt": False}
        started = time.perf_counter()
        self._post(server, "/v1/chat/completions", body)
        return time.perf_counter() - started

    def close(self) -> None:
        """End the process; what is being downloaded is continued another time."""
        self._closed = True
        self._set(Status("failed", self.name, fault="本机大模型已关闭。"))
        if self._client:
            self._client.close()
        if self._server:
            self._server.stop()

    def _keep(self) -> None:
        """The life of the background thread: fetch, then start as often as is reasonable."""
        deaths: deque[float] = deque(maxlen=_RESTARTS)
        try:
            weights = ensure_gguf(self._settings, self._report)
            while not self._closed:
                self._live(weights)
                now = time.monotonic()
                if len(deaths) == _RESTARTS and now - deaths[0] < _RESTARTS_WITHIN_S:
                    raise LLMError(
                        "本机大模型的进程反复中断，已停用，回答改为摘录；"
                        f"详情见 {self._settings.cache_dir / 'logs' / 'llm.log'}。"
                    )
                deaths.append(now)
        except LLMError as error:
            if not self._closed:
                log.warning("%s", error)
                self._set(Status("failed", self.name, fault=str(error)))
        except Exception as error:
            log.exception("本机大模型无法使用")
            fault = f"本机大模型无法使用（{type(error).__name__}）；回答改为摘录。"
            self._set(Status("failed", self.name, fault=fault))

    def _live(self, weights: Path) -> None:
        """One life of the server, from its start to its end."""
        # Here, in the background: the page need not wait for these libraries.
        from qa.llm.endpoint import Client, Endpoint

        self._set(Status("load", "启动大模型"))
        server = LocalServer(weights, self._settings)
        self._server = server
        try:
            server.start()
            self._client = Client(
                Endpoint(
                    model=self.name,
                    api_base=f"{server.address}/v1",
                    api_key=server.key,
                    timeout_s=self._settings.llm_timeout_s,
                    context=self._settings.llm_context,
                    local=True,
                )
            )
            self._read_prefix(server)
            if not self._closed and server.alive:
                self._set(Status("ready", self.name))
            status = server.wait()
        finally:
            server.stop()
            if self._client:
                self._client.close()
        if not self._closed:
            self._set(Status("load", "重新启动大模型"))
            log.warning("本机大模型的进程中断（%d），正在重新启动。", status)

    def _read_prefix(self, server: LocalServer) -> None:
        """Let every slot read what prompts begin with, and note how fast that went."""
        messages = [{"role": m.role, "content": m.content} for m in self._prefix] or [
            {"role": "user", "content": _MEASURED}
        ]
        speeds = []
        for slot in range(self._settings.llm_slots):
            body = {"messages": messages, "max_tokens": 1, "temperature": 0.0, "id_slot": slot}
            try:
                timings = self._post(server, "/v1/chat/completions", body)["timings"]
            except httpx.HTTPError as error:
                log.info("大模型预读没有完成（%s）。", type(error).__name__)
                return
            if timings["prompt_n"] >= _MEASURABLE_TOKENS:
                speeds.append(float(timings["prompt_per_second"]))
        if speeds:
            self.prefill_tokens_per_s = max(speeds)

    def _post(self, server: LocalServer, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = httpx.post(
            server.address + path,
            json=body,
            headers={"Authorization": f"Bearer {server.key.get_secret_value()}"},
            timeout=self._settings.llm_timeout_s,
            trust_env=False,
        )
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def _report(self, label: str, done: int, total: int) -> None:
        if self._closed:
            raise LLMError("本机大模型已关闭。")
        self._set(Status("download", label, done, total))

    def _set(self, status: Status) -> None:
        with self._changed:
            if not self._closed or status.stage == "failed":
                self._status = status
            self._changed.notify_all()
