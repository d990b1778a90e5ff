"""Every setting, once: environment `QA_*` over `qa.toml` over the defaults here."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from qa.errors import SettingsError

PROJECT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """The settings of one installation. Paths may be relative to the working folder."""

    model_config = SettingsConfigDict(
        env_prefix="QA_",
        toml_file="qa.toml",
        extra="forbid",
        hide_input_in_errors=True,  # it may be a key under a name that is misspelt
    )

    corpus_dir: Path = PROJECT / "corpus"
    indexes_dir: Path = PROJECT / "indexes"
    prompts_dir: Path = PROJECT / "prompts"
    cache_dir: Path = Path.home() / ".cache" / "data-law-qa"
    """Models, and vectors by content hash."""
    runs_dir: Path = PROJECT / "evals" / "runs"
    """The evaluations started from the page, and the banks uploaded there."""

    embedder: str = "intfloat/multilingual-e5-small"
    """A hub id or the folder of any sentence-transformers model."""
    embedder_dtype: Literal["auto", "int8", "float32", "bfloat16"] = "auto"
    """`auto`: int8 on ONNX Runtime for a BERT, else on torch what the processor is best at."""
    query_prompt: str = "query: "
    passage_prompt: str = "passage: "
    threads: int = Field(default_factory=lambda: cores(), ge=1)
    """Upper bound for torch, FAISS and BLAS together; they never fight over the cores."""
    hub_timeout_s: float = Field(5.0, gt=0)
    """How long an unreachable model hub may take before the next source is tried."""

    llm: Literal["auto", "local", "none"] = "auto"
    """Who writes the answers: `auto` is the hosted endpoint where one is set, else the local
    model; with `none` they are extracted."""
    llm_api_base: str | None = None
    """Any OpenAI-compatible endpoint, up to and including its `/v1`."""
    llm_api_key: SecretStr | None = None
    llm_model: str | None = None
    """The endpoint's name of the model."""
    llm_gguf: str = "Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
    """The local model: the path of a GGUF file, or `owner/repo/file.gguf` of the hub."""
    llm_slots: int = Field(2, ge=1, le=16)
    """Answers that are written at once; further ones wait their turn."""
    llm_context: int = Field(4096, ge=1024)
    """Tokens of one conversation with the model, answer included."""
    llm_speculative: bool = True
    """Whether the local model guesses ahead what an answer copies from its passages."""
    llm_timeout_s: float = Field(60.0, gt=0)
    """How long the model may stay silent before an answer is given up."""
    llm_first_word_s: float = Field(6.0, gt=0)
    """How long a reader should wait for the first word; the prompt's length follows from it."""
    llm_prompt_tokens: int | None = Field(None, ge=100)
    """The length of the passages in the prompt, where it is not to follow from the speed."""

    store: Literal["files", "milvus"] = "files"
    """Where provisions and vectors are searched: in files of the index, or in Milvus."""
    milvus_uri: str = Field(
        str(PROJECT / "data" / "milvus.db"), pattern=r"^(https?|tcp|unix):|\.db$"
    )
    """`http://host:19530`, or a path that ends in `.db`: Milvus Lite, for one process."""
    milvus_token: SecretStr | None = None
    """`user:password`, where the server asks for it."""
    milvus_prefix: str = Field("qa", pattern=r"^[A-Za-z_]\w*$")
    """The collections whose names begin so belong to this installation, which clears them away."""
    milvus_index: str = "AUTOINDEX"
    """Its index of more vectors than `flat_up_to`: `HNSW`, `HNSW_SQ`, `IVF_SQ8`, `DISKANN`."""

    exact_up_to: int = Field(5000, ge=0)
    """Provisions that are all compared with a question; of more, the candidates are."""
    candidates: int = Field(300, ge=50, le=5000)
    """How many the vectors propose, and as many the words, where not all are compared."""
    flat_up_to: int = Field(20_000, ge=0)
    """Vectors of a segment of the index up to which all are compared."""
    ann_factory: str = "IVF{lists},SQ8"
    """Beyond: a FAISS index factory, such as `IVF{lists},PQ48` or `HNSW32_SQ8`; `{lists}` is twice
    the root of the number of vectors."""
    ann_effort: int = Field(64, ge=1)
    """How much of it a question reads: `nprobe` of IVF, `efSearch` of HNSW."""

    top_k: int = Field(10, ge=1, le=100)
    """Passages a search returns."""
    reranker: str = ""
    """A hub id or the folder of any sentence-transformers `CrossEncoder`; empty: none."""
    rerank_top: int = Field(30, ge=1, le=100)
    """How many of the first passages it reads."""
    max_question_chars: int = Field(2000, ge=1)

    ingest_megabytes: float = Field(50, gt=0)
    """The size up to which a file is taken in."""
    ingest_pages: int = Field(1000, ge=1)
    ingest_megapixels: float = Field(40, gt=0)
    """Of an image, or of a scanned page as it is rendered for recognition."""
    ingest_seconds: float = Field(3600, gt=0)
    """How long reading a file may take; a scanned page takes about ten on one core."""
    ingest_page_seconds: float = Field(4, gt=0)
    """Of processor time for a page, or a file without pages; recognition has a minute a page."""
    ingest_memory_mb: int = Field(4096, ge=512)
    """Address space of the process that reads it."""

    database_url: str = f"sqlite:///{PROJECT / 'data' / 'qa.sqlite'}"
    """Where accounts, conversations and feedback lie: a SQLite file, or `postgresql://…`."""
    session_hours: float = Field(12, gt=0)
    """After how many hours without use somebody has to sign in again."""

    open: bool = False
    """Nobody signs in: whoever reaches the page is the one local user. On loopback only."""
    proxy_user_header: str = ""
    """The header in which a trusted proxy names the user that it has signed in; empty: none."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """The addresses from which that header is believed."""

    limit_questions: int = Field(60, ge=0)
    """Questions that one person may ask within a minute, on the page or by a program; 0: any."""
    limit_searches: int = Field(300, ge=0)
    limit_calls: int = Field(600, ge=0)
    """What else programs may ask for with one person's keys, within a minute."""
    limit_strangers: int = Field(600, ge=0)
    """Requests within a minute from one address, of people who are not signed in."""
    request_megabytes: float = Field(4, gt=0)
    """The size up to which a request is taken; uploads have limits of their own."""

    root_path: str = Field("", pattern=r"^(/[\w.~-]+)*$")
    """The folder under which a proxy shows the site, and which it takes off; empty: none."""

    log_file: Path | None = None
    """Where `qa serve` writes its log, rotated by size; none: standard error."""
    log_megabytes: float = Field(10, gt=0)
    log_files: int = Field(5, ge=1)
    """How many full ones are kept beside it."""
    log_text: bool = False
    """Whether the log has the words of questions."""
    metrics_token: SecretStr | None = None
    """What a program shows to read `/metrics`; none: this machine may, and an admin's key."""
    disk_free_mb: float = Field(200, ge=0)
    """With less than this free, `/readyz` says that this installation is not ready."""

    host: str = "127.0.0.1"
    port: int = Field(7860, ge=0, le=65535)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment first, then `qa.toml` of the working folder."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def cores() -> int:
    """The cores that this process may use; fewer than the machine's in a container."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load() -> Settings:
    """The settings at hand, or a sentence that says which one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"设置项 {name} 的值不可用（{first['msg']}）；请检查 qa.toml 和环境变量 QA_*。"
        ) from error
