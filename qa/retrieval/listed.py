"""The documents that a list names: who issued them, where, and whether a question asks for them."""

import re

from qa.ingest.provision import Provision
from qa.retrieval.names import plain

_MEETING = re.compile(r"第?[一二三四五六七八九十]+届|第[一二三四五六七八九十]+次会议$")
_AND_OTHERS = re.compile(r"等[一二三四五六七八九十多\d]*(?:部门|单位)?$")
_ISSUER = re.compile("单位|机关|部门")
_TITLE = re.compile("名称|标题")
_ASKS = re.compile(
    r"文件|附表|(?<!任务)(?<!开放)清单"
    r"|(?:谁|哪|什么|啥|几)[^，。？！,?!]{0,8}(?:印发|发布|出台|颁布|发的|发过)"
    r"|(?:印发|发布|出台|颁布|发|出)(?:了|过|的是)[^，。？！,?!]{0,4}(?:哪|什么|啥|几)"
)
"""Asking which document there is, or who issued it."""


def issuers(provision: Provision) -> tuple[str, ...]:
    """Who issued a listed document, by the names that departments have in the volume."""
    if provision.kind != "entry":
        return ()
    cell = next((p.text for p in provision.parts if _ISSUER.search(p.label)), "")
    names = _AND_OTHERS.sub("", cell.partition("：")[2]).split("、")
    told = (_MEETING.sub("", name) for name in names)
    return tuple(_as_named(name) for name in told if name)


def title(provision: Provision) -> str:
    """The title of a listed document as titles are compared; empty for what is none."""
    if provision.kind != "entry":
        return ""
    cell = next((p.text for p in provision.parts if _TITLE.search(p.label)), "")
    return plain(cell.partition("：")[2])


def departments_of(provision: Provision) -> tuple[str, ...]:
    """The departments that a provision names as responsible, or that issued what it lists."""
    return provision.departments or issuers(provision)


def region(provision: Provision, of_document: str) -> str:
    """Where a provision is from: a listed document from where its issuer is."""
    issued_by = issuers(provision)
    if not issued_by:
        return of_document
    return "山东" if any(name.startswith("省") for name in issued_by) else "国家"


def asks_for_documents(text: str) -> bool:
    """A plain text asks which documents there are, who issued them, or when."""
    return bool(_ASKS.search(text))


def _as_named(issuer: str) -> str:
    """`山东省人民政府办公厅` as the volume says it elsewhere: `省政府办公厅`."""
    if not issuer.startswith("山东省"):
        return issuer
    return issuer.removeprefix("山东").replace("人民政府", "政府")
