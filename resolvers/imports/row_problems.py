"""What can be wrong with a row: between its cells, with other rows, or with what is stored."""

from resolvers.imports.problems import ProblemCode
from runtime.language import Sentence


class RowProblem(ProblemCode):
    # organizations
    ORGANIZATION_DUPLICATE = Sentence(
        "组织代码“{value}”与第{first}行重复，请删除或改正其中一行。",
        "The organization code “{value}” stands in row {first} already; delete or correct one of them.",
    )
    PARENT_REQUIRED = Sentence(
        "除县委外的组织都要填上级组织代码，请补填。",
        "Every organization but the county committee needs its superior's code; please fill it in.",
    )
    PARENT_UNKNOWN = Sentence(
        "上级组织代码“{value}”不存在，请核对或补上该组织。",
        "The superior “{value}” is unknown; please check the code or add that organization.",
    )
    PARENT_REFUSED = Sentence(
        "上级组织“{value}”所在行未被接收，请先改正那一行。",
        "The row of the superior “{value}” was refused; please correct that row first.",
    )
    PARENT_CYCLE = Sentence(
        "上级组织“{value}”又隶属于本组织，隶属关系成环，请改正。",
        "The superior “{value}” stands below this very organization; please correct the chain.",
    )
    SECRETARY_UNKNOWN = Sentence(
        "书记身份证号“{value}”查无此党员，书记暂空；请核对号码，或导入党员表后重新导入党组织表。",
        "No member has the secretary's identity number “{value}”; the secretary stays empty. Check it, "
        "or import the members and then this file again.",
    )
    ORGANIZATION_UNKNOWN = Sentence(
        "组织代码“{value}”不存在，请核对，或先导入党组织表。",
        "The organization code “{value}” is unknown; please check it, or import the organizations first.",
    )
    ORGANIZATION_REFUSED = Sentence(
        "组织“{value}”所在行未被接收，请先在党组织表中改正。",
        "The row of the organization “{value}” was refused; please correct the organizations' file first.",
    )
    ORGANIZATION_DISSOLVED = Sentence(
        "组织“{value}”已合并或者撤销，请改填现在的组织代码，或从表中删除该行。",
        "The organization “{value}” was merged or dissolved; give the code of today's, or delete the row.",
    )
    # members
    BIRTH_DATE_DIFFERS = Sentence(
        "出生日期{value}与身份证号中的{expected}不一致，请核对。",
        "The birth date {value} differs from {expected} in the identity number; please check both.",
    )
    GENDER_DIFFERS = Sentence(
        "性别“{value}”与身份证号表示的“{expected}”不一致，请核对。",
        "The sex “{value}” differs from “{expected}” in the identity number; please check both.",
    )
    MEMBER_DUPLICATE = Sentence(
        "身份证号“{value}”与第{first}行重复，请核对是谁的号码。",
        "The identity number “{value}” stands in row {first} already; please check whose it is.",
    )
    NOT_A_BRANCH = Sentence(
        "“{value}”是{kind}，不是党支部，请填党员所在党支部的代码。",
        "“{value}” is a {kind}, not a branch (党支部); please give the code of the member's branch.",
    )
    UNDER_18_AT_JOINING = Sentence(
        "入党日期{value}时未满18周岁（{birthday}满18周岁），请核对。",
        "On the joining date {value} the member was under 18 (18 on {birthday}); please check.",
    )
    CONFIRMED_BEFORE_JOINED = Sentence(
        "转正日期{value}早于入党日期{joined}，请核对。",
        "The confirmation date {value} is before the joining date {joined}; please check.",
    )
    PROBATIONARY_CONFIRMED = Sentence(
        "预备党员不应有转正日期，但填了{value}；请清空或改为正式党员。",
        "A probationary member has no confirmation date, but {value} is given; clear it or make them full.",
    )
    FULL_NOT_CONFIRMED = Sentence(
        "正式党员应有转正日期，请补填或改为预备党员。",
        "A full member needs a confirmation date; fill it in or make the standing probationary.",
    )
    MEMBER_UNKNOWN = Sentence(
        "身份证号“{value}”查无此党员，请核对，或先导入党员表。",
        "No member has the identity number “{value}”; please check it, or import the members first.",
    )
    MEMBER_REFUSED = Sentence(
        "党员“{value}”在党员表中的那一行未被接收，请先改正党员表。",
        "The row of the member “{value}” was refused; please correct the members' file first.",
    )
    NAME_MISMATCH = Sentence(
        "姓名“{value}”与该身份证号登记的“{expected}”不一致，请核对。",
        "The name “{value}” differs from “{expected}”, whose identity number it is; please check.",
    )
    BEFORE_BIRTH = Sentence(
        "{value}早于该党员的出生日期{born}，请核对。",
        "{value} is before the member's birth on {born}; please check.",
    )
    NOT_EXPECTED = Sentence(
        "党员“{value}”属于“{branch}”，不是该党组织的党员，也不在该组织参加活动，请核对组织代码。",
        "The member “{value}” belongs to “{branch}” and is not hosted by this organization; please check the code.",
    )
    DELEGATE_BRANCH_DIFFERS = Sentence(
        "所在党支部“{value}”与党员表中的“{expected}”不一致，请核对。",
        "The branch “{value}” differs from the member's branch “{expected}”; please check.",
    )
    HOST_IS_HOME = Sentence(
        "所在流动党支部“{value}”就是流出党支部，请核对。",
        "The host branch “{value}” is the home branch; please check.",
    )
    # floating members
    HOME_BRANCH_DIFFERS = Sentence(
        "流出党支部“{value}”不是该党员所在的党支部“{expected}”，请核对。",
        "The home branch “{value}” is not the member's branch “{expected}”; please check.",
    )
    NOT_A_HOST_BRANCH = Sentence(
        "“{value}”是{kind}，不是党支部或临时党支部，请核对所在流动党支部代码。",
        "“{value}” is a {kind}, neither a branch nor a temporary branch; please check the host branch.",
    )
    UPDATED_BEFORE_REGISTERED = Sentence(
        "最近更新日期{value}早于登记日期{registered}，请核对。",
        "The last update {value} is before the registration {registered}; please check.",
    )
    FLOATING_MEMBER_DUPLICATE = Sentence(
        "该党员已在第{first}行登记，请保留一行。",
        "This member is registered in row {first} already; please keep one row.",
    )
    FLOATING_RECORD_NEWER = Sentence(
        "系统中该党员的流动记录在{newer}已更新，比本行新，未予覆盖；请核对。",
        "The member's record here was updated on {newer}, after this row, and was kept; please check.",
    )
    # theme days and attendances
    THEME_DAY_DUPLICATE = Sentence(
        "该组织当日的主题党日已在第{first}行，请合并为一行。",
        "This organization's theme day of that date stands in row {first} already; please merge them.",
    )
    THEME_DAY_UNKNOWN = Sentence(
        "组织“{organization}”在{value}没有主题党日，请核对，或先导入主题党日表。",
        "The organization “{organization}” has no theme day in {value}; check it, or import the theme days.",
    )
    THEME_DAY_REFUSED = Sentence(
        "组织“{organization}”的主题党日（{value}）所在行未被接收，请先改正主题党日表。",
        "The row of the theme day of “{organization}” ({value}) was refused; please correct the theme days first.",
    )
    NOT_ON_THE_THEME_DAY = Sentence(
        "签到时间“{value}”不在主题党日当天（{expected}），请核对。",
        "The time “{value}” is not on the date of the theme day ({expected}); please check.",
    )
    ATTENDANCE_DUPLICATE = Sentence(
        "该党员在这次主题党日已有签到，请删除重复的行。",
        "This member is recorded for this theme day already; please delete the repeated row.",
    )
    # training, delegates, post changes, clearances
    TRAINING_DUPLICATE = Sentence(
        "该党员当日的这门课程已在第{first}行，请删除重复的行。",
        "This course of this member on that date stands in row {first} already; please delete one row.",
    )
    DELEGATE_DUPLICATE = Sentence(
        "该党员在同一届次已列为代表（第{first}行），请删除重复的行。",
        "This member is a delegate to this congress in row {first} already; please delete one row.",
    )
    POST_CHANGE_DUPLICATE = Sentence(
        "该党员当日的同一变动已在第{first}行，请删除重复的行。",
        "This change of this member stands in row {first} already; please delete one row.",
    )
    NOT_A_DELEGATE = Sentence(
        "“{value}”不是党代表，请核对，或先导入党代表名册。",
        "“{value}” is not a delegate; please check, or import the delegates first.",
    )
    DELEGATE_REFUSED = Sentence(
        "党代表“{value}”在党代表表中的那一行未被接收，请先改正党代表表。",
        "The row of the delegate “{value}” was refused; please correct the delegates' file first.",
    )
    OBJECTION_WITHOUT_REASON = Sentence(
        "有异议的须写明说明，请补填。", "An objection needs its reason; please fill it in."
    )
    CLEARANCE_DUPLICATE = Sentence(
        "该部门对此代表本季度的意见已在第{first}行，请删除重复的行。",
        "This agency's opinion on this delegate stands in row {first} already; please delete one row.",
    )
    MORE_PROBLEMS = Sentence(
        "问题超过{most}个，其余不再列出；请先改正已列出的。",
        "There are more than {most} problems; the others are not listed. Please correct these first.",
    )
