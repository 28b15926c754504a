from datetime import UTC, date, datetime

import pytest

from runtime import clock
from runtime.idcard import WrongIdentityNumber, birth_date_of, is_valid, normalized, sex_of
from runtime.masks import masked_id_number

# The example of GB 11643 and numbers computed from it; nobody's.
MAN = "11010519491231002X"


def with_check_digit(first_17: str) -> str:
    """Computed here in the words of the standard (ISO 7064 MOD 11-2), not with the library under test."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(first_17, weights, strict=True))
    return first_17 + "10X98765432"[total % 11]


def test_the_example_of_the_standard() -> None:
    assert normalized(MAN) == MAN
    assert birth_date_of(MAN) == date(1949, 12, 31)
    assert sex_of(MAN) == "FEMALE"
    assert sex_of(with_check_digit("14082619800101001")) == "MALE"


def test_what_cells_of_workbooks_hold_is_normalized() -> None:
    assert normalized(" 110105 19491231 002x\u3000") == MAN
    assert normalized("１１０１０５１９４９１２３１００２ｘ") == MAN


def test_a_region_that_never_was_is_accepted() -> None:
    assert is_valid(with_check_digit("99999919800101001"))


@pytest.mark.parametrize("digit", range(17))
def test_every_single_wrong_digit_is_found(digit: int) -> None:
    for other in set("0123456789") - {MAN[digit]}:
        assert not is_valid(MAN[:digit] + other + MAN[digit + 1 :])


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", "17 digits"),
        ("130503670401001", "17 digits"),  # the 15 digits of before 1999, void since 2013
        ("11010519491231002*", "17 digits"),
        ("110105194912310021", "check digit"),
        (with_check_digit("14082619810229001"), "does not exist"),
        (with_check_digit("14082620301301001"), "does not exist"),
        (with_check_digit("14082617000101001"), "impossible"),
        (with_check_digit("14082620201226001"), "impossible"),
    ],
)
def test_a_refusal_says_why_and_does_not_repeat_the_number(number: str, reason: str) -> None:
    with (
        clock.stopped_at(datetime(2020, 12, 25, 8, tzinfo=UTC)),
        pytest.raises(WrongIdentityNumber, match=reason) as refused,
    ):
        normalized(number)
    assert not number or number not in str(refused.value)


def test_today_in_china_is_a_possible_birthday() -> None:
    newborn = with_check_digit("14082620201226001")
    with clock.stopped_at(datetime(2020, 12, 25, 16, 0, tzinfo=UTC)):  # midnight in China
        assert is_valid(newborn)


def test_the_mask_shows_neither_birthday_nor_the_order_number() -> None:
    assert masked_id_number(MAN) == "110*************2X"
