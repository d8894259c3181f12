"""Which drives count as network drives."""

from __future__ import annotations

from pathlib import Path

import pytest

from gymdash_jupyter.store.filesystem import is_on_network_drive, lock_holders

MOUNTS = """\
/dev/vda / ext4 rw,relatime 0 0
server:/home /home nfs4 rw,relatime 0 0
/dev/vdb /home/local xfs rw 0 0
//server/share /mnt/my\\040share cifs rw 0 0
me@box:/data /data fuse.sshfs rw 0 0
tmpfs /data/fast tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/srv/project/db/simulations.db", False),
        ("/home/ada/project/db/simulations.db", True),
        ("/homework/project/db/simulations.db", False),
        ("/home/local/project/db/simulations.db", False),
        ("/mnt/my share/project/db/simulations.db", True),
        ("/data/project/db/simulations.db", True),
        ("/data/fast/project/db/simulations.db", False),
    ],
)
def test_the_innermost_mount_decides(tmp_path: Path, path: str, expected: bool) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    assert is_on_network_drive(Path(path), mounts) is expected


def test_without_a_table_of_mounts_a_drive_counts_as_local(tmp_path: Path) -> None:
    assert not is_on_network_drive(tmp_path, tmp_path / "no such table")


def test_holders_of_locks_are_read_from_the_systems_table(tmp_path: Path) -> None:
    file, locks = tmp_path / "file", tmp_path / "locks"
    file.touch()
    inode = file.stat().st_ino
    locks.write_text(
        f"1: POSIX  ADVISORY  READ 11 fe:00:{inode} 128 128\n"
        f"2: POSIX  ADVISORY  WRITE 12 fe:00:{inode} 120 120\n"
        f"2: -> POSIX  ADVISORY  WRITE 13 fe:00:{inode}9 120 120\n"
        f"3: POSIX  ADVISORY  WRITE 14 fe:00:{inode}9 0 EOF\n"
    )
    assert lock_holders(file, locks) == {11: False, 12: True}


def test_holders_are_unknown_where_the_system_has_no_table(tmp_path: Path) -> None:
    assert lock_holders(tmp_path, tmp_path / "no such table") is None
