"""What a member's record holds (记录项目), and what becomes of a request about each of it."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from resolvers.imports import cells
from runtime.language import Sentence

PIPL_47 = "《中华人民共和国个人信息保护法》第四十七条"


class RecordField(StrEnum):
    NAME = "NAME"
    ID_NUMBER = "ID_NUMBER"
    GENDER = "GENDER"
    ETHNICITY = "ETHNICITY"
    BIRTH_DATE = "BIRTH_DATE"
    EDUCATION = "EDUCATION"
    OCCUPATION = "OCCUPATION"
    PHONE = "PHONE"
    ADDRESS = "ADDRESS"
    JOINED_ON = "JOINED_ON"
    CONFIRMED_ON = "CONFIRMED_ON"
    STANDING = "STANDING"
    ORGANIZATION = "ORGANIZATION"
    CONTACT = "CONTACT"
    MINDSET = "MINDSET"
    CONTRIBUTION = "CONTRIBUTION"
    OTHER = "OTHER"


TERMS: Mapping[RecordField, Sentence] = {
    RecordField.NAME: Sentence("姓名", "the name"),
    RecordField.ID_NUMBER: Sentence("身份证号", "the identity number"),
    RecordField.GENDER: Sentence("性别", "the gender"),
    RecordField.ETHNICITY: Sentence("民族", "the ethnicity"),
    RecordField.BIRTH_DATE: Sentence("出生日期", "the birth date"),
    RecordField.EDUCATION: Sentence("学历", "the education"),
    RecordField.OCCUPATION: Sentence("工作岗位", "the occupation"),
    RecordField.PHONE: Sentence("手机号码", "the phone"),
    RecordField.ADDRESS: Sentence("家庭住址", "the address"),
    RecordField.JOINED_ON: Sentence("入党日期", "the day of joining"),
    RecordField.CONFIRMED_ON: Sentence("转正日期", "the day of becoming a full member"),
    RecordField.STANDING: Sentence("人员类别", "the standing"),
    RecordField.ORGANIZATION: Sentence("所在党支部", "the home branch"),
    RecordField.CONTACT: Sentence("流动期间联系方式", "the contact while away"),
    RecordField.MINDSET: Sentence("思想状况", "the mindset"),
    RecordField.CONTRIBUTION: Sentence("作用发挥", "the contribution"),
    RecordField.OTHER: Sentence("其他", "another value"),
}

# What an office's answer writes at once, each read as the importer reads its cell. Everything else stands on
# documents that the office keeps, and is corrected in its files.
WRITTEN_AT_ONCE: Mapping[RecordField, Callable[[str], str]] = {
    RecordField.PHONE: cells.phone,
    RecordField.ADDRESS: cells.text(200),
    RecordField.EDUCATION: cells.text(30),
    RecordField.OCCUPATION: cells.text(60),
    RecordField.ETHNICITY: cells.text(30),
}
# A proposal is looked at when it is made, so that nobody waits fifteen days to hear of a missing digit.
CHECKED: Mapping[RecordField, Callable[[str], str]] = {
    **WRITTEN_AT_ONCE,
    RecordField.NAME: cells.person_name,
    RecordField.ID_NUMBER: cells.id_number,
}

# Given voluntarily, so it can be taken back. What says who is a member, where and since when, and what he took part
# in is kept by the Party's rules as long as he is one.
DELETABLE = (
    RecordField.PHONE,
    RecordField.ADDRESS,
    RecordField.EDUCATION,
    RecordField.OCCUPATION,
    RecordField.CONTACT,
    RecordField.MINDSET,
    RecordField.CONTRIBUTION,
)
