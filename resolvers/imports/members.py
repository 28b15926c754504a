"""党员: the members of a county, each in one branch."""

from collections.abc import Iterator
from datetime import date

from models import sealed_columns
from models.choices import Gender, OrganizationKind, Standing, WorkbookKind
from resolvers.imports import cells, dates
from resolvers.imports.facts import Facts, KnownOrganization, load_members, load_organizations
from resolvers.imports.form import Form
from resolvers.imports.people import KIND_NAMES, NAME, standing_organization_of
from resolvers.imports.row_problems import RowProblem
from resolvers.imports.rows import Column, Record, Row, Seen
from runtime import idcard, pinyin
from runtime.identifiers import new_id
from runtime.masks import masked_cell, masked_id_number, masked_phone

GENDERS = {"男": Gender.MALE, "女": Gender.FEMALE, "男性": Gender.MALE, "女性": Gender.FEMALE}
STANDINGS = {
    "正式党员": Standing.FULL,
    "预备党员": Standing.PROBATIONARY,
    "正式": Standing.FULL,
    "预备": Standing.PROBATIONARY,
}
AGE_AT_JOINING = 18  # 《中国共产党章程》第一条
NOTHING = (None, None, None)

ID_NUMBER = Column("身份证号", cells.id_number, mask=masked_cell)
GENDER = Column("性别", cells.one_of(GENDERS))
ETHNICITY = Column("民族", cells.text(30), required=False)
BIRTH_DATE = Column("出生日期", dates.past_day)
EDUCATION = Column("学历", cells.text(30), required=False)
STANDING = Column("人员类别", cells.one_of(STANDINGS))
BRANCH = Column("所在党支部代码", cells.organization_code)
PHONE = Column("手机号码", cells.phone, required=False, mask=masked_cell)
JOINED_ON = Column("入党日期", dates.past_day)
CONFIRMED_ON = Column("转正日期", dates.past_day, required=False)
OCCUPATION = Column("工作岗位", cells.text(60), required=False)
ADDRESS = Column("家庭住址", cells.text(200), required=False)
LOST_CONTACT = Column("是否失联", cells.yes_or_no, required=False)
DECLARED_FLOATING = Column("是否流动党员", cells.yes_or_no, required=False)


def records(rows: Iterator[Row], facts: Facts) -> Iterator[Record]:
    seen: Seen[str] = Seen()
    for row in rows:
        number, name, born = cells.narrow(row.text(ID_NUMBER)), row[NAME], row[BIRTH_DATE]
        _check_identity(row, seen)
        branch = _branch(row, facts)
        _check_dates(row)
        if branch and not row.is_refused:
            yield _record(row, facts, branch)
            continue
        facts.refused.id_numbers.add(number)
        if name and born:
            facts.refused.people.add((name, born))


def _check_identity(row: Row, seen: Seen[str]) -> None:
    number = row[ID_NUMBER]
    if number is None:
        return
    first = seen.first_row(number, row)
    if first:
        row.refuse(ID_NUMBER, RowProblem.MEMBER_DUPLICATE, first=first)
        return
    born, gender, born_in_number = row[BIRTH_DATE], row[GENDER], idcard.birth_date_of(number)
    if born and born != born_in_number:
        row.refuse(BIRTH_DATE, RowProblem.BIRTH_DATE_DIFFERS, expected=born_in_number)
    if gender and gender != idcard.sex_of(number):
        row.refuse(GENDER, RowProblem.GENDER_DIFFERS, expected="男" if gender == Gender.FEMALE else "女")


def _branch(row: Row, facts: Facts) -> KnownOrganization | None:
    branch = standing_organization_of(row, BRANCH, facts)
    if branch and branch.kind != OrganizationKind.BRANCH:
        row.refuse(BRANCH, RowProblem.NOT_A_BRANCH, kind=KIND_NAMES[branch.kind])
    return branch


def _check_dates(row: Row) -> None:
    born, joined, standing = row[BIRTH_DATE], row[JOINED_ON], row[STANDING]
    if born and joined and joined < (of_age := coming_of_age(born)):
        row.refuse(JOINED_ON, RowProblem.UNDER_18_AT_JOINING, birthday=of_age)
    confirmed = row[CONFIRMED_ON]
    if standing == Standing.PROBATIONARY and confirmed:
        row.refuse(CONFIRMED_ON, RowProblem.PROBATIONARY_CONFIRMED)
    if standing == Standing.FULL and row.is_empty(CONFIRMED_ON):
        row.refuse(CONFIRMED_ON, RowProblem.FULL_NOT_CONFIRMED)
    joined, confirmed = row[JOINED_ON], row[CONFIRMED_ON]
    if joined and confirmed and confirmed < joined:
        row.refuse(CONFIRMED_ON, RowProblem.CONFIRMED_BEFORE_JOINED, joined=joined)


def coming_of_age(born: date) -> date:
    """The eighteenth birthday; of someone born on 29 February it is the 28th, as PostgreSQL counts too."""
    try:
        return born.replace(year=born.year + AGE_AT_JOINING)
    except ValueError:
        return born.replace(year=born.year + AGE_AT_JOINING, day=28)


def _record(row: Row, facts: Facts, branch: KnownOrganization) -> Record:
    """What is encrypted is bound to the member's id, so who is there already keeps his."""
    name, number, phone = row[NAME] or "", row[ID_NUMBER] or "", row[PHONE]
    initials = pinyin.initials(name, personal_name=True)
    known = facts.member_with(number)
    id = known.id if known else new_id()
    return (
        id,
        facts.county_id,
        branch.id,
        name,
        *facts.keys.seal(number, sealed_columns.ID_NUMBER.label, id, masked_id_number),
        row[GENDER],
        row[ETHNICITY],
        row[BIRTH_DATE],
        row[EDUCATION],
        row[STANDING],
        *(NOTHING if phone is None else facts.keys.seal(phone, sealed_columns.PHONE.label, id, masked_phone)),
        row[JOINED_ON],
        row[CONFIRMED_ON],
        row[OCCUPATION],
        row[ADDRESS],
        row[LOST_CONTACT] or False,
        row[DECLARED_FLOATING] or False,
        pinyin.sort_key(name, personal_name=True)[:120],
        initials[:60],
        pinyin.search_keys(name, initials),
    )


MEMBERS = Form(
    kind=WorkbookKind.MEMBERS,
    stem="党员",
    columns=(
        NAME,
        ID_NUMBER,
        GENDER,
        ETHNICITY,
        BIRTH_DATE,
        EDUCATION,
        STANDING,
        BRANCH,
        PHONE,
        JOINED_ON,
        CONFIRMED_ON,
        OCCUPATION,
        ADDRESS,
        LOST_CONTACT,
        DECLARED_FLOATING,
    ),
    loaders=(load_organizations, load_members),
    records=records,
    staging="""
        SELECT id, county_id, organization_id, name, id_number_sealed, id_number_hash, id_number_masked, gender,
               ethnicity, birth_date, education, standing, phone_sealed, phone_hash, phone_masked, joined_on,
               confirmed_on, occupation, address, lost_contact, declared_floating, name_sort, name_initials,
               search_keys
        FROM member
    """,
    # By hashes: encrypted anew the same value is other bytes. What is encrypted stays while its hash does.
    upsert="""
        INSERT INTO member AS stored
               (id, county_id, organization_id, name, id_number_sealed, id_number_hash, id_number_masked, gender,
                ethnicity, birth_date, education, standing, phone_sealed, phone_hash, phone_masked, joined_on,
                confirmed_on, occupation, address, lost_contact, declared_floating, name_sort, name_initials,
                search_keys)
        SELECT * FROM staged_members
        ON CONFLICT (county_id, id_number_hash) DO UPDATE
        SET (organization_id, name, gender, ethnicity, birth_date, education, standing, phone_sealed,
             phone_hash, phone_masked, joined_on, confirmed_on, occupation, address, lost_contact,
             declared_floating, name_sort, name_initials, search_keys)
          = (excluded.organization_id, excluded.name, excluded.gender, excluded.ethnicity,
             excluded.birth_date, excluded.education, excluded.standing,
             CASE WHEN stored.phone_hash IS NOT DISTINCT FROM excluded.phone_hash
                  THEN stored.phone_sealed ELSE excluded.phone_sealed END,
             excluded.phone_hash, excluded.phone_masked, excluded.joined_on, excluded.confirmed_on,
             excluded.occupation, excluded.address, excluded.lost_contact, excluded.declared_floating,
             excluded.name_sort, excluded.name_initials, excluded.search_keys)
        WHERE (stored.organization_id, stored.name, stored.gender, stored.ethnicity,
               stored.birth_date, stored.education, stored.standing, stored.phone_hash,
               stored.joined_on, stored.confirmed_on, stored.occupation, stored.address,
               stored.lost_contact, stored.declared_floating, stored.name_sort,
               stored.name_initials, stored.search_keys)
          IS DISTINCT FROM
              (excluded.organization_id, excluded.name, excluded.gender, excluded.ethnicity,
               excluded.birth_date, excluded.education, excluded.standing, excluded.phone_hash,
               excluded.joined_on, excluded.confirmed_on, excluded.occupation, excluded.address,
               excluded.lost_contact, excluded.declared_floating, excluded.name_sort,
               excluded.name_initials, excluded.search_keys)
    """,
)
