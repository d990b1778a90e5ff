"""The one façade: open an assistant, then search and ask."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace

from qa.answering.answer import Event
from qa.answering.checked import is_supported
from qa.answering.extract import Extractor, is_asked_for_words
from qa.answering.instructions import without_instructions
from qa.answering.relevance import Relevance
from qa.answering.units import sentences
from qa.answering.writer import Writer
from qa.briefing import briefer
from qa.briefing.departments import departments
from qa.briefing.desk import Desk
from qa.briefing.model import Briefing, Source
from qa.briefing.phrasing import Phraser
from qa.briefing.request import Outline, Proposed, Request
from qa.course import Course, Mode, traced
from qa.errors import LLMError, QuestionError
from qa.index.embedding import Embedder
from qa.index.manifest import Manifest
from qa.ingest.catalog import DocumentEntry, load_catalog
from qa.ingest.corpus import Corpus, fingerprint, read_corpus
from qa.ingest.formats import Limits
from qa.ingest.formats.rendering import page_picture
from qa.ingest.originals import Original, original_of
from qa.ingest.provision import Provision
from qa.llm.model import Model, open_model
from qa.llm.queue import Queue
from qa.llm.stop import Stop
from qa.retrieval.alike import alike
from qa.retrieval.passage import Filters, Retrieval, Turn
from qa.retrieval.reading import Reading
from qa.settings import Settings
from qa.volume import Progress, Volume, build_index, lies_ready

log = logging.getLogger(__name__)


class Assistant:
    """Answers questions over one corpus; safe to be used from several threads."""

    def __init__(
        self, volume: Volume, embedder: Embedder, settings: Settings, model: Model | None = None
    ) -> None:
        """Take an opened volume and what belongs to it; `open` does the opening."""
        self._volume = volume
        self._embedder = embedder
        self._settings = settings
        self._relevance = Relevance(embedder)
        self._extractor = Extractor(self._relevance)
        self._line = Queue(settings.threads)
        self._writer: Writer | None = None
        if model:
            self.write_with(model)

    @classmethod
    def open(
        cls,
        settings: Settings,
        progress: Progress | None = None,
        *,
        writes: bool = False,
        embedder: Embedder | None = None,
    ) -> "Assistant":
        """Open the index of the corpus; build it first where it is missing, old or damaged.

        Args:
            writes: also open the model of the settings, in the background.
            embedder: the one of these settings, where it is open already.

        Raises:
            QAError: corpus, model or index cannot be used; the sentence says what to do.
        """
        embedder = embedder or Embedder(settings)
        volume = Volume.open(settings, embedder, progress)
        return cls(volume, embedder, settings, open_model(settings) if writes else None)

    def renew(self, progress: Progress | None = None, *, rebuild: bool = False) -> None:
        """Take up the corpus as it lies on the disk now; questions under way keep what they have.

        Args:
            rebuild: build the index also where there is one of this corpus.

        Raises:
            QAError: corpus or model cannot be used; everything stays as it was.
        """
        if rebuild:
            build_index(self._settings, self._embedder, progress, known=self._volume.index)
        volume = Volume.open(self._settings, self._embedder, progress)
        volume.warm()
        self._volume = volume
        known = {"corpus": volume.manifest.corpus, "provisions": len(volume.provisions)}
        log.info("index renewed", extra=known)

    def follow(self) -> bool:
        """Go over to the index that another process has built meanwhile; whether there was one.

        Raises:
            QAError: corpus or index cannot be used; everything stays as it was.
        """
        lying = lies_ready(self._settings, self._embedder)
        if lying is None or lying == self.manifest:
            return False
        self.renew()
        return True

    def warm(self) -> None:
        """Do now what the first question and the first reader would otherwise wait for.

        Raises:
            CorpusError: a source of the corpus cannot be read.
        """
        self._volume.warm()

    def as_it_is(self) -> "Assistant":
        """This assistant with the index of this moment, whatever is renewed; never closed."""
        return copy(self)

    @property
    def manifest(self) -> Manifest:
        """What the index in use was built from, and how much it holds."""
        return self._volume.manifest

    @property
    def is_current(self) -> bool:
        """Whether the index in use is that of the corpus as it lies on the disk now.

        Raises:
            QAError: the corpus on the disk cannot be used.
        """
        folder = self._settings.corpus_dir
        return fingerprint(folder, load_catalog(folder)) == self.manifest.corpus

    @property
    def model(self) -> Model | None:
        """The model that writes the answers; None where they are extracted."""
        return self._writer.model if self._writer else None

    @property
    def versions(self) -> dict[str, str]:
        """What an answer of this moment rests on: fingerprints of the corpus and the prompts."""
        prompts = hashlib.sha256()
        for file in sorted(self._settings.prompts_dir.glob("*.md")):
            prompts.update(file.read_bytes())
        model = self.model.name if self.model else ""
        return {"index": self.manifest.corpus, "model": model, "prompts": prompts.hexdigest()[:12]}

    def write_with(self, model: Model) -> None:
        """Have the answers written by this model from now on."""
        self._writer = Writer(model, self._relevance, self._settings)

    def close(self) -> None:
        """Let the model go."""
        if self._writer:
            self._writer.model.close()

    @property
    def documents(self) -> tuple[DocumentEntry, ...]:
        """The documents of the corpus, in the order of the volume."""
        return self._volume.catalog.documents

    @property
    def source_note(self) -> str:
        """What the answers rest on: `依据 2023 年 11 月汇编`."""
        return self._volume.source_note

    def document(self, document_id: str) -> DocumentEntry:
        """The catalog's entry of a document."""
        return self._volume.catalog.document(document_id)

    def find_document(self, name: str) -> DocumentEntry:
        """The document with this id, title or short name.

        Raises:
            QuestionError: there is none.
        """
        by_id = {entry.id: entry for entry in self.documents}
        ids = [name] if name in by_id else self._volume.search.documents_named(name)
        if not ids:
            raise QuestionError(f"没有叫“{name}”的文件；用 qa corpus list 查看全部文件。")
        return by_id[ids[0]]

    def original(self, document_id: str) -> Original | None:
        """The file from which a document was read, where it has pages."""
        file = self.document(document_id).source
        return original_of(self._settings.corpus_dir, file) if file else None

    def page_picture(self, original: Original, page: int) -> bytes:
        """A page of an original, 1-based, as WebP.

        Raises:
            DocumentError: it cannot be drawn.
        """
        settings = self._settings
        cache = settings.cache_dir / "pages"
        return page_picture(original.path, page, Limits.of(settings), cache)

    def corpus_now(self) -> Corpus:
        """The corpus as it lies on the disk now; what the index in use has of it is not read again.

        Raises:
            QAError: it cannot be read.
        """
        return read_corpus(self._settings.corpus_dir, self._volume.index.before)

    @property
    def reading(self) -> Reading:
        """The corpus to be read document by document, and searched word for word."""
        return self._volume.search.reading

    def provision(self, provision_id: str) -> Provision:
        """A provision by its id.

        Raises:
            KeyError: there is none.
        """
        return self._volume.provision(provision_id)

    def neighbours(self, provision_id: str) -> tuple[Provision | None, Provision | None]:
        """The provisions before and after one in its document."""
        return self._volume.neighbours(provision_id)

    def search(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        top_k: int | None = None,
    ) -> Retrieval:
        """The passages for a question, best first.

        Raises:
            QuestionError: the question is empty or too long.
        """
        return self._volume.search(question, history, filters, top_k)

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters | None = None,
        mode: Mode = "auto",
        stop: Stop | None = None,
    ) -> Iterator[Event]:
        """Answer a question: the passages at once, then the text, then the checked answer.

        Args:
            stop: ends it early, without `Done`, from any thread.

        Raises:
            QuestionError: the question is empty or too long.
        """
        # it goes on with the volume and the writer of this moment, whatever is renewed
        course = Course(self._volume, self._writer, self._extractor, self._line)
        return traced(course.run(question, history, filters, mode, stop or Stop()))

    def is_to_be_written(
        self, question: str, history: Sequence[Turn] = (), filters: Filters | None = None
    ) -> bool:
        """Whether a model has anything to do with it: not with a refusal, comparison or look-up.

        Raises:
            QuestionError: the question is empty or too long.
        """
        retrieval = self.search(without_instructions(question) or question, history, filters)
        told = self._volume.amendments(retrieval) or self._volume.refusal(retrieval)
        return told is None and not is_asked_for_words(retrieval)

    def refuses(self, question: str, filters: Filters | None = None) -> bool:
        """Whether a question, asked by itself, is refused; no model is needed to tell.

        Raises:
            QuestionError: the question is empty or too long.
        """
        return self._volume.refusal(self.search(question, (), filters)) is not None

    def alike(self, questions: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """The positions of the questions in groups that ask alike, the largest group first."""
        return alike(questions, self._embedder)

    def outline(self, request: Request) -> Outline:
        """What a briefing would be made of: its parts, and the provisions found for it.

        Raises:
            BriefingError: it cannot be made as it is asked for; the sentence says what to do.
        """
        return briefer.outline(self._desk(), request)

    def brief(
        self,
        request: Request,
        progress: briefer.Progress | None = None,
        mode: Mode = "extract",
    ) -> Briefing:
        """A briefing, part by part, in the volume's own words.

        Args:
            mode: `llm` has the model say the longest statements shorter, where there is one,
                which takes minutes; `auto` only where it is ready.

        Raises:
            BriefingError: it cannot be made as it is asked for; the sentence says what to do.
        """
        desk, phraser, faults = self._desk(), None, list[str]()
        if mode == "llm" or (mode == "auto" and self.model and self.model.ready()):
            try:
                phraser = self._phraser(desk)
            except LLMError as error:
                faults.append(f"{error}要点和问答都用原文。")
        made = briefer.brief(desk, request, progress, phraser=phraser)
        return replace(made, notices=(*made.notices, *faults))

    def _phraser(self, desk: Desk) -> Phraser:
        """Who says statements shorter, once the model is ready."""
        if self._writer is None:
            raise LLMError("没有启用大模型（设置 QA_LLM）；")
        self._writer.model.wait(lambda *_: None)
        return Phraser(self._writer, desk.by_id)

    def proposed(self, provision_id: str, why: str) -> Proposed:
        """A provision as an outline shows it, with why it is there.

        Raises:
            KeyError: there is none.
        """
        return briefer.proposed(self.provision(provision_id), why)

    def check(self, text: str, sources: Sequence[Source]) -> bool:
        """Whether every sentence of a text rests on the provisions that it cites.

        The rules are those of answers; a provision that the volume has no more supports nothing.
        """
        held = {each.provision_id: each for each in sources}
        try:
            known = {provision_id: self.provision(provision_id) for provision_id in held}
        except KeyError:
            return False
        if not known:
            return False
        return all(is_supported(each, tuple(known.values())) for each in sentences(text))

    @property
    def departments(self) -> tuple[str, ...]:
        """The departments of the task lists, the most often named first."""
        return tuple(departments(self._desk()))

    def _desk(self) -> Desk:
        volume = self._volume
        return Desk(
            search=volume.search,
            refuser=volume.refusal,
            extractor=self._extractor,
            catalog=volume.catalog,
            provisions=volume.provisions,
            basis=self.source_note,
            index=volume.manifest.corpus,
        )
