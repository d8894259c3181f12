"""Checksums are those that TensorBoard computes byte by byte."""

from __future__ import annotations

import numpy as np
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

from gymdash_jupyter.streams.tensorboard.checksums import masked_crc, masked_crcs


def test_texts_of_any_length_have_tensorboards_checksum() -> None:
    random = np.random.default_rng(0)
    texts = [random.bytes(n) for n in [*range(300), 1000, 4095, 4096, 4097, 100_003]]
    texts += [b"", bytes(1000), b"\xff" * 1000]
    assert masked_crc(b"123456789") == masked_crc32c(b"123456789")
    expected = [masked_crc32c(text) for text in texts]
    assert [masked_crc(text) for text in texts] == expected
    block = np.frombuffer(b"".join(texts), dtype=np.uint8)
    lengths = np.array([len(text) for text in texts])
    assert masked_crcs(block, np.cumsum(lengths) - lengths, lengths).tolist() == expected


def test_large_texts_are_done_in_batches() -> None:
    text = np.random.default_rng(0).bytes(3_000_000)
    block = np.frombuffer(text * 2, dtype=np.uint8)
    starts, lengths = np.array([0, 3_000_000, 5]), np.array([3_000_000, 3_000_000, 3_000_000])
    first, second, other = masked_crcs(block, starts, lengths).tolist()
    assert first == second == masked_crc(text)
    assert other != first
