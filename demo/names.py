"""Names of people and villages, put together at random; nobody is meant."""

from collections.abc import Iterator
from itertools import accumulate
from random import Random

COMMON_SURNAMES = "王张李刘赵杨陈郭贾吴周高马梁孙"
SURNAMES = COMMON_SURNAMES + (
    "任柴吉樊解卫薛史姚武董崔乔郝侯吕范尚秦冯裴景程许韩何曹邓萧田胡朱林徐罗宋谢唐于傅沈曾彭蒋蔡余杜叶"
    "魏苏丁潘袁姜钟谭陆汪石戴方邹熊孟白江阎尹常康贺龚文段雷钱汤黎原牛靳孔申席荆翟苗畅党邢米祁相"
)
SURNAME_WEIGHTS = list(accumulate(5 if name in COMMON_SURNAMES else 1 for name in SURNAMES))
MEN = (
    "伟强军勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆亮建国志新海林峰龙江山成旺福贵宝生根虎锁栓民庆元"
    "文武学忠义德康宁永红东春晓立正泽瑞博轩晨阳"
)
WOMEN = (
    "芳娜敏静丽艳娟霞秀英玲桂兰红梅燕萍雪琴云莲珍凤洁琳倩婷颖慧巧美翠爱香月花叶青晓春佳欣怡雨蓉瑶璐晶"
    "蕾薇彩仙娥"
)
ONE_CHARACTER = 0.26  # of given names

SIDES = ("", "", "", "东", "西", "南", "北", "上", "下", "前", "后", "大", "小")
PLACES = "庄堡沟峪坡湾崖寨店营桥"


def person_name(is_male: bool, random: Random) -> str:
    surname = random.choices(SURNAMES, cum_weights=SURNAME_WEIGHTS)[0]
    characters = MEN if is_male else WOMEN
    if random.random() < ONE_CHARACTER:
        return surname + random.choice(characters)
    return surname + "".join(random.sample(characters, 2))


def village_names(random: Random) -> Iterator[str]:
    """Endless, none twice."""
    named: set[str] = set()
    while True:
        surname = random.choice(SURNAMES)
        name = random.choice(SIDES) + surname + random.choice(("家", "")) + random.choice(PLACES) + "村"
        if name not in named:
            named.add(name)
            yield name
