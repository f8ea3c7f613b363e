"""The words that replies use, in English and folded Chinese: patterns by what they tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from adjudicator.model.award import AwardKind

SIMPLIFIED: Final = str.maketrans(
    "賠償運費郵審過駁將會為給無應經與內個時鐘週後間貨額貳陸萬億圓塊幣優換補專員轉複覆併對確認說問請還條嗎雙兩稅則開關錢賣買顧戶證據號點總計實際"
    "帳賬匯發單終決當們這絕讓獲領紅禮積幾價級處團隊繫聯電話責擔諾頭減議調檢驗馬盡參壹東業親歡預訂傳爾僅從須聲淨許滿異質類訴誤謝願該臺門階標備創測簽訴釋並選幫於復進網貴續動項貼紙裡麼導擇產品庫數"
    "贈鑑鑒報銷獎歸車醫藥師損壞購錯來辦離訊約隨夠滿歸長維"
    "規鋪結務沒準斷況權屬碼資餘題別編執裝負寬緩攬啟筆傷現適顯視傾樣順虧誰繳儲徑詢滅捨夾係撥",
    "赔偿运费邮审过驳将会为给无应经与内个时钟周后间货额贰陆万亿圆块币优换补专员转复复并对确认说问请还条吗双两税则开关钱卖买顾户证据号点总计实际"
    "账账汇发单终决当们这绝让获领红礼积几价级处团队系联电话责担诺头减议调检验马尽参壹东业亲欢预订传尔仅从须声净许满异质类诉误谢愿该台门阶标备创测签诉释并选帮于复进网贵续动项贴纸里么导择产品库数"
    "赠鉴鉴报销奖归车医药师损坏购错来办离讯约随够满归长维"
    "规铺结务没准断况权属码资余题别编执装负宽缓揽启笔伤现适显视倾样顺亏谁缴储径询灭舍夹系拨",
)
"""Traditional characters that these words take, and the Simplified ones that they are folded to."""


def any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern for several ways to say a thing."""
    return re.compile("|".join(patterns))


# Money

KINDS: Final[Mapping[AwardKind, re.Pattern[str]]] = {
    AwardKind.POSTAGE: any_of(
        r"\bpostage\b",
        r"\bshipping\b",
        r"\bdelivery (?:fee|cost|charge)s?\b",
        r"\bfreight\b",
        "运费",
        "邮费",
        "邮资",
        "快递费",
    ),
    AwardKind.TAX: any_of(r"\btax(?:es)?\b", r"\bduties\b", "(?<!保)税"),
    AwardKind.COMPENSATION: any_of(r"\bcompensat\w*", r"\bdamages\b", "赔偿", "赔付", "补偿", "赔"),
    AwardKind.REFUND: any_of(
        r"\brefund\w*",
        r"\breimburse\w*",
        r"\bmoney back\b",
        r"\b(?:your|the) (?:whole |full |entire )?(?:money|payment)\b[^,;.]{0,24}\bback\b",
        r"\b(?:pay|give) you back\b",
        r"\b(?:pay|give|return)(?: you)?(?: back)? what you (?:paid|spent)\b",
        r"\b(?:get|have|receive|see) (?:all (?:of )?)?your money\b(?! back)",
        r"\b(?:your|the) money (?:will be|is|has been|gets) (?:returned|sent back|back)\b",
        r"\breturn (?:of )?(?:the |your )(?:price|money|payment)\b",
        r"\bfor the goods\b",
        r"\bprice of the goods\b",
        "退款",
        "退费",
        "钱(?=[^，。]{0,6}(?:在路上|退|到|打))",
        "货款",
        "[给为帮][您你]退(?!货)",
        "退还",
        "返还",
        "退钱",
        "(?<=[可以能会法不就定])退(?!款|货|换|回|掉|店)",
        "退(?=[不得]了)",
        "(?<!清)退(?=您|你|给|全款|[0-9¥]|一半|半|百分|[一二两三四五六七八九十](?!赔))",
        "退回(?=您|你|[0-9¥])",
        "价款",
    ),
}
"""The words for each kind of money, the most telling kind first: a refund of the postage is postage."""
GOODS: Final = any_of(r"\b(?:goods|items?|price|order|product|purchase)\b", "货款|价款|商品|货物|全款")

PAYS: Final = any_of(
    r"\bpay(?:s|ing|ment|out)?\b",
    r"\bpaid\b",
    r"\breceiv(?:e|es|ing)\b",
    r"\bget\b",
    r"\bgive\b",
    r"\bsend you\b",
    r"\bcredit(?:ed)?\b",
    r"\btransfer\w*",
    r"\bcover\b",
    r"\bowed?\b",
    "支付",
    "收到",
    "到账",
    "入账",
    "打款",
    "转账",
    "付",
    "汇",
    "给您",
    "给你",
    "获得",
    "可得",
    "[拿得]到",
    "保底",
    r"\bdeal\b",
    "打给",
    "承担",
    "报销",
    "补[您你给]",
)
BENEFITS: Final = any_of(
    r"\b(?:money|cash|cents?|penny|pennies|funds|(?<!please )pay|pays|payouts?|reward|bonus|cover|covered|make up for|owe)\b",
    r"\b(?:refund|compensat|reimburs)\w*",
    "钱|退款|打款|转账|到账|入账|拨[款付出]|报销|补贴|补助|补偿|赔(?!付标准)|买单|认账|兜底|让利|好处",
)
"""Words that promise money if nothing else in a clause says what they mean."""
TOTAL: Final = any_of(
    r"\btotal\w*",
    r"\baltogether\b",
    r"\bin all\b",
    r"\btogether\b(?! with)",
    r"\bsum\b",
    "合计",
    "总计",
    "共计",
    "一共",
    "总共",
    "总额",
    "共",
)
_UNITS_TOGETHER: Final = "[0-9一二两三四五六七八九][件个瓶盒样](?:商品)?(?:一共|合计|总计|共计|总共|共)"
UNITS_TOGETHER: Final = re.compile(_UNITS_TOGETHER)
"""What adds up the prices of some units."""
SUBTOTAL: Final = any_of(
    r"\b(?:total (?:compensation|postage|tax)|(?:compensation|postage|tax|goods) (?:totals?|comes to|amounts to|in total)|(?:total|all) for the goods)\b",
    "(?:赔偿[金款]|货款|运费|邮费|税费)(?:一共|合计|总计|共计|总额|总共|共)",
    "(?:合计|总计|共计|总共|一共)[^，。]{0,14}(?:货款|运费|邮费|税费|赔偿金)",
    _UNITS_TOGETHER,
)
"""What is added up, if that is not all."""
FOR_EACH: Final = any_of(
    r"\b(?:each|apiece)\b",
    r"\bper (?:item|piece|unit|jar|bottle|product)\b",
    "每一?[件个瓶盒样份]|各|/[件个瓶盒]",
)
"""What makes an amount that of one unit."""
INEXACT: Final = any_of(
    r"\babout\b",
    r"\baround\b",
    r"\bapproximately\b",
    r"\broughly\b",
    r"\bup to\b",
    r"\bat (?:most|least)\b",
    r"\b(?:no |not )?(?:more|less) than\b",
    r"\bbetween\b",
    r"\bmaximum\b",
    r"\bminimum\b",
    "大约",
    "大概",
    "约",
    "左右",
    "最多",
    "最高",
    "至多",
    "至少",
    "超过",
    "低于",
    "少于",
    "保底",
    "上限",
    "以上",
    "以内的",
)
ADDRESSES: Final = any_of(
    r"\byou\b",
    r"\byour\b",
    r"\bplease\b",
    r"^\s*(?:just |kindly )?(?:send|upload|submit|provide|file|return)\b",
    r"\bdeadline\b",
    r"\blast day\b",
    r"\bleft\b",
    r"\bexpires?\b",
    "您|你|(?<!申)请|可|也行|截止|期限|还剩|剩余|有效|均可|都行|最后一天|重新",
)
"""What tells a time that a reader has from one that a rule speaks of."""
ADDED: Final = any_of(
    r"\banother\b",
    r"\badditional(?:ly)?\b",
    r"\bextra\b",
    r"\bon top\b",
    r"\bin addition\b",
    r"\bplus\b",
    "另外",
    "额外",
    "外加",
    "此外",
    "另加",
    "再(?=退|赔|付|给|补)",
    "另有|一点|心意|一份",
    r"\bsome\b|\ba (?:little|bit of|small)\b",
)
"""What tells an amount that comes on top of the ones before."""
PAST: Final = any_of(
    r"\balready\b",
    r"\b(?:have|has|had|'ve) (?:been )?(?:paid|refunded|compensated|sent|transferred|credited|reimbursed)\b",
    r"\b(?:was|were) (?:paid|refunded|compensated)\b",
    r"\bpaid (?:earlier|before|on)\b",
    "已经",
    "已(?=收到|退|付|支付|赔|打款|到账|为您|给您|向您|于)",
    "此前",
)
EVERYTHING: Final = any_of(
    r"\bfull(?:y)? (?:refund\w*|amount|price)",
    r"\brefund\w* (?:you |the (?:order|purchase) |everything |it )?(?:in full|fully|completely)\b",
    r"\brefund\w* (?:you )?(?:everything|(?:the )?(?:full|whole|entire) (?:amount|price|order|sum|purchase))\b",
    r"\bfull reimbursement\b",
    r"\brefund\w* (?:you )?(?:for )?all\b",
    r"\ball (?:of )?your money(?: back)?\b",
    r"\b(?:your|the) money back in full\b",
    r"\beverything back\b",
    r"\b(?:is|be|been|are|get) (?:refunded|reimbursed) in full\b",
    r"\b(?:get|receive|refund|return|repay|reimburse|pay|give)\w*\b[^,;.]{0,24}\b(?:every (?:single |last )?(?:cent|penny|yuan|dollar|fen)|(?:the )?(?:whole|entire) (?:amount|sum|price))\b",
    r"\b(?:refund|reimburse|compensate|money back|refund\w* you)\w*\b[^,;.]{0,24}\bfor (?:all|both|everything|every)\b",
    r"\b(?:all|both|everything)\b[a-z0-9 ]{0,24}\b(?:will be|are|is|get|gets|have been|has been) (?:also |fully )?(?:refunded|reimbursed|compensated)\b",
    r"\b(?:get|give you|have) (?:it )?all (?:of it )?back\b",
    r"\brefund\w* (?:you )?(?:for )?(?:the lot|the (?:entire|whole) \w+)\b",
    r"\b(?:your|the) (?:whole|full|entire) (?:money|payment)\b(?=[^,;.]{0,24}\bback\b)",
    r"\b(?:pay|give|return|refund)\w*(?: you)?(?: back)? (?:everything |all )?(?:what )?you (?:paid|spent)\b",
    "钱(?:全|都|全都|全部|统统)(?:会|将)?(?:[给为帮][您你])?退(?!货)(?:回|还)?",
    "全都?[给为帮][您你]退(?!货)",
    "全单退款?",
    r"\b(?:re)?paid (?:back )?(?:in full|entirely|fully|completely)\b",
    "(?:花|付)的钱[^，。]{0,6}退",
    "全额(?:退款|退还|返还|退|赔付)?",
    "全款(?:退还|退)?",
    "全部(?:退款|退还|货款|款项)",
    "(?:退款|退还|退)全部",
    "全退",
    "(?:全部|全数|悉数)退(?!货|回)(?:还|款)?",
    "原价(?:退款|退还|退(?!货))",
    "整单(?:退款|退(?!货))",
    "全部.{0,6}退款",
    "都(?:会|将)?(?:[给为帮][您你])?(?:退(?!货|回)|全?赔)",
    "全赔|全部赔偿",
    "(?:一分|一毛|分文|分毫)钱?(?:都|也)?不(?:会)?(?:少|差|落|扣)",
    "(?:如数|悉数)(?:退|返|奉)还?",
)
MULTIPLE: Final = any_of(
    r"(?:假|退)一赔(?P<ratio>[一二两三四五六七八九十]+|[0-9]{1,3})",
    r"(?<![0-9.])(?P<figure>[0-9]{1,4})\s?(?:倍|times\b|x\b(?! ?[0-9])|-?fold\b)",
    r"(?P<numeral>[一二两三四五六七八九十百]+|双)倍",
    r"\b(?P<word>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|hundred)[ -]?(?:times|fold)\b",
    r"\b(?P<verb>double|triple|quadruple|twice)d?\b(?!-| check)",
    "(?P<doubled>翻一?倍|加倍|翻两番|翻一?番|双份|(?<=赔)[两二]份|(?<=[您你])[两二]份|乘以?[二两2])",
)
MULTIPLE_CUE: Final = any_of(
    r"\bcompensat\w*",
    r"\brefund\w*",
    r"\bprice\b",
    r"\bmoney back\b",
    "货款",
    "[拿得]到|给[您你]",
    r"\bpay\b",
    r"\bpaid\b",
    r"\breceive\b",
    r"\bget\b",
    r"\bamount\b",
    "赔",
    "退",
    "价",
    "付",
    "补偿",
)
WORDS_OF_MULTIPLES: Final = {
    "double": 2, "twice": 2, "triple": 3, "quadruple": 4,
    "双": 2, "翻倍": 2, "翻一倍": 2, "加倍": 2, "翻番": 2, "翻一番": 2, "翻两番": 4, "双份": 2, "乘以二": 2, "乘以两": 2, "乘以2": 2,
}  # fmt: skip
SHARE: Final = any_of(
    r"(?P<percent>[0-9]{1,3}(?:\.[0-9]{1,4})?)\s?(?:%|percent\b|per cent\b)",
    "百分之(?P<percent_words>[零一二两三四五六七八九十百]+|[0-9]{1,3}(?:\\.[0-9]{1,4})?)",
    "(?P<tenths>[一二两三四五六七八九]|(?<![0-9])[1-9])成",
    r"(?P<half>\bhalf\b|一半|半额|半价)",
    r"(?P<thirds>\b(?:one|a|two)[ -]thirds?\b)",
    r"三分之(?P<thirds_of>[一二两])",
)
SYMBOLS: Final[Mapping[str, frozenset[str]]] = {
    name: frozenset(codes.split())
    for names, codes in (
        (("¥",), "CNY JPY"),
        (("元", "块", "圆", "块钱", "大洋"), "CNY HKD TWD MOP"),
        (("buck", "bucks"), "CNY USD HKD TWD SGD AUD CAD"),
        (("rmb", "cny", "人民币", "yuan", "kuai", "renminbi"), "CNY"),
        (("$", "dollar", "dollars"), "USD HKD TWD SGD AUD CAD"),
        (("us$", "usd", "美元", "美金", "us dollars"), "USD"),
        (("hk$", "hkd", "港元", "港币"), "HKD"),
        (("nt$", "twd", "新台币", "台币"), "TWD"),
        (("€", "eur", "euro", "euros", "欧元"), "EUR"),
        (("£", "gbp", "pounds", "英镑"), "GBP"),
        (("jpy", "日元", "yen"), "JPY"),
        (("sgd", "新加坡元", "s$"), "SGD"),
        (("krw", "韩元", "won"), "KRW"),
    )
    for name in names
}
"""What a reply writes for a currency, and the currencies that it may mean."""

_SIGNS: Final = "|".join(sorted(map(re.escape, SYMBOLS), key=len, reverse=True))
SIGN_BEFORE: Final = re.compile(rf"(?<![a-z])({_SIGNS})[\s:]?\s?$")
SIGN_BEHIND: Final = re.compile(rf"\s?({_SIGNS})(?![a-z])")
_DIGIT: Final = "[0-9一二三四五六七八九壹贰叁肆伍陆柒捌玖]"
PARTS: Final = re.compile(
    rf"(?:([0-9]{{1,2}}|{_DIGIT})(?:角|毛))?零?(?:([0-9]{{1,2}}|{_DIGIT}{{1,3}})分(?!钟|之))?[整正]?"
)
"""Jiao and fen behind an amount in yuan."""
SPOKEN_PARTS: Final = re.compile(rf"({_DIGIT})[角毛]?({_DIGIT})?(?=$|[。！!；;，,、)]|给|的|左|整|\s(?![0-9]))")
"""The same as people say them: 5毛6, or only 5 or 56 behind 块."""
ENGLISH_PARTS: Final = re.compile(r"\s(?:and\s)?([a-z0-9 -]{1,16}?)\s(?:fen|cents?)\b")
"""Hundredths behind an amount in English words."""
RANGE: Final = re.compile(r"\s?(?:元|块|yuan|rmb|cny)?\s?(?:-|–|—|~|～|至|到|to\b)\s?(?:¥|rmb|cny|\$)?\s?[0-9]")

# Who, and where to

WRONG_PAYEE: Final = any_of(
    r"\b(?:refund|pay|compensate|reimburse|credit)(?:ed|ing|s)? (?:it to )?the (?:merchant|seller|shop|store|platform|courier|carrier)\b",
    r"\bto the (?:merchant|seller|shop|store|courier|carrier|platform)\b",
    "(?:退|付|赔|转|打款|支付|返还|退还|赔偿|补偿|退款|打|汇)(?:给|至|到|予)?(?:商家|卖家|店铺|店家|平台|快递)",
    "给(?:商家|卖家|店铺|店家|平台|快递)",
)
STRANGE_PAYEE: Final = any_of(
    r"\bto (?:another|a different|someone else's|a third) (?:account|person|card|party)\b",
    r"\bto your (?:friend|wife|husband|mother|father|son|daughter|colleague|agent)\b",
    "(?:给|到)(?:[您你]的?)?(?:他人|别人|朋友|家人|另一个账户|第三方)",
)
