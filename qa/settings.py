"""Every setting, once: environment `QA_*` over `qa.toml` over the defaults here."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
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

    model_config = SettingsConfigDict(env_prefix="QA_", toml_file="qa.toml", extra="forbid")

    corpus_dir: Path = PROJECT / "corpus"
    indexes_dir: Path = PROJECT / "indexes"
    cache_dir: Path = Path.home() / ".cache" / "data-law-qa"
    """Models, and vectors by content hash."""

    embedder: str = "intfloat/multilingual-e5-small"
    """A hub id or the folder of any sentence-transformers model."""
    embedder_dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    query_prompt: str = "query: "
    passage_prompt: str = "passage: "
    threads: int = Field(default_factory=lambda: cores(), ge=1)
    """Upper bound for torch, FAISS and BLAS together; they never fight over the cores."""
    hub_timeout_s: float = Field(5.0, gt=0)
    """How long an unreachable model hub may take before the next source is tried."""

    top_k: int = Field(10, ge=1, le=100)
    """Passages a search returns."""
    max_question_chars: int = Field(2000, ge=1)

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
