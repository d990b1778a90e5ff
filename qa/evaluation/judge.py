"""A language model grades answers against the reference: 0 wrong, 1 in part, 2 right."""

import json
import logging
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from qa.errors import QAError, SettingsError
from qa.evaluation.bank import BankQuestion
from qa.evaluation.folder import GRADES, RESULTS, Folder
from qa.settings import PROJECT

log = logging.getLogger(__name__)

PROMPT = PROJECT / "prompts" / "judge.md"
VARIABLES = frozenset({"question", "reference", "points", "answer"})
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_OBJECT = re.compile(r"\{[^{}]*\}")
_AT_ONCE = 4
_ATTEMPTS = 3


class JudgeSettings(BaseSettings):
    """An OpenAI-compatible endpoint, from the environment: `QA_JUDGE_API_BASE` and so on."""

    model_config = SettingsConfigDict(env_prefix="QA_JUDGE_")

    api_base: str
    """Up to the version: `http://127.0.0.1:8000/v1`."""
    api_key: SecretStr = SecretStr("")
    model: str
    timeout_s: float = Field(60.0, gt=0)


class Grade(BaseModel):
    """What the judge says of an answer."""

    grade: int = Field(ge=0, le=2)
    reason: str = ""


def load_judge_settings() -> JudgeSettings:
    """The judge's endpoint.

    Raises:
        SettingsError: it is not named.
    """
    try:
        return JudgeSettings()
    except ValidationError as error:
        names = "、".join(f"QA_JUDGE_{str(e['loc'][0]).upper()}" for e in error.errors())
        raise SettingsError(f"要用裁判模型，请先在环境变量里设好 {names}。") from error


def judge(
    out: Path, settings: JudgeSettings, progress: Callable[[int, int], None] | None = None
) -> None:
    """Grade the answers of a run that have no grade yet, into its `judge.jsonl`.

    Answerable questions with a reference are graded; a refusal of one gets 0 unasked.

    Raises:
        QAError: the endpoint cannot be used; what is graded stays and is not asked again.
    """
    folder = Folder(out)
    results, done = folder.rows(RESULTS), folder.recover(GRADES)
    answers = {key: row["answer"] for key, row in results.items() if "answer" in row}
    wanted = [q for q in folder.questions() if q.answerable and q.answer and q.id in answers]
    left = [question for question in wanted if question.id not in done]
    ask = _Judge(settings, _template(PROMPT))

    def grade(question: BankQuestion) -> Grade | None:
        answer = answers[question.id]
        if answer["refused"]:
            return Grade(grade=0, reason="拒答")
        return ask(question, answer["text"])

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for number, (question, graded) in enumerate(
            zip(left, pool.map(grade, left), strict=True), start=len(wanted) - len(left) + 1
        ):
            if graded:
                folder.append(GRADES, {"id": question.id, **graded.model_dump()})
            else:
                log.warning("裁判模型没有给 %s 可用的评分，这一题不计。", question.id)
            if progress:
                progress(number, len(wanted))


class _Judge:
    """Asks the endpoint about one answer; several threads may call it."""

    def __init__(self, settings: JudgeSettings, template: str) -> None:
        self._settings = settings
        self._template = template
        key = settings.api_key.get_secret_value()
        self._client = httpx.Client(
            timeout=settings.timeout_s,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )

    def __call__(self, question: BankQuestion, answer: str) -> Grade | None:
        filled = {
            "question": question.question,
            "reference": question.answer,
            "points": "\n".join(f"- {point}" for point in question.points),
            "answer": answer,
        }
        prompt = _VARIABLE.sub(lambda match: filled[match[1]], self._template)
        for _ in range(_ATTEMPTS):
            if graded := _grade(self._complete(prompt)):
                return graded
        return None

    def _complete(self, prompt: str) -> str:
        """The model's words; busy or failing for a moment, it is asked again."""
        retrying = Retrying(
            retry=retry_if_exception(_passing),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=wait_exponential(multiplier=0.5, max=8),
            reraise=True,
        )
        try:
            return retrying(self._post, prompt)
        except httpx.HTTPStatusError as error:
            raise QAError(
                f"裁判模型的接口答以 HTTP {error.response.status_code}；"
                "请检查 QA_JUDGE_API_BASE、QA_JUDGE_API_KEY 和 QA_JUDGE_MODEL。"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise QAError(
                f"连不上裁判模型的接口（{type(error).__name__}）；"
                "请检查网络和 QA_JUDGE_API_BASE，再运行一次会接着评。"
            ) from error

    def _post(self, prompt: str) -> str:
        response = self._client.post(
            f"{self._settings.api_base.rstrip('/')}/chat/completions",
            json={
                "model": self._settings.model,
                "messages": [{"role": "user", "content": prompt}],
                "temperature": 0,
            },
        )
        response.raise_for_status()
        try:
            return str(response.json()["choices"][0]["message"]["content"])
        except (ValueError, LookupError, TypeError):
            return ""


def _grade(words: str) -> Grade | None:
    """The last JSON object in the words that is a grade."""
    for found in reversed(_OBJECT.findall(words)):
        try:
            return Grade.model_validate(json.loads(found))
        except ValueError:
            continue
    return None


def _passing(error: BaseException) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    return isinstance(error, httpx.TransportError)


def _template(path: Path) -> str:
    """The prompt below the line that ends its list of variables.

    Raises:
        QAError: it cannot be read, or has other variables than it should.
    """
    try:
        _, _, template = path.read_text(encoding="utf-8").partition("\n---\n")
    except (OSError, UnicodeDecodeError) as error:
        raise QAError(f"读不了提示词 prompts/{path.name}；请放回原来的文件。") from error
    if {*_VARIABLE.findall(template)} != VARIABLES:
        names = "、".join(f"{{{{{name}}}}}" for name in sorted(VARIABLES))
        raise QAError(f"提示词 prompts/{path.name} 里应当用到且只用这些变量：{names}。")
    return template.strip()
