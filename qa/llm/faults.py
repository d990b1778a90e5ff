"""What went wrong at an endpoint, as one sentence for the reader of the page."""

import httpx
import openai


def is_passing(error: BaseException) -> bool:
    """Whether the same request may succeed a moment later."""
    if isinstance(error, openai.APITimeoutError):
        return False  # the reader has waited long enough
    if isinstance(error, openai.APIStatusError):
        return error.status_code == 429 or error.status_code >= 500
    return isinstance(error, openai.APIConnectionError | httpx.TransportError)


def is_silence(error: BaseException) -> bool:
    """Whether nothing was heard for too long."""
    return isinstance(error, openai.APITimeoutError | httpx.TimeoutException | TimeoutError)


def sentence(error: Exception, local: bool, said: bool) -> str:
    """Never quotes the server: its answer may repeat the key. `said`: words had come already."""
    if isinstance(error, openai.APIStatusError):
        return _of_status(error.status_code)
    if is_silence(error):
        return "大模型长时间没有回应；可以稍后再试，或调大设置 QA_LLM_TIMEOUT_S。"
    if local:
        return "本机大模型的进程意外中断，正在重新启动；稍后再问即可。"
    if said:
        return "大模型的回答在中途断开；可以重新生成。"
    return "连不上大模型的接口；请检查网络和设置 QA_LLM_API_BASE。"


def _of_status(status: int) -> str:
    if status in (401, 403):
        return f"大模型的接口拒绝了密钥（{status}）；请检查设置 QA_LLM_API_KEY。"
    if status == 404:
        return "大模型的接口没有这个模型或地址（404）；请检查设置 QA_LLM_MODEL 和 QA_LLM_API_BASE。"
    if status == 429:
        return "大模型的接口请求过多或额度用完（429），重试后仍未成功；请稍后再试。"
    if status >= 500:
        return f"大模型的接口出错（{status}），重试后仍未成功；请稍后再试。"
    return f"大模型的接口不接受这次请求（{status}），可能是提示词超过了它的长度。"
