"""The words that replies use, in English and folded Chinese: patterns by what they tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from adjudicator.model.award import AwardKind
from adjudicator.model.decision import Outcome

SIMPLIFIED: Final = str.maketrans(
    "賠償運費郵審過駁將會為給無應經與內個時鐘週後間貨額貳陸萬億圓塊幣優換補專員轉複覆併對確認說問請還條嗎雙兩稅則開關錢賣買顧戶證據號點總計實際"
    "帳賬匯發單終決當們這絕讓獲領紅禮積幾價級處團隊繫聯電話責擔諾頭減議調檢驗馬盡參壹東業親歡預訂傳爾僅從須聲淨許滿異質類訴誤謝願該臺門階標備創測簽訴釋並選幫於復進網貴續動項貼紙裡麼導擇產品庫數",
    "赔偿运费邮审过驳将会为给无应经与内个时钟周后间货额贰陆万亿圆块币优换补专员转复复并对确认说问请还条吗双两税则开关钱卖买顾户证据号点总计实际"
    "账账汇发单终决当们这绝让获领红礼积几价级处团队系联电话责担诺头减议调检验马尽参壹东业亲欢预订传尔仅从须声净许满异质类诉误谢愿该台门阶标备创测签诉释并选帮于复进网贵续动项贴纸里么导择产品库数",
)
"""Traditional characters that these words take, and the Simplified ones that they are folded to."""


def any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern for several ways to say a thing."""
    return re.compile("|".join(patterns))


# Money

KINDS: Final[Mapping[AwardKind, re.Pattern[str]]] = {
    AwardKind.POSTAGE: any_of(
        r"\bpostage\b", r"\bshipping\b", r"\bdelivery (?:fee|cost|charge)s?\b", r"\bfreight\b", "运费", "邮费", "快递费"
    ),
    AwardKind.TAX: any_of(r"\btax(?:es)?\b", r"\bduties\b", "(?<!保)税"),
    AwardKind.COMPENSATION: any_of(r"\bcompensat\w*", r"\bdamages\b", "赔偿", "赔付", "补偿", "赔"),
    AwardKind.REFUND: any_of(
        r"\brefund\w*",
        r"\breimburse\w*",
        r"\bmoney back\b",
        r"\b(?:your|the) money (?:will be|is|has been|gets) (?:returned|sent back|back)\b",
        r"\breturn (?:of )?(?:the |your )(?:price|money|payment)\b",
        r"\bfor the goods\b",
        r"\bprice of the goods\b",
        "退款",
        "货款",
        "[给为帮][您你]退(?!货)",
        "退还",
        "返还",
        "退钱",
        "退(?=您|你|给|全款|[0-9¥]|一半|半|百分|[一二两三四五六七八九十](?!赔))",
        "退回(?=您|你|[0-9¥])",
        "价款",
    ),
}
"""The words for each kind of money, the most telling kind first: a refund of the postage is postage."""

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
    "打款",
    "转账",
    "付",
    "汇",
    "给您",
    "给你",
    "获得",
    "可得",
    "打给",
    "承担",
)
TOTAL: Final = any_of(
    r"\btotal\w*", r"\baltogether\b", r"\bin all\b", r"\bsum\b", "合计", "总计", "共计", "一共", "总共", "总额", "共"
)
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
    "不超过",
    "不低于",
    "上限",
    "以上",
    "以内的",
)
ADDRESSES: Final = any_of(
    r"\byou\b",
    r"\byour\b",
    r"\bplease\b",
    r"\bdeadline\b",
    r"\bleft\b",
    r"\bexpires?\b",
    "您|你|(?<!申)请|可|截止|期限|还剩|剩余",
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
)
"""What tells an amount that comes on top of the ones before."""
PAST: Final = any_of(
    r"\balready\b",
    r"\b(?:have|has|had|'ve) (?:been )?(?:paid|refunded|compensated|sent|transferred|credited|reimbursed)\b",
    r"\bwas (?:paid|refunded)\b",
    r"\bpaid (?:earlier|before|on)\b",
    "已经",
    "已(?=退|付|支付|赔|打款|到账|为您|给您|向您|于)",
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
    "全额(?:退款|退还|返还|退|赔付)?",
    "全款(?:退还|退)?",
    "全部(?:退款|退还|货款|款项)",
    "(?:退款|退还|退)全部",
    "全退",
    "(?:全部|全数|悉数)退(?!货|回)(?:还|款)?",
    "原价(?:退款|退还|退(?!货))",
    "整单(?:退款|退(?!货))",
    "全部.{0,6}退款",
    "都(?:会|将)?(?:[给为帮][您你])?退(?!货)",
)
MULTIPLE: Final = any_of(
    r"(?:假|退)一赔(?P<ratio>[一二两三四五六七八九十]+|[0-9]{1,3})",
    r"(?<![0-9.])(?P<figure>[0-9]{1,4})\s?(?:倍|times\b|x\b(?! ?[0-9])|-?fold\b)",
    r"(?P<numeral>[一二两三四五六七八九十百]+|双)倍",
    r"\b(?P<word>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|hundred)[ -]?(?:times|fold)\b",
    r"\b(?P<verb>double|triple|twice)\b",
)
MULTIPLE_CUE: Final = any_of(
    r"\bcompensat\w*",
    r"\brefund\w*",
    r"\bprice\b",
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
WORDS_OF_MULTIPLES: Final = {"double": 2, "twice": 2, "triple": 3, "双": 2}
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
PARTS: Final = re.compile(
    r"(?:([0-9]{1,2}|[一二三四五六七八九壹贰叁肆伍陆柒捌玖])(?:角|毛))?零?(?:([0-9]{1,2}|[一二三四五六七八九壹贰叁肆伍陆柒捌玖]{1,3})分(?!钟|之))?[整正]?"
)
"""Jiao and fen behind an amount in yuan."""
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
    "(?:给|到)(?:您的|你的)?(?:他人|别人|朋友|家人|另一个账户|第三方)",
)

# Rights

RETURN: Final = any_of(
    r"\b(?:return|send(?:ing)? back|ship(?:ping)? back|send) (?:the |your |it|them|this|these)+(?!\w*(?: \w+)? ?\b(?:proof|reports?|photos?|pictures?|evidence|documents?|statements?|appraisals?|invoices?|findings?)\b)(?:goods|items?|products?|order|parcel)?\b(?: back)?(?=.{0,40}(?:\bback\b|\bto\b|\bfor\b|$))",
    r"\breturn (?:is|was|has been) (?:approved|accepted|authori[sz]ed)\b",
    r"\baccept(?:ed)? (?:the|your) return\b",
    "将商品寄回",
    "把商品寄回",
    "商品寄回",
    "寄回商品",
    "可以?退货",
    "同意(?:您|你)?(?:的)?退货",
    "支持退货",
    "办理退货",
    "接受退货",
    "无理由退货",
    "(?:(?<=不能)|(?<=无法)|(?<=不支持)|(?<=不可以))退货(?!运费|邮费)",
)
FREE_RETURN: Final = any_of(
    r"\bfree returns?\b",
    r"\breturn (?:it |them |the goods )?(?:free of charge|for free|at no cost)\b",
    r"\bprepaid (?:return )?label\b",
    "免费退货",
    "免费寄回",
    "免费上门取件",
    "免运费退货",
    "包退货运费",
    "包来回运费",
)
FREIGHT: Final = any_of(
    r"\breturn (?:shipping|postage|freight)\b",
    r"\b(?:shipping|postage|freight) (?:for|of) (?:the|your) return\b",
    r"\bshipping (?:the goods )?back\b",
    r"\bfreight of the return\b",
    "退货(?:的)?(?:运费|邮费|快递费)",
    "退回商品的运费",
    "寄回(?:的)?(?:运费|邮费|快递费)",
)
BORNE_BY_CUSTOMER: Final = any_of(
    r"\byou (?:will |must |have to |need to |'ll )?(?:pay|cover|bear)\b",
    r"\b(?:at|on) your (?:own )?(?:cost|expense)\b",
    r"\bborne by (?:you|the (?:consumer|customer|buyer))\b",
    r"\bthe (?:consumer|customer|buyer) (?:pays|bears|covers)\b",
    "由(?:您|你|消费者|买家|顾客|客户)(?:自行)?(?:承担|支付|负担|自理)",
    "(?:您|你)(?:需要?|须|要)?(?:自行|自己)?(?:承担|支付|负担)",
    "自理",
)
BORNE_BY_MERCHANT: Final = any_of(
    r"\b(?:we|the (?:merchant|seller|shop|platform))(?:'ll| will| shall| can)? (?:also )?(?:pays?|covers?|bears?|refunds?|reimburses?)\b",
    r"\bborne by (?:us|the (?:merchant|seller|shop))\b",
    r"\b(?:on us|free)\b",
    "由(?:商家|卖家|我们|我方|店铺|平台)(?:承担|支付|负担)",
    "(?:商家|卖家|我们|我方|平台)(?:会|将|来)?(?:承担|支付|负担|报销)",
    "免(?:退货)?运费",
    "包运费",
)
PERSON: Final = any_of(
    r"\b(?:colleague|supervisor|manager|specialist|human|person|team|agent|someone)\b.{0,40}\b(?:review|decide|look|examine|assess|check)\w*",
    r"\bescalat\w+",
    r"\bmanual review\b",
    "人工(?:审核|复核|处理|审查|判断|介入)",
    "(?:专员|同事|主管|经理|上级|团队)(?:会|将)?.{0,8}(?:审核|复核|审查|核查|判断|决定)",
    "转(?:交)?(?:给)?(?:人工|专员|主管|上级)",
    "升级处理",
)
OTHER: Final = any_of(
    r"\bvouchers?\b",
    r"\bcoupons?\b",
    r"\bstore credit\b",
    r"\bgift cards?\b",
    r"\bgoodwill\b",
    r"\breplacement\b",
    r"\bexchange (?:it|the|your)\b",
    r"\b(?:loyalty|bonus|reward|[0-9]+) points\b",
    r"\bkeep (?:the|it|your|them)\b",
    r"\bwarranty\b",
    "优惠券",
    "代金券",
    "红包",
    "积分",
    "换货",
    "补发",
    "重新发货",
    "重发",
    "无需退货",
    "不用退货",
    "不用寄回",
    "赠送",
    "保修",
    "礼品",
)
OUTCOMES: Final[tuple[tuple[re.Pattern[str], frozenset[Outcome]], ...]] = (
    (
        any_of(
            r"\b(?:approved|accepted) (?:a |one )?part of\b",
            r"\bpart(?:ly|ially)(?: been)? approved\b",
            r"\bpart of your claim (?:is|was|has been) approved\b",
            "部分(?:获得)?通过",
            "通过部分",
        ),
        frozenset({Outcome.PARTIALLY_APPROVED}),
    ),
    (
        any_of(
            r"\b(?:cannot|can't|can not|could not|unable to|do not|did not|will not|won't) (?:approve|accept|grant|support)\b(?: (?:your|the) (?:claim|application|request))?",
            r"\bnot (?:been )?(?:approved|accepted|granted)\b",
        ),
        frozenset({Outcome.DENIED, Outcome.NEEDS_INFORMATION, Outcome.MANUAL_REVIEW}),
    ),
    (
        any_of(
            r"\b(?:rejected|denied|declined|turned down)\b",
            "(?:未|没有|不予|不能|未能|没)(?:获得)?通过(?!的|只)",
            "(?:被|已|予以)?驳回(?!的|只)",
            "不予(?:支持|受理)",
            "申请(?:被|已)?拒绝",
        ),
        frozenset({Outcome.DENIED}),
    ),
    (
        any_of(
            r"\b(?:we|i)(?:'ve| have)? (?:just )?approved (?:your|the|this)\b",
            r"\b(?:claim|application|request|case|refund)\b.{0,20}\b(?:is|was|has been|have been|been|gets?|will be) (?:fully )?(?:approved|accepted|granted)\b",
            r": approved\b",
            "(?:申请|审核|索赔|理赔|退款|结果|案件)(?:已经?|现已|获得|为)*(?:审核|批准)?(?:获得)?(?:通过|成功|批准)",
            "通过了?(?:您|你)的(?:申请|索赔|退款)",
        ),
        frozenset({Outcome.APPROVED, Outcome.PARTIALLY_APPROVED}),
    ),
)
"""How the outcome is put, and the outcomes of which it is true; the first pattern that matches tells."""
