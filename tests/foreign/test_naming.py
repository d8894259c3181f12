"""A tag is the key, unless two folders of one simulation wrote the same one."""

from hypothesis import given
from hypothesis import strategies as st

from gymdash_jupyter.foreign.naming import KeyNames

FOLDERS = st.sampled_from([".", "a", "b", "a/b", "b/a", "a/b/a", "b/b"])
TAGS = st.sampled_from(["t", "a/t", "b/t", "a/b/t", "b/a/t"])


def test_the_first_folder_has_its_tags_as_they_are() -> None:
    names = KeyNames()
    assert names.key("tb/A_ppo/train", "loss") == "loss"
    assert names.key("tb/A_ppo/eval", "loss") == "eval/loss"
    assert names.key("tb/A_ppo/eval", "only/here") == "only/here"
    assert names.key("other/eval", "loss") == "other/eval/loss"


def test_a_prefix_that_is_taken_becomes_the_whole_path() -> None:
    names = KeyNames()
    assert names.key("tb/a/x", "loss") == "loss"
    assert names.key("tb/a/y", "loss") == "y/loss"
    assert names.key("tb/a/z", "y/loss") == "z/y/loss"
    assert names.key("tb/a", "loss") == "tb/a/loss"


@given(st.lists(st.tuples(FOLDERS, TAGS), max_size=40))
def test_no_two_share_a_key_and_none_ever_changes(asked: list[tuple[str, str]]) -> None:
    names = KeyNames()
    given_names: dict[tuple[str, str], str] = {}
    for folder, tag in asked:
        key = names.key(folder, tag)
        assert given_names.setdefault((folder, tag), key) == key
    assert len(set(given_names.values())) == len(given_names)
