import time

import pytest

from runtime.pinyin import initials, query_keys, search_keys, sort_key


@pytest.mark.parametrize(
    ("name", "key", "letters"),
    [
        ("单小军", "shan xiao jun", "sxj"),
        ("仇英", "qiu ying", "qy"),
        ("曾国藩", "zeng guo fan", "zgf"),
        ("解缙", "xie jin", "xj"),
        ("任志强", "ren zhi qiang", "rzq"),
        ("查良镛", "zha liang yong", "zly"),
        ("区大相", "ou da xiang", "odx"),
        ("盖叫天", "ge jiao tian", "gjt"),
        ("朴永日", "piao yong ri", "pyr"),
        ("尉迟恭", "yu chi gong", "ycg"),
        ("尉健行", "wei jian xing", "wjx"),
        ("万俟卨", "mo qi xie", "mqx"),
        ("李长春", "li chang chun", "lcc"),
        ("张 伟", "zhang wei", "zw"),
        ("吕\u3000梁", "lv liang", "ll"),
        ("阿依古丽·买买提", "a yi gu li mai mai ti", "ayglmmt"),
        ("第3党支部", "di 3 dang zhi bu", "ddzb"),
        ("ＡＢＣ公司", "abc gong si", "abcgs"),
        ("", "", ""),
    ],
)
def test_readings(name: str, key: str, letters: str) -> None:
    assert sort_key(name) == key
    assert initials(name) == letters


def test_words_begin_with_no_surname() -> None:
    assert sort_key("解放路社区") == "jie fang lu she qu"
    assert sort_key("单位", personal_name=False) == "dan wei"
    assert sort_key("解放军战士", personal_name=True).startswith("xie")


def test_names_sort_by_syllable() -> None:
    names = ["西安", "先", "单一", "沙河", "仇二", "曾三"]
    assert sorted(names, key=sort_key) == ["仇二", "沙河", "单一", "西安", "先", "曾三"]


def test_keys_of_a_name() -> None:
    assert search_keys("张建国", "zjg") == ["张建", "建国", "~zj", "~jg"]
    assert search_keys("张", "z") == ["张", "~z"]
    assert search_keys("张 建国", "zjg") == search_keys("张建国", "zjg")


@pytest.mark.parametrize(
    ("search", "keys"),
    [
        ("建国", ["建国"]),
        ("张建国", ["张建", "建国"]),
        ("ZJG", ["~zj", "~jg"]),
        ("张建zg", ["张建", "~zg"]),
        ("张z", []),
        ("张", []),
    ],
)
def test_keys_of_a_search(search: str, keys: list[str]) -> None:
    assert query_keys(search) == keys


@pytest.mark.parametrize("name", ["张建国", "尉迟恭", "横水镇新庄村党支部", "阿依古丽·买买提", "第3党支部"])
def test_every_part_of_a_name_finds_it(name: str) -> None:
    letters = initials(name)
    keys = set(search_keys(name, letters))
    for text in (name, letters):
        parts = [text[i:j] for i in range(len(text)) for j in range(i + 2, len(text) + 1)]
        assert all(keys.issuperset(query_keys(part)) for part in parts)


def test_a_county_is_read_while_somebody_waits() -> None:
    characters = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀英霞平刚桂华建国文红玉春梅志海林峰云"
    names = [f"{s}{a}{b}" for s in "王李张刘陈单仇曾任" for a in characters for b in characters][:12000]
    start = time.process_time()
    for name in names:
        search_keys(name, initials(name))
        sort_key(name)
    assert time.process_time() - start < 2  # 0.4 s on two slow cores
