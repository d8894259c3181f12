"""NVIDIA's GPUs, by the package ``nvidia-ml-py`` (extra ``gpu``) where it is installed."""

from __future__ import annotations

import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gymdash_jupyter.resource_usage.values import GpuUsage

if TYPE_CHECKING:
    from collections.abc import Collection

NO_GPU: Final = "No NVIDIA GPU was found on this machine."
NOT_INSTALLED: Final = (
    "There seems to be an NVIDIA GPU. To see it here: pip install 'gymdash-jupyter[gpu]'"
)
_DRIVER: Final = Path("/proc/driver/nvidia/version")


def may_have_gpus() -> bool:
    """Tell, without loading anything, whether asking NVIDIA's GPUs could be of use on this machine."""
    return not sys.platform.startswith("linux") or _DRIVER.exists() or Path("/dev/dxg").exists()


class GpuReader:
    """Ask the GPUs how they are. Used by one thread at a time.

    Attributes:
        note: Why there are none, or ``""``.
    """

    def __init__(self) -> None:
        self.note = ""
        self._nvml: Any = None
        self._handles: list[tuple[Any, str]] = []
        self._open()

    def _open(self) -> None:
        try:
            import pynvml
        except ImportError:
            is_there = _DRIVER.exists() or shutil.which("nvidia-smi") is not None
            self.note = NOT_INSTALLED if is_there else NO_GPU
            return
        try:
            pynvml.nvmlInit()
            for index in range(pynvml.nvmlDeviceGetCount()):
                handle = pynvml.nvmlDeviceGetHandleByIndex(index)
                self._handles.append((handle, _text(pynvml.nvmlDeviceGetName(handle))))
        except pynvml.NVMLError as exc:
            missing = getattr(pynvml, "NVMLError_LibraryNotFound", ())
            self.note = (
                NO_GPU if isinstance(exc, missing) else f"The GPUs cannot be asked: {_text(exc)}."
            )
            self._handles = []
            return
        self._nvml = pynvml
        self.note = "" if self._handles else NO_GPU

    def read(self) -> tuple[GpuUsage, ...]:
        """Tell how each GPU is."""
        return tuple(self._one(index, *known) for index, known in enumerate(self._handles))

    def memory_by_pid(self) -> dict[int, int]:
        """Give the GPU memory of each process that computes, in bytes; a container may not see its own."""
        found: dict[int, int] = {}
        for handle, _ in self._handles:
            for each in self._ask(self._nvml.nvmlDeviceGetComputeRunningProcesses, handle) or ():
                if each.usedGpuMemory:
                    found[each.pid] = found.get(each.pid, 0) + int(each.usedGpuMemory)
        return found

    def used_by(self, pids: Collection[int]) -> tuple[float | None, int | None]:
        """Tell how busy the GPUs are on which some processes have memory, and how much memory that is.

        Returns:
            The sum of the busy shares of these GPUs, 1.0 for each, and bytes; None for what cannot be known, both where
            the processes use no GPU.
        """
        shares: list[float] = []
        sizes: list[int] = []
        for handle, _ in self._handles:
            found = self._ask(self._nvml.nvmlDeviceGetComputeRunningProcesses, handle) or ()
            own = [each for each in found if each.pid in pids]
            sizes += [int(each.usedGpuMemory) for each in own if each.usedGpuMemory]
            if own:
                rates = self._ask(self._nvml.nvmlDeviceGetUtilizationRates, handle)
                shares += [] if rates is None else [rates.gpu / 100]
        return sum(shares) if shares else None, sum(sizes) if sizes else None

    def _one(self, index: int, handle: Any, name: str) -> GpuUsage:
        nvml = self._nvml
        rates = self._ask(nvml.nvmlDeviceGetUtilizationRates, handle)
        memory = self._ask(nvml.nvmlDeviceGetMemoryInfo, handle)
        return GpuUsage(
            index=index,
            name=name,
            busy=None if rates is None else rates.gpu / 100,
            memory_used_bytes=None if memory is None else int(memory.used),
            memory_total_bytes=None if memory is None else int(memory.total),
            temperature_c=self._ask(
                nvml.nvmlDeviceGetTemperature, handle, nvml.NVML_TEMPERATURE_GPU
            ),
        )

    def _ask(self, question: Any, *args: Any) -> Any:
        """Give None for what a GPU cannot tell (a slice of one, an old driver, one that fell off the bus)."""
        with suppress(self._nvml.NVMLError):
            return question(*args)
        return None


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
