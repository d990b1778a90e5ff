"""The permanent addresses of documents, provisions and places, below the root of the site."""

import re
from urllib.parse import quote, urlencode

from qa.ingest.provision import Provision

_SPACE = re.compile(r"\s+")


def anchor(locator: str) -> str:
    """The id of a place in its document's page: an id has no white space."""
    return _SPACE.sub("-", locator)


class Addresses:
    """Addresses for one root path, so that a proxy may serve a subfolder."""

    def __init__(self, root: str) -> None:
        """Take the root path of the request; empty where the site has the host to itself."""
        self.root = root.rstrip("/")

    @property
    def home(self) -> str:
        """The first page of the library."""
        return f"{self.root}/library"

    def document(self, title: str, place: str = "") -> str:
        """A whole document, opened at a place of it."""
        address = f"{self.root}/doc/{quote(title, safe='')}"
        return f"{address}#{quote(anchor(place), safe='')}" if place else address

    def place(self, provision: Provision, part: str = "") -> str:
        """A provision by itself, or a 款 or 项 of it."""
        locator = quote(f"{provision.locator}{part}", safe="")
        return f"{self.document(provision.document)}/{locator}"

    def page(self, title: str, page: int, place: str = "") -> str:
        """A page of the original, with a place on it marked."""
        marked = f"?{urlencode({'at': place})}" if place else ""
        return f"{self.root}/original/{quote(title, safe='')}/{page}{marked}"

    def picture(self, title: str, page: int) -> str:
        """A page of the original as a picture."""
        return f"{self.page(title, page)}.webp"

    def search(self, **chosen: str) -> str:
        """The exact search; what is empty is left out."""
        return f"{self.home}/search?{urlencode({k: v for k, v in chosen.items() if v})}"

    def compare(self, **chosen: str) -> str:
        """Two documents, or two provisions as `title/locator`, side by side."""
        return f"{self.home}/compare?{urlencode({k: v for k, v in chosen.items() if v})}"

    def ask(self, question: str) -> str:
        """The page 问答 with a question."""
        return f"{self.root}/?{urlencode({'q': question})}"
