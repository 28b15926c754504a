"""Why a whole file, or a whole import, was not taken in."""

from enum import Enum
from typing import Any

from runtime.language import Sentence


class RefusalCode(Enum):
    """The code is the member's name; its value is the sentence, with names of details in braces."""

    NOT_A_WORKBOOK = Sentence(
        "“{file}”不是可读取的表格文件（xlsx、xls、csv），请用表格软件另存后再导入。",
        "“{file}” is no readable workbook (xlsx, xls, csv); please save it anew from a spreadsheet program.",
    )
    ENCRYPTED = Sentence(
        "“{file}”设有打开密码，请取消密码后再导入。",
        "“{file}” is protected by a password; please remove the password and import it again.",
    )
    EMPTY = Sentence("“{file}”是空表，没有可导入的内容。", "“{file}” is empty; there is nothing to import.")
    TOO_LARGE = Sentence(
        "“{file}”超过{most}MB，请拆分后再导入。", "“{file}” is larger than {most} MB; please split it."
    )
    MISSING_COLUMNS = Sentence(
        "“{file}”缺少以下列：{columns}；请补上后再导入。",
        "“{file}” lacks these columns: {columns}; please add them and import it again.",
    )
    HEADER_TWICE = Sentence(
        "“{file}”第{row}行表头有两个“{column}”（{first}列和{second}列），请删除或改名其中一列后再导入。",
        "“{file}” has the column “{column}” twice in its header, row {row}: columns {first} and {second}; "
        "please delete or rename one of them.",
    )
    WRONG_WORKBOOK = Sentence(
        "“{file}”是“{found}”表，不是“{expected}”表，请核对后再导入。",
        "“{file}” is the workbook “{found}”, not “{expected}”; please check which file it is.",
    )
    NO_DIRECTORY = Sentence("“{directory}”不是目录。", "“{directory}” is not a directory.")
    NO_KNOWN_FILE = Sentence(
        "目录“{directory}”中没有可识别的表格文件（{stems}）。",
        "The directory “{directory}” holds none of the known workbooks ({stems}).",
    )
    SEVERAL_FILES = Sentence(
        "“{first}”和“{second}”都是“{kind}”表，请只保留一个。",
        "“{first}” and “{second}” are both the workbook “{kind}”; please keep one of them.",
    )
    COUNTY_WITHOUT_ORGANIZATIONS = Sentence(
        "县“{code}”还没有数据，须先导入党组织表。",
        "The county “{code}” is new; its organizations' workbook (党组织) has to come first.",
    )
    COUNTY_UNNAMED = Sentence(
        "党组织表中没有可接收的县委（没有上级的党委），无法确定县名。",
        "The organizations' workbook has no acceptable county committee, so the county has no name.",
    )
    COUNTY_UNKNOWN = Sentence("没有这个县。", "There is no such county.")
    STRICT = Sentence(
        "严格导入：所有文件共有{count}个问题，全部内容均未写入；请改正后重新导入。",
        "Strict import: the files have {count} problems in all, so nothing was kept; please correct them.",
    )
    FAILED = Sentence(
        "导入时发生意外错误，本文件的内容均未写入；请重试或联系管理员。",
        "The import failed unexpectedly and kept nothing of this file; try again or ask the administrator.",
    )

    def sentence(self, **details: Any) -> Sentence:
        return Sentence(self.value.zh.format(**details), self.value.en.format(**details))


class WorkbookRefused(Exception):
    """A file, or an import, that cannot be taken in at all; `sentence` says why and what to do."""

    def __init__(self, code: RefusalCode, /, **details: Any) -> None:
        self.code = code.name
        self.sentence = code.sentence(**details)
        super().__init__(self.sentence.en)
