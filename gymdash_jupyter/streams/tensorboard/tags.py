"""What is known of the tags of a folder: their numbers, their kinds, and the plugin each named first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.streams.tensorboard.hparams import PLUGIN as HPARAMS
from gymdash_jupyter.streams.tensorboard.hparams import read_hparams

if TYPE_CHECKING:
    from gymdash_jupyter.streams.tensorboard.plain import PlainValue

KINDS: Final = ("scalars", "images", "audio", "text", "histograms")
"""TensorBoard's own words, which are also the names of its plugins."""

_NO_DATA: Final = frozenset({"custom_scalars", "graph_keras_model", "graph_run_metadata"})
"""Plugins of TensorBoard's that keep how something is laid out or built; graphs are passed over without a word, too."""


class Tags:
    """Learn the tags of one folder while it is read. Not for several threads at once."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        """Kind of each key from which something was read."""
        self.hparams: dict[str, Any] = {}
        """The hyperparameters that the files name."""
        self._numbers: dict[bytes, int] = {}
        self._keys: list[str] = []
        self._plugins: dict[int, str] = {}
        self._noted: set[str] = set()
        self._news: list[str] = []

    @property
    def n(self) -> int:
        """How many tags were met."""
        return len(self._keys)

    def number(self, tag: bytes) -> int:
        """Give the number of a tag, from 0 up."""
        number = self._numbers.get(tag)
        if number is None:
            number = self._numbers[tag] = len(self._keys)
            key = tag.decode("utf-8", "backslashreplace")
            self._keys.append(key)
            if key.encode() != tag:
                self.note(f"A tag is not UTF-8: it is called {key!r} here.")
        return number

    def note(self, problem: str) -> None:
        """Take down a problem, once."""
        if problem not in self._noted:
            self._noted.add(problem)
            self._news.append(problem)

    def news(self) -> list[str]:
        """Give the problems that were taken down since the last call."""
        news, self._news = self._news, []
        return news

    def scalar_key(self, number: int) -> str:
        """Give the key of a tag of which scalars were read."""
        key = self._keys[number]
        self.kinds.setdefault(key, "scalars")
        return key

    def learned(self, value: PlainValue, kind: str) -> str:
        """Take down that something of a kind was read; give the key."""
        key = self._keys[self.number(value.tag)]
        self.kinds.setdefault(key, kind)
        return key

    def is_scalar(self, number: int, *, is_tensor: bool, plugin: str | None) -> bool:
        """Say whether single numbers under a tag are scalars; a tensor is what the tag's plugin makes of it."""
        if plugin:
            self._plugins.setdefault(number, plugin)
        known = self._plugins.get(number, "")
        if not is_tensor or known in ("", "scalars"):
            return True
        self._note_plugin(known)
        return False

    def kind_of(self, value: PlainValue) -> str | None:
        """Say what a value is; None where it is nothing that is read.

        Raises:
            WireError: Its tensor cannot be read, or is not what its plugin wants.
        """
        number = self.number(value.tag)
        if value.plugin:
            self._plugins.setdefault(number, value.plugin)
        plugin = self._plugins.get(number, "")
        if plugin == HPARAMS:
            self.hparams.update(read_hparams(value.plugin_content))
            return None
        if value.content != "tensor":
            return value.content or None
        if plugin == "" and value.tensor.numbers is not None and not value.tensor.shape:
            plugin = "scalars"
        if plugin in KINDS:
            if plugin == "scalars":
                value.number()
            return plugin
        self._note_plugin(plugin)
        return None

    def _note_plugin(self, plugin: str) -> None:
        if plugin in _NO_DATA:
            return
        if plugin:
            self.note(f"What TensorBoard's plugin {plugin!r} keeps is not read.")
        else:
            self.note("Tensors that name no plugin are not read.")
