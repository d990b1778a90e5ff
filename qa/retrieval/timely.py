"""A question in the texts of its time: which text of each law it is about, and which article."""

from dataclasses import replace

from qa.index.provisions import Provisions
from qa.ingest.editions import Editions
from qa.ingest.provision import Provision
from qa.retrieval.correspondence import Correspondence
from qa.retrieval.names import DocumentNames, plain
from qa.retrieval.passage import Filters
from qa.retrieval.question import Carried, Question
from qa.retrieval.references import Reference, references
from qa.retrieval.times import AMENDED_LAW, Time

_NO_NAMES = DocumentNames(())


class Timely:
    """Finds the texts that questions are about, of the laws that have several."""

    def __init__(
        self, provisions: Provisions, editions: Editions, correspondence: Correspondence
    ) -> None:
        """Take the provisions, and what knows the texts of the laws and compares them."""
        self._provisions = provisions
        self._editions = editions
        self._correspondence = correspondence

    def __call__(self, question: Question, filters: Filters) -> Question:
        """The question with each document that it names in the text that it is about."""
        editions = self._editions
        if question.amended_law and not question.documents and len(editions.several) == 1:
            question = self._of_law(question, *editions.several)
        named = {*question.documents, *(r.document_id for r in question.references)}
        if not any(self._is_several(each) for each in named if each):
            return question
        time, in_context = question.time, bool(question.earlier)

        def text_of(document_id: str) -> str:
            return self._text(document_id, time, filters, in_context)

        carried = question.carried
        if carried and self._is_of_law(carried.reference, question.documents[-1:]):
            return self._carried(question, carried, filters)
        return replace(
            question,
            documents=tuple(dict.fromkeys(map(text_of, question.documents))),
            references=tuple(
                replace(r, document_id=text_of(r.document_id)) if r.document_id else r
                for r in question.references
            ),
        )

    def _text(self, document_id: str, time: Time, filters: Filters, in_context: bool) -> str:
        """The text of a document's law at a time.

        A later text's own title means it alone, but where the talk has gone to another time.
        """
        editions = self._editions
        day = time.as_of or time.day
        if document_id not in editions.several and not (in_context and (time.former or day)):
            return document_id
        chosen = [e.id for e in editions.of(document_id) if e.id in filters.documents]
        at = chosen[-1] if chosen else editions.at(document_id, filters.as_of or day)
        return (time.former and not chosen and editions.before(at)) or at

    def _of_law(self, question: Question, law: str) -> Question:
        """The question with the law named that was amended."""
        titled = AMENDED_LAW.sub(self._editions.of(law)[0].title, question.search_text)
        references = (
            r if r.document_id else replace(r, document_id=law) for r in question.references
        )
        return replace(question, search_text=titled, documents=(law,), references=tuple(references))

    def _carried(self, question: Question, carried: Carried, filters: Filters) -> Question:
        """The question with the article of the conversation under its number at the time meant."""
        law = self._editions.first(carried.reference.document_id or "")
        told = carried.text if carried.text not in (None, law) else None
        origin = told or self._text(law, carried.time, filters, in_context=True)
        asked = question.of_time
        assert asked
        target = origin
        if not asked.counterpart:
            target = self._text(law, question.time, filters, in_context=True)
        question = replace(question, documents=(target,))
        here = self._at(origin, carried.reference)
        if here is None or asked.besides not in here.text:
            return question
        there = here
        if target != origin:
            found = self._correspondence.counterpart(here, target)
            if found is None:
                return replace(question, gone=self._gone(here, target))
            there = found
        return replace(question, references=(_reference(there),))

    def _gone(self, here: Provision, text: str) -> str:
        ids = [entry.id for entry in self._editions.of(text)]
        later = ids.index(text) > ids.index(here.document_id)
        title = next(e.title for e in self._editions.of(text) if e.id == text)
        why = "修改时删去了" if later else "它是修改时新增的"
        return f"《{title}》里没有与{here.name}对应的条文：{why}。"

    def _at(self, document_id: str, reference: Reference) -> Provision | None:
        found = self._provisions.at_locator(reference.article_locator, document_id)
        return self._provisions[int(found[-1])] if len(found) else None

    def _is_several(self, document_id: str) -> bool:
        return self._editions.first(document_id) in self._editions.several

    def _is_of_law(self, reference: Reference, documents: tuple[str, ...]) -> bool:
        """A reference is to a law of several texts, and to the one that is spoken of."""
        law = self._editions.first(reference.document_id) if reference.document_id else None
        return law in self._editions.several and law in map(self._editions.first, documents)


def _reference(provision: Provision) -> Reference:
    read, *_ = references(plain(provision.locator), _NO_NAMES)
    return replace(read, document_id=provision.document_id)
