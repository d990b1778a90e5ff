"""简报 by its addresses: whose a draft is, what is refused, what is marked, what is escaped."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from qa.answering.checked import UNSUPPORTED
from qa.assistant import Assistant
from qa.briefing import model
from qa.briefing.model import Briefing, PartKind, Points
from qa.web.briefing import plan
from qa.web.briefing.plan import Wish
from tests.web.sites import Site

NASTY = "<img src=x onerror=\"alert('1')\"></script><b>&amp;"
TOPIC = "公共数据开放"
PARTS: tuple[PartKind, ...] = ("要点", "常见问答", "自测题")
PLACE = "parts/0/content/groups/0/points/0/text"
SENT = {"template": "法律专题培训", "parts": ["要点", "时间线"]}


@dataclass(frozen=True)
class Mine:
    """A trainer with a draft that is written."""

    client: httpx.Client
    site: Site
    user: int
    id: int
    text: str
    """Of the first point."""

    def sends(self, path: str, **body: Any) -> httpx.Response:
        headers = {"accept": "application/json"}
        return self.client.post(f"briefing/{self.id}/{path}", json=body, headers=headers)

    def page(self) -> str:
        answer = self.client.get(f"briefing/{self.id}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def begins(self, **fields: Any) -> int:
        answer = self.client.post("briefing", data={**SENT, **fields})
        assert answer.status_code == 303, answer.text
        return int(answer.headers["location"].rpartition("/")[2].partition("#")[0])

    def plan(self, id: int) -> plan.Plan:
        return plan.from_json(self.site.records.drafts.open(self.user, id).request)


@pytest.fixture(scope="module")
def written(assistant: Assistant) -> tuple[plan.Plan, Briefing]:
    wish = Wish("法律专题培训", topic=TOPIC, parts=PARTS)
    return plan.planned(wish, assistant.outline(wish.request())), assistant.brief(wish.request())


@pytest.fixture
def mine(site: Site, written: tuple[plan.Plan, Briefing]) -> Iterator[Mine]:
    planned, briefing = written
    user = site.records.accounts.named(site.add("trainer-of-briefings", "trainer")).id
    for each in site.records.drafts.list(user):
        site.records.drafts.delete(user, each.id)
    kept = (planned.title, plan.to_json(planned), model.to_json(briefing), briefing.index)
    id = site.records.drafts.save(user, *kept)
    content = briefing.parts[0].content
    assert isinstance(content, Points)
    with site.signed_in("trainer-of-briefings") as client:
        yield Mine(client, site, user, id, content.groups[0].points[0].text)


def test_a_draft_is_its_owners_alone(mine: Mine, site: Site) -> None:
    before = site.records.drafts.open(mine.user, mine.id)
    site.add("curious", "admin")
    with site.signed_in("curious") as client:
        for method, path in (
            ("GET", "briefing/{}"),
            ("GET", "briefing/export/{}.md"),
            ("POST", "briefing/{}"),
            *(
                ("POST", f"briefing/{{}}/{act}")
                for act in ("rename", "delete", "add", "arrange", "generate", "edit", "remove")
            ),
        ):
            sent = {"title": "我的", "name": "数据安全法第一条", "parts": "要点", "topic": "数据"}
            theirs, nobodys = (
                client.request(method, path.format(id), data=sent) for id in (mine.id, 10**9)
            )
            assert theirs.status_code == nobodys.status_code == 404, path
            assert theirs.text == nobodys.text
    assert site.records.drafts.open(mine.user, mine.id) == before


def test_a_page_of_another_site_changes_no_draft(mine: Mine, site: Site) -> None:
    for act in ("delete", "rename", "edit", "generate"):
        forged = mine.client.post(
            f"briefing/{mine.id}/{act}",
            headers={"origin": "https://evil.example"},
            data={"title": "别人起的"},
        )
        assert forged.status_code == 403, act
    assert site.records.drafts.open(mine.user, mine.id).title == f"{TOPIC}专题培训材料"


def test_what_is_typed_is_shown_as_it_was_typed(mine: Mine) -> None:
    refused = mine.client.post("briefing", data={**SENT, "topic": NASTY, "parts": []})
    asked = mine.client.get(f"briefing/{mine.begins(topic=NASTY)}")
    mine.client.post(f"briefing/{mine.id}/rename", data={"title": NASTY})
    for place, was in ((PLACE, mine.text), ("title", NASTY)):
        assert mine.sends("edit", place=place, was=was, text=NASTY).status_code == 200
    missing = mine.client.post(f"briefing/{mine.id}/add", data={"name": NASTY})
    for page in (refused.text, asked.text, mine.page(), missing.text):
        assert "<img" not in page and "<b>&amp;amp;" not in page
        assert NASTY in unescape(page)


def test_an_edit_without_support_is_marked_and_kept(mine: Mine) -> None:
    wrong = mine.text + "违者处九百万元罚款。"
    told = mine.sends("edit", place=PLACE, was=mine.text, text=wrong).json()
    assert told == {"text": wrong, "marked": True}
    assert f'>{wrong}</span>\n<span class="unsupported" data-mark>' in mine.page()
    file = mine.client.get(f"briefing/export/{mine.id}.md").text
    assert "九百万元罚款" in file and UNSUPPORTED in file
    told = mine.sends("edit", place=PLACE, was=wrong, text=mine.text).json()
    assert told == {"text": mine.text, "marked": False}
    assert UNSUPPORTED not in mine.client.get(f"briefing/export/{mine.id}.md").text


def test_a_window_that_is_behind_overwrites_nothing(mine: Mine) -> None:
    assert mine.sends("edit", place=PLACE, was=mine.text, text="新的话。").status_code == 200
    point = PLACE.removesuffix("/text")
    for behind in (
        mine.sends("edit", place=PLACE, was=mine.text, text="旧窗口的话。"),
        mine.sends("remove", place=point, was=mine.text),
        mine.sends("arrange", order=["gone"], ticked=["gone"]),
    ):
        assert behind.status_code == 400 and "别的窗口" in behind.json()["error"]
    assert "新的话。" in mine.page()
    assert mine.sends("remove", place=point, was="新的话。").status_code == 200
    assert "新的话。" not in mine.page()


@pytest.mark.parametrize(
    "place", ["", "made", "parts/0/title", "parts/99", "parts/0/content/groups/0/points/0", "0/x"]
)
def test_only_texts_of_the_trainer_may_be_rewritten(mine: Mine, place: str) -> None:
    before = mine.site.records.drafts.open(mine.user, mine.id).briefing
    assert mine.sends("edit", place=place, was="", text="x").status_code == 400
    assert mine.sends("remove", place=place, was="").status_code == 400
    assert mine.site.records.drafts.open(mine.user, mine.id).briefing == before


def test_a_part_is_empty_when_all_of_it_was_taken_away(mine: Mine) -> None:
    kept = mine.site.records.drafts.open(mine.user, mine.id).briefing
    assert kept
    items = json.loads(kept)["parts"][1]["content"]["items"]
    for item in items:
        sent = {"place": "parts/1/content/items/0", "was": item["question"]}
        assert mine.sends("remove", **sent).status_code == 200
    assert "这一部分的内容都已移除。" in mine.page()
    assert mine.client.get(f"briefing/export/{mine.id}.docx").status_code == 200


@pytest.mark.parametrize(
    ("form", "begins"), [("docx", b"PK"), ("pptx", b"PK"), ("md", b"#"), ("pdf", b"%PDF")]
)
def test_every_button_gives_a_file(mine: Mine, form: str, begins: bytes) -> None:
    assert f'href="/briefing/export/{mine.id}.{form}"' in mine.page()
    answer = mine.client.get(f"briefing/export/{mine.id}.{form}")
    assert answer.status_code == 200 and answer.content.startswith(begins), answer.content[:80]


def test_a_file_is_called_like_the_briefing(mine: Mine) -> None:
    mine.sends("edit", place="title", was=f"{TOPIC}专题培训材料", text="数据/开放：一 讲")
    answer = mine.client.get(f"briefing/export/{mine.id}.md")
    named = answer.headers["content-disposition"]
    assert named.startswith("attachment; filename=\"export.md\"; filename*=UTF-8''")
    assert unquote(named.rpartition("''")[2]) == "数据 开放：一 讲.md"
    other = mine.client.get(f"briefing/export/{mine.id}.exe")
    assert other.status_code == 404 and "只能导出为 Word" in other.text
    early = mine.client.get(f"briefing/export/{mine.begins(topic=TOPIC)}.md")
    assert early.status_code == 400 and "还没有生成" in early.text


def test_a_draft_of_another_corpus_warns(mine: Mine) -> None:
    warning = "汇编有过改动"
    assert warning not in mine.page()
    draft = mine.site.records.drafts.open(mine.user, mine.id)
    assert draft.briefing
    kept = (draft.title, draft.request, draft.briefing, "another corpus")
    mine.site.records.drafts.save(mine.user, *kept, id=mine.id)
    assert warning in mine.page() and "重新生成" in mine.page()
    assert "汇编有改动" in mine.client.get("briefing").text


@pytest.mark.parametrize(
    ("fields", "sentence", "chip"),
    [
        ({"topic": " "}, "主题是空的", ""),
        ({"topic": "婚姻家庭"}, "没有关于“婚姻家庭”的内容", 'name="topic"'),
        ({"topic": TOPIC, "parts": []}, "至少勾选一个部分", ""),
        (
            {"template": "部门任务清单", "department": "省科技局"},
            "没有“省科技局”这个部门",
            'name="department" value="省科技厅"',
        ),
        ({"template": "单部法律解读", "document": "民法典"}, "没有收录“民法典”", ""),
        ({"template": "对比研究", "left": "数据安全法"}, "两份要对比的文件是空的", ""),
        (
            {"template": "对比研究", "left": "数据安全法", "right": "网络发展法"},
            "没有收录“网络发展法”",
            'name="right" value="网络安全法"',
        ),
    ],
)
def test_bad_input_is_said_in_a_sentence_and_stays_typed(
    mine: Mine, fields: dict[str, Any], sentence: str, chip: str
) -> None:
    answer = mine.client.post("briefing", data={**SENT, **fields})
    assert answer.status_code == 400
    page = unescape(answer.text)
    assert sentence in page and chip in page
    for typed in (value for value in fields.values() if isinstance(value, str)):
        assert f'value="{typed}"' in page
    assert len(mine.site.records.drafts.list(mine.user)) == 1


def test_two_hundred_ticks_get_a_sentence_and_are_kept(mine: Mine) -> None:
    id = mine.begins(topic=TOPIC)
    for law in ("数据安全法", "个人信息保护法", "网络安全法"):
        answer = mine.client.post(f"briefing/{id}/add", data={"name": law})
        assert answer.status_code == 303, answer.text
    ids = [entry.provision_id for entry in mine.plan(id).entries]
    assert len(ids) > 200
    headers = {"accept": "application/json"}
    sent = {"order": ids, "ticked": ids[:200]}
    told = mine.client.post(f"briefing/{id}/arrange", json=sent, headers=headers).json()
    assert told["count"] == 200 and "选了 200 条，一份简报最多收 120 条" in told["fault"]
    refused = mine.client.post(f"briefing/{id}/generate", headers=headers)
    assert refused.status_code == 400 and "最多收 120 条" in refused.json()["error"]
    assert len(mine.plan(id).ticked) == 200
    mine.client.post(f"briefing/{id}/arrange", json={**sent, "ticked": []}, headers=headers)
    refused = mine.client.post(f"briefing/{id}/generate", headers=headers)
    assert "一条也没有勾选" in refused.json()["error"]


def test_provisions_come_by_name_and_from_the_clips(mine: Mine, assistant: Assistant) -> None:
    id = mine.begins(topic=TOPIC)
    clip = assistant.search("个人信息保护法第五十七条").passages[0].provision
    place = (clip.id, clip.document, clip.locator, clip.text)
    number = mine.site.records.clips.add(mine.user, *place)
    for sent in ({"name": "《网络安全法》第59条"}, {"clip": str(number)}):
        answer = mine.client.post(f"briefing/{id}/add", data=sent)
        at = answer.headers["location"].rpartition("#p-")[2]
        assert at in mine.plan(id).ticked
    added = {(e.document, e.locator) for e in mine.plan(id).entries if e.rank is None}
    assert added == {
        ("中华人民共和国网络安全法", "第五十九条"),
        ("中华人民共和国个人信息保护法", "第五十七条"),
    }
    missing = mine.client.post(f"briefing/{id}/add", data={"name": "数据安全法第九十九条"})
    assert missing.status_code == 400 and "没有找到“数据安全法第九十九条”" in missing.text


def test_other_parts_keep_the_outline_and_another_topic_gets_its_own(mine: Mine) -> None:
    id = mine.begins(topic=TOPIC)
    ids = [entry.provision_id for entry in mine.plan(id).entries]
    mine.client.post(f"briefing/{id}/add", data={"name": "网络安全法第五十九条"})
    headers = {"accept": "application/json"}
    order = [entry.provision_id for entry in mine.plan(id).entries]
    sent = {"order": order, "ticked": order[1:]}
    mine.client.post(f"briefing/{id}/arrange", json=sent, headers=headers)
    asked = {"template": SENT["template"], "topic": TOPIC, "parts": ["指标", "要点"]}
    mine.client.post(f"briefing/{id}", data=asked)
    assert mine.plan(id).wish.parts == ("指标", "要点")
    assert mine.plan(id).ticked == tuple(order[1:])
    mine.client.post(f"briefing/{id}", data={**asked, "again": "1"})
    assert mine.plan(id).ticked == tuple(order[1:])
    mine.client.post(f"briefing/{id}", data={**asked, "topic": "数据出境"})
    after = mine.plan(id)
    assert after.title.startswith("数据出境") and {*after.ticked} - {*ids}
    assert ("第五十九条", None) in {(e.locator, e.rank) for e in after.entries}
