"""`/api/documents` and `/api/provisions`."""

from typing import Any

from fastapi import APIRouter, Request

from qa.assistant import Assistant
from qa.errors import NotFound
from qa.ingest.catalog import DocumentEntry
from qa.ingest.provision import Provision
from qa.web.api.links import link
from qa.web.api.shapes import (
    DocumentJson,
    ErratumJson,
    PartJson,
    PlaceJson,
    ProvisionJson,
    WholeDocumentJson,
    faults,
)


def add(router: APIRouter, assistant: Assistant) -> None:
    """Put the reading of the corpus onto the router."""
    tags: list[Any] = ["法规库"]

    @router.get(
        "/api/documents",
        operation_id="documents",
        tags=tags,
        summary="全部文件",
        responses=faults(),
    )
    def documents(request: Request) -> list[DocumentJson]:
        """目录里的全部文件，按汇编的次序。"""
        return [DocumentJson(**_entry(request, entry)) for entry in assistant.documents]

    @router.get(
        "/api/documents/{document_id}",
        operation_id="document",
        tags=tags,
        summary="一份文件",
        responses=faults(404, 422),
    )
    def document(document_id: str, request: Request) -> WholeDocumentJson:
        """一份文件及其全部条文的位置；`document_id` 是 id、全称或简称。"""
        found = assistant.reading.named(document_id)
        if found is None:
            raise NotFound("没有这份文件；GET /api/documents 列出全部文件。")
        places = [
            PlaceJson(
                provision_id=each.id,
                locator=each.locator,
                kind=each.kind,
                headings=[*each.headings],
                url=link(request, each.document, each.locator),
            )
            for each in assistant.reading.provisions(found)
        ]
        entry = _entry(request, assistant.document(found))
        return WholeDocumentJson(**entry, provisions=places)

    @router.get(
        "/api/provisions/{provision_id}",
        operation_id="provision",
        tags=tags,
        summary="一条条文",
        responses=faults(404, 422),
    )
    def provision(provision_id: str, request: Request) -> ProvisionJson:
        """一条条文的原文、款项、勘误，以及前后各一条。"""
        try:
            found = assistant.provision(provision_id)
        except KeyError as error:
            raise NotFound("没有这条条文；语料更新之后，请重新检索。") from error
        return _provision(request, assistant, found)


def _entry(request: Request, entry: DocumentEntry) -> dict[str, Any]:
    return {
        **entry.model_dump(mode="json", exclude={"expect", "source", "provenance"}),
        "url": link(request, entry.title),
    }


def _provision(request: Request, assistant: Assistant, found: Provision) -> ProvisionJson:
    before, after = assistant.neighbours(found.id)
    return ProvisionJson(
        provision_id=found.id,
        document_id=found.document_id,
        document=found.document,
        kind=found.kind,
        locator=found.locator,
        headings=[*found.headings],
        text=found.text,
        page=found.page_of(),
        parts=[PartJson(label=part.label, text=part.text) for part in found.parts],
        departments=[*found.departments],
        date=found.date,
        errata=[ErratumJson(**note.model_dump()) for note in found.errata],
        notices=[*assistant.document(found.document_id).notices],
        previous=before.id if before else None,
        next=after.id if after else None,
        url=link(request, found.document, found.locator),
    )
