"""What can be wrong with one cell by itself."""

from resolvers.imports.problems import ProblemCode
from runtime.language import Sentence


class CellProblem(ProblemCode):
    REQUIRED = Sentence("“{column}”不能为空，请补填。", "“{column}” may not be empty; please fill it in.")
    TEXT_TOO_LONG = Sentence(
        "“{column}”最多{most}个字，“{value}”过长，请精简。",
        "“{column}” takes at most {most} characters; please shorten “{value}”.",
    )
    NAME_INVALID = Sentence(
        "“{value}”不是姓名，姓名中不应有数字，请改正“{column}”。",
        "“{value}” is no name: names hold no digits; please correct “{column}”.",
    )
    DATE_INVALID = Sentence(
        "“{value}”不是有效日期，请按2020-01-10的样式填写“{column}”。",
        "“{value}” is not a date; please write “{column}” like 2020-01-10.",
    )
    DATE_IN_FUTURE = Sentence(
        "“{column}”{value}晚于今天，请核对年份。",
        "“{column}” {value} lies in the future; please check the year.",
    )
    MONTH_INVALID = Sentence(
        "“{value}”不是有效月份，请按2020-01的样式填写。",
        "“{value}” is not a month; please write it like 2020-01.",
    )
    TIME_INVALID = Sentence(
        "“{value}”不是有效时间，请按2020-01-10 09:30的样式填写。",
        "“{value}” is not a time; please write it like 2020-01-10 09:30.",
    )
    NUMBER_INVALID = Sentence(
        "“{value}”不是不小于0的数字，请改正“{column}”。",
        "“{value}” is not a number of 0 or more; please correct “{column}”.",
    )
    WHOLE_NUMBER_INVALID = Sentence(
        "“{value}”不是不小于0的整数，请改正“{column}”。",
        "“{value}” is not a whole number of 0 or more; please correct “{column}”.",
    )
    HOURS_OUT_OF_BOUNDS = Sentence(
        "学时“{value}”应大于0且不超过1000，请核对。",
        "Hours “{value}” must be above 0 and at most 1000; please check.",
    )
    YES_NO_INVALID = Sentence(
        "“{column}”只能填“是”或“否”，不能填“{value}”。", "“{column}” takes 是 or 否 only, not “{value}”."
    )
    CHOICE_UNKNOWN = Sentence(
        "“{column}”没有“{value}”这一项，请从{choices}中选填。",
        "“{column}” does not know “{value}”; please choose from {choices}.",
    )
    CODE_INVALID = Sentence(
        "代码“{value}”不能含空格或斜杠，且最多40个字符，请改正。",
        "The code “{value}” may not hold spaces or slashes, nor more than 40 characters; please correct it.",
    )
    PHONE_INVALID = Sentence(
        "“{value}”不是手机号码（11位，以1开头）或座机号码，请改正；没有可留空。",
        "“{value}” is neither a mobile (11 digits from 1 on) nor a land line; correct it or leave it empty.",
    )
    ID_NUMBER_AS_NUMBER = Sentence(
        "身份证号“{value}”在表中存成了数字，末几位已经丢失，请把该列设为文本后重新录入。",
        "The identity number “{value}” was stored as a number and lost its last digits; "
        "make the column text and enter it again.",
    )
    ID_NUMBER_FORM = Sentence(
        "身份证号“{value}”不是18位（17位数字加校验码），请核对。",
        "The identity number “{value}” does not have 17 digits and a check digit; please check it.",
    )
    ID_NUMBER_CHECK_DIGIT = Sentence(
        "身份证号“{value}”的校验码不对，请逐位核对。",
        "The check digit of the identity number “{value}” is wrong; please compare it digit by digit.",
    )
    ID_NUMBER_DATE_IMPOSSIBLE = Sentence(
        "身份证号“{value}”中的出生日期不存在，请核对。",
        "The birth date within the identity number “{value}” is impossible; please check it.",
    )
