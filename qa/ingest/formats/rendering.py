"""A page of a file as a picture, made by a process of its own, which may die of the file.

That process is `python -m qa.ingest.formats.rendering`: on standard input one JSON object, on
standard output the picture.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageOps

from qa.errors import DocumentError
from qa.ingest.formats.child import confine
from qa.ingest.formats.guarded import environment
from qa.ingest.formats.limits import Limits

_WIDTH = 1240
"""Pixels: enough to read small print by, on a narrow screen and on a wide one."""
_SECONDS = 30.0
_AT_ONCE = threading.Semaphore(2)
_KEPT = 500
"""Pictures; the ones that were made first go."""


def page_picture(path: Path, page: int, limits: Limits, cache: Path) -> bytes:
    """A page, 1-based, as WebP; `cache` is the folder where it is kept for the next reader.

    Raises:
        DocumentError: it cannot be drawn.
    """
    kept = cache / f"{path.stem}-{page}.webp"
    with contextlib.suppress(OSError):
        return kept.read_bytes()
    with _AT_ONCE:
        picture = _drawn(path, page, limits)
    with contextlib.suppress(OSError):  # a full disk keeps nobody from reading
        _keep(kept, picture)
    return picture


def main() -> None:
    """Draw one page."""
    asked = json.load(sys.stdin)
    confine(Limits(**asked["limits"]))
    picture = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _draw(Path(asked["path"]), asked["page"], Limits(**asked["limits"])).save(picture, "WEBP")


def _drawn(path: Path, page: int, limits: Limits) -> bytes:
    asked = json.dumps({"path": str(path.resolve()), "page": page, "limits": asdict(limits)})
    with tempfile.TemporaryDirectory(prefix="qa-page-") as folder:
        try:
            done = subprocess.run(
                [sys.executable, "-m", "qa.ingest.formats.rendering"],
                input=asked.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(folder),
                cwd=Path(__file__).resolve().parents[3],
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise DocumentError(f"原件第 {page} 页画不出来：用时太长；请看旁边的文字。") from None
    if done.returncode or not done.stdout:
        raise DocumentError(f"原件第 {page} 页画不出来；请看旁边的文字。")
    return done.stdout


def _draw(path: Path, page: int, limits: Limits) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = limits.pixels
    if path.suffix.lower() == ".pdf":
        with pdfium.PdfDocument(path) as document:
            leaf = document[page - 1]
            width, height = leaf.get_size()
            scale = min(_WIDTH / width, (limits.pixels / (width * height)) ** 0.5)
            drawn: Image.Image = leaf.render(scale=scale).to_pil().convert("RGB")
            return drawn
    with Image.open(path) as image:
        image.seek(page - 1)
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((_WIDTH, 4 * _WIDTH))
        return upright


def _keep(kept: Path, picture: bytes) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as beside:
        beside.write(picture)
    Path(beside.name).replace(kept)
    held = sorted(kept.parent.glob("*.webp"), key=lambda each: each.stat().st_mtime)
    for old in held[:-_KEPT]:
        old.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
