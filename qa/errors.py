"""Errors that a user is meant to read: one Chinese sentence each, with what to do next."""


class QAError(Exception):
    """Base of all errors whose message is shown to the user as it stands."""


class CorpusError(QAError):
    """A source file cannot be read, or does not contain what the catalog says."""


class DocumentError(QAError):
    """A file is refused, or cannot be read as a document."""


class CatalogError(QAError):
    """`catalog.toml` or `errata.toml` is malformed."""


class ModelError(QAError):
    """The embedding model cannot be obtained or is damaged."""


class LLMError(QAError):
    """The LLM cannot be had, or did not answer as it should; extraction takes over."""


class LLMTimeout(LLMError):
    """The LLM was silent for longer than it may be."""


class IndexFault(QAError):
    """The index is missing, damaged or does not belong to the corpus at hand."""


class StoreError(QAError):
    """Milvus is not installed, cannot be reached, or does not do what is asked of it."""


class QuestionError(QAError):
    """The question cannot be processed as it was typed."""


class QuestionBankError(QAError):
    """A question bank has a line that cannot be used."""


class RunError(QAError):
    """An evaluation cannot be started, continued, shown or deleted."""


class BriefingError(QAError):
    """A briefing cannot be made, or kept, as it was asked for."""

    def __init__(self, sentence: str, offers: tuple[str, ...] = ()) -> None:
        """`offers`: what could be asked for instead, in the place of what was not found."""
        super().__init__(sentence)
        self.offers = offers


class ExportError(QAError):
    """A file to pass on cannot be made, or not be written where it was wanted."""


class SettingsError(QAError):
    """A setting has a value that cannot be used."""


class RecordsError(QAError):
    """The database cannot be used, or does not take what was to be stored."""


class SignInError(QAError):
    """Somebody may not sign in, now or at all."""


class NotFound(QAError):
    """There is no such thing, or it belongs to somebody else: the sentence does not tell which."""
