"""What is guessed first: words that the published lists of leaked passwords begin with, long ones and those that
people make long by digits behind them."""

_WORDS = """
password passw0rd passwort motdepasse contrasena qwerty qwertyu qwertyui qwertyuio qwertyuiop qwerty12345 qwer qweasd
qweasdzxc qweasd123 qwe123 qwe123qwe qwerasdf qwerasdfzxcv qwertzuiop azerty azertyuiop asdf asdfgh asdfghj asdfghjk
asdfghjkl asdf1234 asdasd asdasdasd zxcvbn zxcvbnm zxcvbnm123 zxcasd zxcasdqwe zaq12wsx zaqwsx zaqxsw 1qaz2wsx
1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw2 1qazxsw23edc 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6
1a2b3c4d 1a2b3c4d5e a1b2c3d4 a1b2c3d4e5 abc123 abcd1234 abc123456 abc123abc a123456 a1234567 a12345678 a123456789
a1234567890 aa123456 aa12345678 aa123456789 qq123456 qq12345678 qq123456789 q123456789 z123456789 w123456789
x123456789 zz123456 zzz123456 asd123456 qwe123456 zxc123456 as123456 wang123456 zhang123456 li123456 123qwe 123qweasd
123qweasdzxc 123456a 1234567a 123456789a 123456789q 123456qq 123456abc 123456asd 12345qwert 1234qwer 1234abcd 123abc
123asd 123321 123321123321 1234554321 1234567899 11223344 1122334455 112233445566 123123 123123123 1231231234
123454321 12344321 147258 147258369 1472583690 159357 159753 159357456 741852 741852963 7418529630 789456 789456123
7894561230 987654321 9876543210 963852741 963852 0123456789 0987654321 1029384756 5201314 520131400 5201314520
5201314521 1314520 1314520520 13145201314 woaini woaini520 woaini521 woaini1314 woaini1314520 woaini520520 woaiwojia
woshishei wodemima mima mima123456 woaizhongguo zhongguo zhonghua aini1314 iloveyou iloveyou520 iloveyou1314 loveyou
lovely loveme ilove princess sunshine shadow michael jordan jordan23 superman batman dragon monkey master letmein
welcome welcome1 admin administrator adminadmin admin888 admin123456 root rootroot toor guest test testtest test1234
tester user default changeme changeit change secret secure login signin hello helloworld whatever trustno1 football
baseball basketball soccer hockey starwars pokemon computer internet samsung iphone android google baidu alibaba
tencent taobao weixin wechat huawei xiaomi p4ssword pa55word passpass pass pass1234 password1 password12 password123
mypassword newpassword dangjian dangyuan dangwu dangyun zuzhibu zhengfu gongan jiwei shuji dangzhibu xianwei beijing
shanghai shanxi taiyuan yuncheng jiangxian china chinese zhongguogongchandang gongchandang sunwukong chunjie xinnian
charlie thomas robert daniel jessica jennifer michelle ashley andrew matthew joshua hunter ranger buster tigger killer
pepper ginger flower summer winter spring autumn monday friday january february december freedom cheese chocolate
chicken banana orange purple yellow silver golden diamond mercedes ferrari corvette mustang manchester liverpool
chelsea arsenal barcelona juventus realmadrid
"""
COMMON = frozenset(_WORDS.split())

_PLAIN = (
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1234567890qwertyuiopasdfghjklzxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
)
# Twice, since people begin anew: 12345678901234567890.
ROWS = tuple(row * 2 for plain in _PLAIN for row in (plain, plain[::-1]))
