from __future__ import annotations

import os
import re
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gymdash_jupyter as gd
from gymdash_jupyter import output
from gymdash_jupyter.errors import InvalidArgumentError
from gymdash_jupyter.output import HEAD_BYTES, MAX_BYTES, TAIL_BYTES, OutputLog, read_tail
from tests.launch.other_process import OtherProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GONE = re.compile(rb"\[gymdash: ([\d,]+) bytes of output are not kept\]\n")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[OutputLog]:
    made = OutputLog(tmp_path / "sims" / "one" / "output.log")
    yield made
    made.close()


def numbered(first: int, last: int) -> bytes:
    """Lines of 32 bytes with their number."""
    return b"".join(b"line %026d\n" % i for i in range(first, last))


# Writing


def test_a_line_is_in_the_file_when_it_ends(log):
    stream = log.stream()
    print("one", "two", file=stream)
    assert log.path.read_bytes() == b"one two\n"


def test_a_bar_is_in_the_file_when_it_moves(log):
    stream = log.stream()
    stream.write("\r 10%")
    assert log.path.read_bytes() == b"\r 10%"


@pytest.mark.parametrize("come", [OutputLog.trim, OutputLog.close])
def test_a_line_without_an_end_is_in_the_file_soon(log, come):
    closed, stream = log.stream(), log.stream()
    closed.close()
    stream.write("no end of line")
    come(log)
    assert log.path.read_bytes() == b"no end of line"


def test_lines_of_stdout_and_stderr_stay_whole(log):
    streams = [log.stream(), log.stream()]

    def print_all(stream):
        for i in range(2000):
            print("one", i, "line", file=stream)

    threads = [threading.Thread(target=print_all, args=[stream]) for stream in streams]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = log.path.read_text().splitlines()
    assert sorted(lines) == sorted(2 * [f"one {i} line" for i in range(2000)])


def test_words_stay_in_order_while_they_are_flushed(log):
    stream = log.stream()
    is_done = threading.Event()

    def trim_on():
        while not is_done.is_set():
            log.trim()

    thread = threading.Thread(target=trim_on)
    thread.start()
    for i in range(5000):
        stream.write(f"{i} ")
    is_done.set()
    thread.join()
    log.trim()
    assert log.path.read_text().split() == [str(i) for i in range(5000)]


def test_stream_takes_what_utf8_cannot_hold(log):
    print("hä \ud800", file=log.stream())
    assert log.path.read_bytes() == "hä \\ud800\n".encode()


def test_print_takes_bytes_by_the_buffer_too(log):
    assert log.stream().buffer.write(b"\xff\x00") == 2
    assert log.path.read_bytes() == b"\xff\x00"


def test_c_libraries_write_to_the_same_file(log):
    stream = log.stream()
    print("python", file=stream)
    os.write(log.fileno(), b"c\n")
    print("python", file=stream)
    assert log.path.read_bytes() == b"python\nc\npython\n"


def test_second_log_goes_on_where_the_first_ended(log):
    log.write(b"first\n")
    again = OutputLog(log.path)
    again.write(b"second\n")
    again.close()
    assert log.path.read_bytes() == b"first\nsecond\n"


def test_file_that_cannot_be_made_harms_nobody(tmp_path):
    (tmp_path / "sims").write_text("a file where the folder should be")
    log = OutputLog(tmp_path / "sims" / "output.log")
    print("words", file=log.stream())
    log.trim()
    log.close()


def test_writing_after_the_end_harms_nobody(log):
    stream = log.stream()
    log.close()
    log.close()
    print("words", file=stream)
    log.trim()


_LIMITED = """
import resource, sys
from gymdash_jupyter.output import OutputLog
log = OutputLog(sys.argv[1])
sys.stdout = log.stream()
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
print("a" * 59)
print("b" * 59)
print("c" * 59)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
print("d" * 9)
sys.stderr.write("went on\\n")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are a thing of POSIX")
def test_training_goes_on_over_a_full_disk_and_the_log_says_what_was_lost(tmp_path):
    path = tmp_path / "output.log"
    with OtherProcess(_LIMITED, path) as process:
        assert process.line() == "went on"
        assert process.ended() == 0
    kept = "a" * 59 + "\n" + "b" * 40
    note = "[gymdash: 80 bytes of output could not be written]"
    assert path.read_text() == f"{kept}\n{note}\n{'d' * 9}\n"


_FORKING = """
import os, sys, threading
from gymdash_jupyter.output import OutputLog
log = OutputLog(sys.argv[1])
stream = log.stream()
taken = threading.Event()
def hold():
    with log._writing:
        taken.set()
        threading.Event().wait()
threading.Thread(target=hold, daemon=True).start()
taken.wait()
child = os.fork()
if not child:
    print("child", file=stream)
    os._exit(0)
os.waitpid(child, 0)
print("done", flush=True)
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_forked_child_never_waits_for_a_thread_of_its_parent(tmp_path):
    with OtherProcess(_FORKING, tmp_path / "output.log") as process:
        assert process.line() == "done"
    assert (tmp_path / "output.log").read_text() == "child\n"


# Trimming


def test_file_of_the_largest_size_is_left_alone(log):
    log.write(b"x" * MAX_BYTES)
    log.trim()
    assert log.path.stat().st_size == MAX_BYTES


def test_trimmed_file_keeps_beginning_and_end_in_whole_lines(log):
    lines = MAX_BYTES // 32 + 10
    log.write(numbered(0, lines))
    log.trim()
    head, gone, tail = GONE.split(log.path.read_bytes())
    kept = HEAD_BYTES // 32
    assert head == numbered(0, kept)
    assert tail == numbered(lines - TAIL_BYTES // 32 + 1, lines)
    assert int(gone.replace(b",", b"")) == 32 * lines - len(head) - len(tail)


def test_second_trim_counts_on(log):
    lines = 0
    for _ in range(3):
        log.write(numbered(lines, lines + 200_000))
        lines += 200_000
        log.trim()
    head, gone, tail = GONE.split(log.path.read_bytes())
    assert int(gone.replace(b",", b"")) + len(head) + len(tail) == 32 * lines
    assert tail.endswith(numbered(lines - 1, lines))


def test_one_endless_line_is_trimmed_too(log):
    for _ in range(2):
        log.write(b"x" * (MAX_BYTES + 1))
        log.trim()
    head, gone, tail = GONE.split(log.path.read_bytes())
    assert len(head) == HEAD_BYTES + 1  # the note stands on a line of its own
    assert len(tail) == TAIL_BYTES
    assert int(gone.replace(b",", b"")) + len(head) - 1 + len(tail) == 2 * (MAX_BYTES + 1)


def test_who_has_the_file_open_goes_on_at_its_end(log):
    log.write(numbered(0, MAX_BYTES // 32 + 1))
    number = log.path.stat().st_ino
    c_library = os.dup(log.fileno())
    log.trim()
    os.write(c_library, b"c\n")
    print("python", file=log.stream())
    os.close(c_library)
    assert log.path.stat().st_ino == number
    assert log.path.read_bytes().endswith(b"\nc\npython\n")


def test_what_threads_print_while_it_is_trimmed_is_kept(log):
    log.write(numbered(0, MAX_BYTES // 32 + 1))
    stream = log.stream()
    go_on = threading.Event()
    printed = 0

    def print_on():
        nonlocal printed
        while not go_on.is_set():
            stream.write(f"thread {printed}\n")
            printed += 1

    thread = threading.Thread(target=print_on)
    thread.start()
    log.trim()
    go_on.set()
    thread.join()
    said = [line for line in log.path.read_text().splitlines() if line.startswith("thread")]
    assert said == [f"thread {i}" for i in range(printed)]


def test_deleted_file_does_not_fill_the_disk(log):
    log.write(b"x" * (MAX_BYTES + 1))
    log.path.unlink()
    log.trim()
    assert os.fstat(log.fileno()).st_size == 0


# Reading


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "output.log"


def test_no_file_is_no_words(path):
    assert read_tail(path) == ""


def test_last_lines_are_read(path):
    path.write_bytes(b"a\nb\n\nc\n")
    assert read_tail(path, n_lines=3) == "b\n\nc"
    assert read_tail(path, n_lines=0) == ""
    assert read_tail(path, n_lines=None) == "a\nb\n\nc"


def test_line_that_has_not_ended_is_read(path):
    path.write_bytes(b"a\nb")
    assert read_tail(path, n_lines=1) == "b"


def test_only_the_end_of_a_huge_file_is_read(path):
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole of a terabyte
        file.seek(0, os.SEEK_END)
        file.write(numbered(0, 5_000))
    assert read_tail(path, n_lines=2).encode() == numbered(4_998, 5_000).rstrip()


def test_bytes_that_are_read_are_limited(path):
    path.write_bytes(b"\n".join(b"%d" % i for i in range(100_000)))
    text = read_tail(path, n_lines=None, max_bytes=1000)
    assert text.endswith("\n99998\n99999")
    assert len(text) <= 1000
    assert set(map(len, text.split("\n"))) == {5}


def test_lines_are_counted_as_they_are_shown(path):
    # 30,000 states of two bars take more room than what is read first.
    bars = "".join(f"\router {i}\n\rinner {i}\x1b[A" for i in range(30_000))
    path.write_text("hello\n" + bars + "\n\nbye\n")
    assert read_tail(path, n_lines=4) == "hello\nouter 29999\ninner 29999\nbye"


def test_bytes_that_are_no_text_are_marked(path):
    path.write_bytes(b"a\xff\xfeb")
    assert read_tail(path) == "a\ufffd\ufffdb"


@pytest.mark.parametrize("n_lines", [-1, 1.5, "3", True])
def test_odd_numbers_of_lines_are_refused(path, n_lines):
    with pytest.raises(InvalidArgumentError, match="n_lines takes a whole number"):
        read_tail(path, n_lines=n_lines)


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes of POSIX")
def test_links_pipes_and_folders_are_no_logs(tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "."):
        assert read_tail(tmp_path / name) == ""
        assert output.output_size(tmp_path / name) == (0, 0)


def test_nothing_is_written_through_a_link_or_into_a_pipe(tmp_path):
    (tmp_path / "own").write_text("own")
    (tmp_path / "link").symlink_to(tmp_path / "own")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        log = output.OutputLog(tmp_path / name)
        log.write(b"word")
        log.trim()
        log.close()
    assert (tmp_path / "own").read_text() == "own"


def test_size_tells_whether_there_is_news(log):
    assert output.output_size(log.path)[0] == 0
    log.write(b"abc")
    first = output.output_size(log.path)
    assert first[0] == 3
    assert output.output_size(log.path) == first


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1))
def test_log_reads_as_it_was_printed(tmp_path_factory, lines):
    path = tmp_path_factory.mktemp("printed") / "output.log"
    log = OutputLog(path)
    for line in lines:
        print(line, file=log.stream())
    log.close()
    assert read_tail(path, n_lines=None) == "\n".join(lines)


# What people call


class Idle(gd.Simulation):
    def _run(self):
        pass


def test_output_of_a_simulation_is_its_own_log(tmp_path):
    gd.open_project(tmp_path)
    sim_id, sim = gd.SimulationTracker().create_simulation(Idle)
    stored = gd.SimulationTracker().get_sim(sim_id)
    assert sim.output() == stored.output() == ""
    log = OutputLog(tmp_path / "sims" / str(sim_id) / "output.log")
    log.write("".join(f"line {i}\n" for i in range(300)).encode())
    log.close()
    assert sim.output(2) == stored.output(2) == "line 298\nline 299"
    assert len(sim.output().split("\n")) == len(stored.output().split("\n")) == 200
    assert len(sim.output(None).split("\n")) == len(stored.output(None).split("\n")) == 300


def test_simulation_by_hand_has_no_output(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "output.log").write_text("somebody else's")
    assert Idle(gd.SimulationStartConfig(name="idle", sim_key="idle")).output() == ""
