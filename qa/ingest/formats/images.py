"""Pictures of pages: scans and photographs."""

import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from qa.errors import DocumentError
from qa.ingest.formats.limits import Limits
from qa.ingest.formats.ocr import Recogniser
from qa.ingest.formats.pdf import laid_out
from qa.ingest.formats.reading import OnPage
from qa.ingest.formats.result import Read

_DAMAGED = (
    *(UnidentifiedImageError, OSError, EOFError, SyntaxError, ValueError, OverflowError),
    *(TypeError, KeyError, IndexError, AttributeError, struct.error, zlib.error),
)
"""What Pillow raises on a picture that is not sound."""


def read_image(path: Path, limits: Limits, on_page: OnPage) -> Read:
    """The paragraphs of a picture; of a TIFF, of all its pages."""
    # The size is checked below, before anything is decoded, by the limit of the settings.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as image:
            pages = getattr(image, "n_frames", 1)
            if pages > limits.pages:
                raise DocumentError(
                    f"{path.name} 有 {pages} 页，超过上限 {limits.pages} 页；请拆分后再加入。"
                )
            recogniser: Recogniser | None = None
            sheets = []
            for number, frame in enumerate(ImageSequence.Iterator(image), start=1):
                if frame.width * frame.height > limits.pixels:
                    raise DocumentError(
                        f"{path.name} 有 {frame.width * frame.height / 1e6:.0f} 百万像素，"
                        f"超过上限 {limits.megapixels:g}；请缩小后再加入。"
                    )
                recogniser = recogniser or Recogniser(limits)
                upright = ImageOps.exif_transpose(frame).convert("RGB")
                picture = np.ascontiguousarray(np.asarray(upright)[:, :, ::-1])
                sheets.append(recogniser.picture(picture, number))
                on_page(number, pages)
    except _DAMAGED as error:
        raise DocumentError(f"{path.name} 已损坏，打不开；请换上完整的图片。") from error
    read = laid_out(sheets, path.name, frozenset(range(1, len(sheets) + 1)))
    return read.model_copy(update={"warnings": ("文字由识别得来，请核对。", *read.warnings)})
