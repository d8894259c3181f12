"""Images, sounds and texts as events hold them, each as one file's content with what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from gymdash_jupyter.streams.tensorboard.fields import (
    AUDIO_CHANNELS,
    AUDIO_DATA,
    AUDIO_FRAMES,
    AUDIO_RATE,
    AUDIO_TYPE,
    IMAGE_DATA,
    IMAGE_HEIGHT,
    IMAGE_WIDTH,
)
from gymdash_jupyter.streams.tensorboard.wire import (
    BYTES,
    FIXED32,
    VARINT,
    WireError,
    fields,
    float_at,
    text_at,
)

if TYPE_CHECKING:
    from gymdash_jupyter.streams.tensorboard.tensors import Tensor

Piece: TypeAlias = tuple[bytes, str, dict[str, Any]]
"""Content, extension, what is known of it."""

_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF87a", ".gif"),
    (b"GIF89a", ".gif"),
    (b"BM", ".bmp"),
    (b"ID3", ".mp3"),
    (b"\xff\xfb", ".mp3"),
    (b"OggS", ".ogg"),
    (b"fLaC", ".flac"),
)
_TYPES: Final = {
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/flac": ".flac",
    "audio/mp4": ".m4a",
}


def image_of_proto(data: bytes, at: int, end: int) -> Piece:
    """Read a Summary.Image.

    Raises:
        WireError: It holds no picture of a known type.
    """
    info: dict[str, Any] = {}
    content = b""
    for number, kind, field_at, field_end in fields(data, at, end):
        if (number, kind) == (IMAGE_WIDTH, VARINT):
            info["width"] = field_at
        elif (number, kind) == (IMAGE_HEIGHT, VARINT):
            info["height"] = field_at
        elif (number, kind) == (IMAGE_DATA, BYTES):
            content = data[field_at:field_end]
    return content, _extension(content, "image"), info


def images_of_tensor(tensor: Tensor) -> list[Piece]:
    """Read the images of a tensor of texts: width, height, then one encoded picture after the other.

    Raises:
        WireError: It is no such tensor, or a picture is of no known type.
    """
    if tensor.numbers is not None or len(tensor.texts) < 2:
        msg = "images are a tensor of a width, a height and pictures; this one is not"
        raise WireError(msg)
    size = {
        name: int(text)
        for name, text in zip(("width", "height"), tensor.texts, strict=False)
        if text.isdigit() and len(text) < 10
    }
    pictures = tensor.texts[2:]
    return [
        (content, _extension(content, "image"), size | ({"index": i} if len(pictures) > 1 else {}))
        for i, content in enumerate(pictures)
    ]


def audio_of_proto(data: bytes, at: int, end: int) -> Piece:
    """Read a Summary.Audio.

    Raises:
        WireError: It holds no sound of a known type.
    """
    info: dict[str, Any] = {}
    content, content_type = b"", ""
    n_frames = 0
    for number, kind, field_at, field_end in fields(data, at, end):
        if (number, kind) == (AUDIO_RATE, FIXED32):
            info["sample_rate"] = round(float_at(data, field_at))
        elif (number, kind) == (AUDIO_CHANNELS, VARINT):
            info["n_channels"] = field_at
        elif (number, kind) == (AUDIO_FRAMES, VARINT):
            n_frames = field_at
        elif (number, kind) == (AUDIO_DATA, BYTES):
            content = data[field_at:field_end]
        elif (number, kind) == (AUDIO_TYPE, BYTES):
            content_type = text_at(data, field_at, field_end)
    if n_frames and info.get("sample_rate"):
        info["duration_s"] = n_frames / info["sample_rate"]
    return content, _TYPES.get(content_type) or _extension(content, "sound"), info


def audio_of_tensor(tensor: Tensor) -> list[Piece]:
    """Read the sounds of a tensor of texts, of shape (n,) or (n, 2) with a label behind each sound.

    Raises:
        WireError: It is no such tensor, or a sound is of no known type.
    """
    if tensor.numbers is not None:
        msg = "sounds are a tensor of texts; this one holds numbers"
        raise WireError(msg)
    has_labels = len(tensor.shape) == 2 and tensor.shape[1] == 2
    sounds = tensor.texts[::2] if has_labels else tensor.texts
    pieces = []
    for i, content in enumerate(sounds):
        info: dict[str, Any] = {"index": i} if len(sounds) > 1 else {}
        label = tensor.texts[2 * i + 1] if has_labels and 2 * i + 1 < len(tensor.texts) else b""
        if label:
            info["label"] = label.decode("utf-8", "backslashreplace")
        if content[:4] == b"RIFF" and content[12:16] == b"fmt ":
            info["n_channels"] = int.from_bytes(content[22:24], "little")
            info["sample_rate"] = int.from_bytes(content[24:28], "little")
        pieces.append((content, _extension(content, "sound"), info))
    return pieces


def text_of_tensor(tensor: Tensor) -> Piece:
    """Read a text; a list of texts becomes lines, a table of texts a Markdown table, as TensorBoard shows them.

    Raises:
        WireError: It holds numbers.
    """
    if tensor.numbers is not None:
        msg = "a text is a tensor of texts; this one holds numbers"
        raise WireError(msg)
    texts = [text.decode("utf-8", "backslashreplace") for text in tensor.texts]
    if (
        len(tensor.shape) == 2
        and tensor.shape[1] > 1
        and len(texts) == tensor.shape[0] * tensor.shape[1]
    ):
        n = tensor.shape[1]
        rows = ["| " + " | ".join(texts[at : at + n]) + " |" for at in range(0, len(texts), n)]
        whole = "\n".join(["| " * n + "|", "|---" * n + "|", *rows])
        return whole.encode(), ".md", {"shape": list(tensor.shape)}
    info = {"shape": list(tensor.shape)} if len(texts) > 1 else {}
    return "\n".join(texts).encode(), ".txt", info


def _extension(content: bytes, word: str) -> str:
    for beginning, extension in _BEGINNINGS:
        if content.startswith(beginning):
            return extension
    if content[:4] == b"RIFF" and content[8:12] in (b"WAVE", b"WEBP"):
        return ".wav" if content[8:12] == b"WAVE" else ".webp"
    msg = f"the {word} is of no known type (it begins with {content[:8]!r})"
    raise WireError(msg)
