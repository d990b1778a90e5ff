"""A file is read as long as somebody asks for it."""

import io
import time

import httpx
import pytest
from PIL import Image, ImageDraw

from qa.web.admin import arrivals
from tests.web.sites import PASSWORD, Site

UNSEEN_S = 1.0
LONG_S = 30


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "_UNSEEN_S", UNSEEN_S)


def long_scan() -> bytes:
    """Many pages that all have to be recognised."""
    page = Image.new("L", (1240, 1754), 255)
    drawn = ImageDraw.Draw(page)
    for line in range(40):
        drawn.text((100, 60 + 40 * line), f"Article {line} " * 6, fill=0, font_size=24)
    file = io.BytesIO()
    page.save(file, "pdf", save_all=True, append_images=[page] * 40)
    return file.getvalue()


def state(client: httpx.Client, token: str, wait: float = 0) -> str:
    return str(client.get(f"admin/intake/{token}", params={"wait": wait}).json()["state"])


def test_a_file_is_read_on_while_its_page_asks_and_no_longer(site: Site) -> None:
    name, other = site.add("archivist", "admin"), site.add("colleague", "admin")
    scan = {"x-file-name": "scan.pdf"}
    with site.signed_in(name) as client, site.signed_in(other) as stranger:
        token = client.post("admin/intake", content=long_scan(), headers=scan).json()["token"]
        until = time.monotonic() + LONG_S
        while (now := state(client, token)) == "waiting" and time.monotonic() < until:
            time.sleep(0.1)
        assert now == "reading"
        started = time.monotonic()
        assert state(client, token, wait=2 * UNSEEN_S) == "reading"  # answered late
        assert time.monotonic() - started > 2 * UNSEEN_S
        assert state(stranger, token) == "gone"
        assert client.post("sign-out").status_code == 303
        refused = client.get(f"admin/intake/{token}", headers={"accept": "*/*"})
        assert refused.status_code == 401
        time.sleep(2 * UNSEEN_S)  # nobody may ask, or it would be read on
        client.post("sign-in", data={"name": name, "password": PASSWORD})
        assert state(client, token) == "refused"


def test_what_cannot_be_a_time_to_wait_is_refused(site: Site) -> None:
    with site.signed_in(site.add("archivist", "admin")) as client:
        for wait in ("nan", "600", "-1"):
            assert client.get("admin/intake/x", params={"wait": wait}).status_code == 422
