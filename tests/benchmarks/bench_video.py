"""What images and videos cost the thread that trains, and the encoder."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.benchmarks.rows import BenchRow

_SHAPE = (400, 600, 3)
_FRAMES = 300

# How much more memory a process needs for ten times as many frames. Its own process, because a peak never goes down.
_MEMORY = """
import resource, sys, tempfile
from pathlib import Path
import numpy as np
from gymdash_jupyter.video import VideoEncoder

frame = np.random.default_rng(0).integers(0, 256, (400, 600, 3), dtype=np.uint8)
with tempfile.TemporaryDirectory() as folder:
    video = VideoEncoder(Path(folder, "v.mp4"))
    for n in range(int(sys.argv[1])):
        video.add(np.roll(frame, n, axis=1))
    video.close()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def rows() -> list[BenchRow]:
    """Measure with pictures of CartPole's size and kind."""
    encode_ms = _encoding_ms()
    few, many = (_peak_mb(n) for n in (100, 1000))
    image_us = _image_us()
    share = image_us / _copy_us()
    return [
        BenchRow(
            "encode a 600 x 400 frame, CPU of all threads",
            f"{encode_ms:.2f} ms (rendering {_render_ms():.2f})",
            "<= 5 ms",
            encode_ms <= 5,
        ),
        BenchRow(
            "peak memory, 1,000 frames of noise less 100",
            f"{many - few:.1f} MB",
            "<= 10 MB",
            many - few <= 10,
        ),
        BenchRow(
            "recorder.image, 600 x 400 RGB, in the training thread",
            f"{image_us:.0f} us, {share:.1f} copies",
            "<= 1 ms",
            image_us <= 1000,
        ),
        _filming_row(),
    ]


def _cart(n: int) -> np.ndarray:
    frame = np.full(_SHAPE, 255, np.uint8)
    frame[299:301] = 0
    frame[270:300, 200 + n % 200 : 250 + n % 200] = 0
    frame[170:270, 220 + n % 200 : 230 + n % 200] = (202, 152, 101)
    return frame


def _encoding_ms() -> float:
    from gymdash_jupyter.video import VideoEncoder

    frames = [_cart(n) for n in range(_FRAMES)]
    with tempfile.TemporaryDirectory() as folder:
        video = VideoEncoder(Path(folder, "v.mp4"))
        began = time.process_time()
        for frame in frames:
            video.add(frame)
        video.close()
        return (time.process_time() - began) / _FRAMES * 1000


def _render_ms() -> float:
    import gymnasium as gym

    env = gym.make("CartPole-v1", render_mode="rgb_array")
    env.reset()
    env.render()
    began = time.process_time()
    for _ in range(50):
        env.render()
    return (time.process_time() - began) / 50 * 1000


def _peak_mb(n_frames: int) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _MEMORY, str(n_frames)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def _median_us(call: Callable[[int], object], n: int, pause_s: float = 0.0) -> float:
    times = []
    for step in range(n):
        began = time.perf_counter()
        call(step)
        times.append(time.perf_counter() - began)
        time.sleep(pause_s)
    return statistics.median(times) * 1e6


def _copy_us() -> float:
    frame = _cart(0)
    return _median_us(lambda _: frame.copy(), 200)


def _image_us() -> float:
    from gymdash_jupyter.recorder import Recorder

    frame = _cart(0)
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder()
        recorder.keep_media_in(folder)
        # As in a training: not so often that the helper never rests.
        took = _median_us(lambda step: recorder.image("frame", frame, step), 100, pause_s=0.02)
        recorder.close_media()
        return took


def _filming_row() -> BenchRow:
    """Compare steps of an environment that is wrapped, but not filmed, with bare ones."""
    import gymnasium as gym

    from gymdash_jupyter.video import RecordVideo

    class Nothing(gym.Env):
        render_mode = "rgb_array"

        def reset(self, **kwargs: object) -> tuple[int, dict[str, object]]:
            return 0, {}

        def step(self, action: object) -> tuple[int, float, bool, bool, dict[str, object]]:
            return 0, 1.0, False, False, {}

    def step_us(env: gym.Env) -> float:
        env.reset()
        began = time.perf_counter()
        for _ in range(100_000):
            env.step(0)
        return (time.perf_counter() - began) / 100_000 * 1e6

    with tempfile.TemporaryDirectory() as folder:
        bare = min(step_us(Nothing()) for _ in range(3))
        filmed = RecordVideo(Nothing(), folder, episode_trigger=lambda episode: episode < 0)
        cost = min(step_us(filmed) for _ in range(3)) - bare
    return BenchRow(
        "RecordVideo, a step that is not filmed", f"{cost:.2f} us", "<= 1 us", cost <= 1
    )


if __name__ == "__main__":
    for row in rows():
        print(row)
