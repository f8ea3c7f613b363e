"""Rights in a clause: returns and who pays for them, the outcome, a person who looks at the case, and what no decision grants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from adjudicator.analysis.promises.results import End, Promise, Subject
from adjudicator.model.award import AwardKind, FreightBearer
from adjudicator.model.decision import Outcome
from adjudicator.replies import phrasing
from adjudicator.replies.lexicon import KINDS, any_of

_PROOF: Final = (
    r"\b(?:proof|reports?|photos?|pictures?|evidence|documents?|statements?|appraisals?|invoices?|findings?)\b"
)
_PROOF_IN_CHINESE: Final = "凭证|证据|材料|报告|照片|图片|证明|单据|票据|资料|文件"
_NOT_PROOF: Final = rf"(?!\w*(?: \w+)? ?{_PROOF})"
RETURN: Final = any_of(
    rf"\b(?:return|send(?:ing)? back|ship(?:ping)? back) (?:the |your |it|them|this|these)+{_NOT_PROOF}(?:goods|items?|products?|order|parcel)?\b(?: back)?(?=.{{0,40}}(?:\bback\b|\bto\b|\bfor\b|$))",
    rf"\bsend (?:the |your |it|them|this|these)+{_NOT_PROOF}(?:(?:goods|items?|products?|order|parcel)\b(?=.{{0,40}}(?:\bback\b|\bto\b|$))|\b(?=.{{0,40}}\bback\b))",
    r"\breturn (?:is|was|has been) (?:approved|accepted|authori[sz]ed)\b",
    r"(?:(?<=can )|(?<=may )|(?<=cannot )|(?<=can't )|(?<=not ))be (?:returned|sent back)\b",
    r"\baccept(?:ed)? (?:the|your) return\b",
    "[将把]?商品退回",
    "退货退款都?(?:支持|可以)",
    "将商品寄回",
    "把商品寄回",
    "商品寄回",
    "寄回商品",
    "可以?(?:先|直接|选择|申请)?退货",
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
    r"\bfree shipping\b|\bshipping is free\b",
    r"\b(?:courier|pick(?:ed)?[ -](?:it |them |the \w+ )?up|collect(?:ed|ion)?)\b[^,;.]{0,30}\b(?:at no (?:cost|charge)|free of charge|for free|without charge)\b",
    "包邮|免邮费?|免运费?|免收运费|(?<!货)到付",
    "(?:取件|收件|揽件|寄回|退回)[^。]{0,6}(?:不收费|不收钱|免费)",
    r"\b(?:(?:send|ship)(?:ing)? (?:it|them|the \w+) back|return(?:ing)?)\b[^,;.]{0,24}\b(?:free of charge|for free|at no (?:cost|charge))\b|\bfreight collect\b",
    r"\b(?:send|ship|return)\w*\b[^,;.]{0,24}\bat our (?:own )?(?:expense|cost)\b|\bfree pick-? ?up\b",
    r"\bthe return is free\b|\breturn label\b|\bshipping back costs you nothing\b",
    "(?:寄|退)回[^，。]{0,4}(?:不用|不)(?:您|你)?花钱|货到付款退|免付(?:运|邮)费|退货免运",
    "(?:运费|邮费|邮资)(?:您|你)?(?:不用|无需|不必|不需要?)(?:您|你)?(?:管|付|出|承担|支付)",
    "(?:不用|无需|不必|不需要?)(?:您|你)?(?:付|出|承担|支付)(?:任何)?(?:退货|寄回|来回)?的?(?:运费|邮费|邮资)",
    r"\byou (?:do not|don't|need not|needn't|won't)(?: have to| need to)? pay (?:for |any )?(?:the |your )?(?:return )?(?:shipping|postage|freight)\b",
    "免费退货",
    "免费寄回",
    "免费上门(?:取件|收件|揽件)|免费取件",
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
    "来回(?:运费|邮费|快递费)",
    "费用自理|自费寄",
)
BORNE_BY_CUSTOMER: Final = any_of(
    r"\byou(?:'ll| will| would|'d)? (?:must |have to |need to )?(?:pay|cover|bear)\b",
    r"\b(?:at|on) your (?:own )?(?:cost|expense)\b",
    r"\b(?:is|are|stays?|remains?) (?:with|on|for) you\b",
    r"\bborne by (?:you|the (?:consumer|customer|buyer))\b",
    r"\bthe (?:consumer|customer|buyer) (?:pays|bears|covers)\b",
    "由(?:您|你|消费者|买家|顾客|客户)(?:自行)?(?:承担|支付|负担|自理)",
    "(?:您|你)(?:这边)?(?:需要?|须|要|得)?(?:先)?(?:自行|自己)?(?:承担|支付|负担|出(?!示|具)|付|垫付)",
    "自理|自费",
)
BORNE_BY_MERCHANT: Final = any_of(
    r"\b(?:we|the (?:merchant|seller|shop|platform))(?:'ll| will| shall| can)? (?:also )?(?:pays?|covers?|bears?|refunds?|reimburses?)\b",
    r"\bborne by (?:us|the (?:merchant|seller|shop))\b",
    r"\b(?:on us|ours|at our (?:own )?(?:expense|cost)|free|our treat)\b|\bwe take over\b",
    "(?:运费|邮费|邮资|快递费)(?:算(?:在)?(?:我们|商家|卖家)|我们来)",
    "由(?:商家|卖家|我们|我方|店铺|店家|平台)(?:承担|支付|负担|吸收|出(?!示|具))",
    "(?:商家|卖家|店铺|店家|我们|我方|平台)(?:会|将|来)?(?:负责|承担|支付|负担|吸收|报销|包|出(?!示|具)|付)",
    "免(?:退货)?运费",
    "包运费",
)
PERSON: Final = any_of(
    r"\b(?:colleague|supervisor|manager|specialist|human|person|team|agent|someone)\b.{0,40}\b(?:review|decide|look|examine|assess|check)\w*",
    r"\bescalat\w+",
    r"\bmanual review\b",
    "人工(?:审核|复核|处理|审查|判断|介入)",
    "(?:专员|同事|主管|经理|上级|团队)(?:会|将)?.{0,8}(?:审核|复核|审查|核查|判断|决定|重新处理)",
    "转(?:交)?(?:给)?(?:人工|专员|主管|上级)",
    "升级处理",
)
_OTHER_COST: Final = r"\b(?:lab(?:oratory)?|test(?:ing)?|apprais\w+|inspection|expert|travel|taxi|bus|legal|lawyer'?s?|court|notary|translation|customs|bank|phone|medical|hotel|storage|packaging)(?:'s)? (?:fees?|costs?|charges?|expenses?|bills?)\b"
OTHER: Final = any_of(
    _OTHER_COST,
    r"\b(?:costs?|fees?|expenses?|bill) (?:of|for) (?:the |your )?(?:lab|test|apprais|inspect|expert|travel|trip|lawyer|report)\w*",
    r"\b(?:lost|missed) (?:earnings|wages|income|work)\b|\bpain and suffering\b|\bfor your (?:time|trouble)\b",
    r"\b(?:meet you half ?way|split the (?:cost|difference|bill)|make (?:it|this) up to you|make you whole)\b",
    r"\byou(?:'ll| will) win\b|\bfree (?:gift|sample)s?\b|\blittle something\b|\bupgrade you\b|\bconsider it (?:paid|done)\b|\byes to (?:everything|all)\b|\b(?:bear|cover|take on|pay for)\b[^,;.]{0,8}\b(?:everything|all (?:of )?(?:the |your )?costs)\b",
    r"\b(?:yours|is yours|are yours) to keep\b",
    r"\b(?:look at|review|reconsider|re-?examine|re-?open|check|decide) (?:it|this|your (?:claim|case)|the (?:claim|case))(?: once)? again\b(?! after| on)|\b(?:we|i)(?:'ll| will) (?:reconsider|re-?open)\b",
    r"\bpick(?:ed|ing)? (?:it|them|the \w+) up\b|\bpick up (?:it|them|the (?:goods|parcel|item))\b|\bcollect (?:it|them|the (?:goods|parcel|item)s?)\b",
    "上门(?:取|收|揽)件|到府收件",
    "(?:鉴定|检测|检验|化验|送检|律师|误工|交通|打车|差旅|公证|翻译|医药|医疗|诉讼|取证|评估|仓储|包装|人工|精神损失|路)费|(?:检测|鉴定|送检|检验)[^，。]{0,4}(?:的钱|费用)",
    r"\bpay for (?:the |your )?(?:lab\w*|test|apprais\w+|inspection|expert|report)|\bthe (?:test|report|appraisal|inspection) is on us\b",
    r"\bwon't (?:lose|be out of)\b|\b(?:make|making) an exception\b|\bpull (?:some )?strings\b",
    "不(?:会)?让[您你](?:损失|吃亏|白)|[路差]费|破例|通融|特事特办",
    r"\b(?:do not|don't) (?:file|apply|submit)\b[^,;.]{0,12}\bagain\b|\bonly once\b",
    "(?:不支持|不用|不要|别|请勿)(?:再次?|重复|重新)(?:申请|提交)|(?:申请|机会)只(?:有|能)[^，。]{0,4}一次",
    "误工|精神(?:损失|损害)|人情补|(?:费用|损失)(?:都|也|均|全|一并)?(?:由|归)?(?:我们|商家|平台|我方|店铺)",
    "(?:肯定|一定|必|包)赢|拿回来|要回来",
    "补(?:您|你)?一[件个瓶盒份]|补(?:您|你)[件个瓶盒份]",
    "(?:您|你)(?:就|直接|可以?|先)?(?:自己)?留(?:着|下)(?!您|你|联系|电话|姓名|地址|评)|归(?:您|你)所有|送给(?:您|你)",
    r"\bvouchers?\b",
    r"\bcoupons?\b",
    r"\bstore credit\b",
    r"\bgift cards?\b",
    r"\bgoodwill\b",
    r"\breplacement\b",
    r"\bexchange (?:it|the|your)\b",
    r"\b(?:loyalty|bonus|reward|[0-9]+) points\b",
    r"\bkeep (?:the|it|your|them)\b(?! (?:receipt|packag|box|wrapping|waybill|proof|evidence|invoice|tracking))",
    r"\b(?:no need|(?:don't|do not) (?:need|have)|without having) to (?:return|send (?:the|it|them|any\w*|things?) ?(?:back)?|ship)\b",
    r"\b(?:another|new) (?:one|jar|bottle|item|piece|unit)\b",
    r"\bprice (?:difference|match\w*)|\bdifference in price",
    r"\bdiscounts?\b|%\s?off\b",
    r"\b(?:processing|handling|restocking|service) fees?\b|\bdeduct\w*",
    r"\bnothing (?:else|more|further)\b(?! to pay)",
    r"\bwarranty\b",
    r"\bmore than (?:the|this) (?:rule|policy|guarantee|decision|platform) (?:says|gives|grants|allows|requires)\b",
    r"\b(?:three|four|five|six|seven)[- ]figures?\b",
    "(?:优惠|代金|折价|折扣|抵用|抵扣|满减|现金|消费|购物|礼)?券",
    "红包",
    "积分|红利|购物金",
    "(?<!服务：)换货",
    "补发",
    "重新发货",
    "重发",
    "补寄",
    "(?:再寄|重新寄|换)(?:您|你)?[一新个瓶件](?!家)",
    "(?:不用|无需|不需要?|不必|无须)(?:您|你)?(?:再)?(?:退货|退回|退(?!款|还)|寄回|寄还|寄)",
    "(?<!保)留着(?:用|吧|就)|自留",
    "(?<!- )(?<!已退的)(?<!退还的)(?<!退过的)差价",
    "手续费|服务费|扣除",
    "其[他它](?:的|费用|款项)?(?:一律|均|都)?不(?:退|赔|予)",
    "[0-9一二三四五六七八九](?:\\.?[0-9五])?\\s?折(?!合)",
    "赠送",
    "保修",
    "礼[品物]|照单全收|完全没问题|多(?:给|退|赔|补)(?:您|你)?一?[点些]",
    "(?:让|到|至)(?:您|你)?满意(?:为止)?",
    "[三四五六七八九几]位数",
    "以内(?:都|均|全)?(?:行|可以|好说|没问题)",
    "比(?:规则|规定|平台|政策)(?:规定|要求)?的?(?:还|更)?(?:多|高)",
)
_YOU_CANNOT: Final = r"\byou (?:cannot|can't|can not|may not|can no longer|may no longer|(?:are|will) (?:not be|no longer|not) (?:be )?(?:able|allowed|entitled) to|won't be able to)\b"
THE_END: Final = any_of(
    rf"{_YOU_CANNOT}[^,;.]{{0,16}}\b(?:file|claim|apply|submit|appeal|resubmit|re-?file)\b(?: again| anew| any ?more)?",
    rf"{_YOU_CANNOT}[^,;.]{{0,16}}\b(?:send|provide|upload|add)\b[^,;.]{{0,24}}{_PROOF}",
    rf"\b(?:too late to|no longer) (?:send|provide|upload|add|accept|take|consider)\b[^,;.]{{0,24}}{_PROOF}",
    rf"\bno (?:further|more|other|new) {_PROOF}[^,;.]{{0,20}}\b(?:possible|accepted|allowed|considered)\b",
    r"\b(?:this|our|the) decision is final\b",
    r"\b(?:can't|cannot) re-?apply\b|\b(?:re-?filing|re-?applying|a (?:new|second|further) claim|another claim) is (?:not |im)possible\b",
    r"\b(?:will not|won't|cannot|can't) (?:file|apply|submit|claim|accept|take)\b[^,;.]{0,12}\b(?:again|another (?:claim|application)|a new (?:claim|application)|(?:any )?more claims)\b",
    r"\bno further options\b|\byour only chance\b|\bcase is closed\b|\bnothing (?:more |else )?(?:that )?you can do\b",
    r"\b(?:too late|no (?:way|chance)) to (?:file|claim|apply|appeal|submit)\b",
    r"\bno (?:further|more|other|new|second) (?:claim|application|request)s?\b[^,;.]{0,20}\b(?:possible|accepted|allowed)\b",
    "(?:不能|无法|不可以?|不得|没法|没办法|不允许)(?:再次|再|重新|继续|另行)+(?:提交|提出|提起|申请|申诉|索赔|提(?!供|醒|示|前)|补交|补充)",
    rf"(?:不能|无法|不可以?|不得|没法|没办法|不允许)(?:再次|再|重新|继续|另行)+(?:提供|上传|发送?|寄)[^，。]{{0,6}}(?:{_PROOF_IN_CHINESE})",
    rf"不再(?:接受|接收|收取)[^，。]{{0,6}}(?:{_PROOF_IN_CHINESE})",
    r"\bno longer accept (?:a|any|another|your) (?:claim|application)|\bright to claim (?:has ended|is over|is gone)\b|\b(?:not|never) (?:file|claim|apply) a second time\b",
    "最后一次(?:机会|申请)|没有办法(?:再|重新)|没有?机会(?:再|重新)",
    "不(?:会|能)?再(?:受理|处理)|(?:决定|结果)(?:即为|为|是)最终",
)
"""That nothing can be sent or filed any more; it holds its own negation."""
_NAMES: Final = {
    End.EVIDENCE: any_of(_PROOF, rf"{_PROOF_IN_CHINESE}|补交|补充|举证"),
    End.CLAIMS: any_of(
        r"\b(?:re-?)?(?:file|filing|appl(?:y|ying)|applications?|claims?|appeals?)\b", "申请|申诉|索赔|提起|受理"
    ),
}
_NEAR: Final = 30
"""Within how many characters behind a statement its object is looked for."""
_ENDS_A_STATEMENT: Final = r"(?=\s*(?:$|[，,。.！!；;了])|(?:您|你)的)"
"""What tells 通过 that means approved from 通过 that means by way of."""
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
            r"\b(?:fully|completely|entirely|wholly) (?:been )?(?:approved|accepted|granted)\b",
            r"\b(?:approve|accept|grant)(?:d|ed)?\b[^,;.]{0,24}\b(?:in (?:full|its entirety)|fully|completely|entirely|wholly|100%)",
            r"\b(?:full|complete) approval\b|\b(?:went|got|gone) through (?:in full|completely|entirely|fully)\b|\bit's all approved\b",
            r"\b(?:all|both)\b[a-z0-9 ]{0,16}\b(?:units|items|goods|jars|bottles|pieces|products|lines) (?:are|were|have been) (?:approved|accepted|counted)\b",
            "(?:都|全部?)(?:已经?|[给帮](?:您|你))*批(?:了|准)|批了全部",
            r"\b(?:all|each of) your (?:demands|requests|wishes) (?:are|is|have been|will be) (?:met|granted|accepted|fulfilled)\b",
            "(?:诉求|要求|请求)[^，。]{0,6}(?:全部|都|均|全)[^，。]{0,2}(?:满足|答应|同意|接受)",
            r"\b(?:full|whole|entire|complete) (?:claim|application|request|case)\b[^,;.]{0,20}\b(?:approved|accepted|granted)\b",
            r"\b(?:all|everything|every part) (?:of )?(?:your |the |you )?(?:claim\w*|application|request|asked for)?[^,;.]{0,20}\b(?:approved|granted)\b",
            r"\b(?:approved|granted) (?:(?:all|both|everything)\b|(?:your |the )?(?:full|whole|entire|complete)\b)",
            f"(?:全部|全数|完全|全额|整单|悉数|百分之百|100%)(?:都|已|均|获得?)*(?:审核)?(?:通过|批准|同意){_ENDS_A_STATEMENT}",
            f"(?:都|均)(?:已|会|获得?|[给为帮](?:您|你))*(?:审核)?(?:通过|批准){_ENDS_A_STATEMENT}",
        ),
        frozenset({Outcome.APPROVED}),
    ),
    (
        any_of(
            r"\b(?:cannot|can't|can not|could not|unable to|do not|did not|will not|won't) (?:approve|accept|grant|support)\b"
            r"(?! (?:it|that|more|any|(?:this|the)(?: (?:amount|sum|figure|demand|offer))?\s*(?:$|[.,!])))(?: (?:your|the) (?:claim|application|request))?",
            r"\bnot (?:been )?(?:approved|accepted|granted)\b",
        ),
        frozenset({Outcome.DENIED, Outcome.NEEDS_INFORMATION, Outcome.MANUAL_REVIEW}),
    ),
    (
        any_of(
            r"\b(?:rejected|denied|declined|turned down)\b|\b(?:is|was|are|were|been) refused\b",
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
            r"\b(?:claim|application|request|case|refund|unit|item|jar|bottle|piece|product)s?\b.{0,20}\b(?:is|was|has been|have been|been|gets?|will be) (?:fully )?(?:approved|accepted|granted)\b",
            r": approved\b",
            r"\b(?:will|shall|going to)(?: \w+){0,2} approve\b|'ll(?: \w+){0,2} approve\b",
            f"(?:会|将|肯定|一定|必|包|保证|就能|即可)(?:会|能)?(?:获得?)?(?:给(?:您|你))?(?:审核|批准)?通过{_ENDS_A_STATEMENT}",
            "(?:申请|审核|索赔|理赔|退款|结果|案件)(?:已经?|现已|获得|为)*(?:审核|批准)?(?:获得)?(?:通过|成功|批准)",
            "通过了?(?:您|你)的(?:申请|索赔|退款)",
        ),
        frozenset({Outcome.APPROVED, Outcome.PARTIALLY_APPROVED}),
    ),
    (
        any_of(
            r"\b(?:claim|case|application|request)\b[^,;.]{0,16}\b(?:under review|being reviewed)\b",
            "(?:申请|案件|索赔)[^，。]{0,6}(?:审核中|复核中|正在审核|等待审核|待审核)",
        ),
        frozenset({Outcome.MANUAL_REVIEW, Outcome.NEEDS_INFORMATION}),
    ),
)
"""How the outcome is put, and the outcomes of which it is true; the first pattern that matches tells."""


def rights_in(text: str) -> Iterator[Promise]:
    """The rights that a clause speaks of. Positions are those in the clause."""
    yield from _outcome(text)
    yield from _freight(text)
    if match := THE_END.search(text):
        yield Promise(start=match.start(), end=match.end(), subject=Subject.DEADLINE, ends=_ends(text, match))
    for subject, pattern in (
        (Subject.RETURN, RETURN),
        (Subject.PERSON, PERSON),
        (Subject.OTHER, OTHER),
    ):
        match = pattern.search(text)
        if match is not None and (
            subject is not Subject.RETURN or phrasing.NEGATIVE.search(text) or phrasing.COMMITS.search(text)
        ):
            yield Promise(start=match.start(), end=match.end(), subject=subject)


def _ends(text: str, match: re.Match[str]) -> frozenset[End]:
    """What a clause says is over. Words that name neither evidence nor claims say it of both."""
    words = text[match.start() : match.end() + _NEAR]
    found = {end for end, pattern in _NAMES.items() if pattern.search(words)}
    return frozenset(found or End)


def _outcome(text: str) -> Iterator[Promise]:
    for pattern, outcomes in OUTCOMES:
        match = pattern.search(text)
        if match is not None:
            yield Promise(start=match.start(), end=match.end(), subject=Subject.OUTCOME, outcomes=outcomes)
            return


def _freight(text: str) -> Iterator[Promise]:
    """Who pays for sending the goods back."""
    free = FREE_RETURN.search(text)
    match = free or FREIGHT.search(text)
    if match is None and BORNE_BY_CUSTOMER.search(text):
        match = KINDS[AwardKind.POSTAGE].search(text)
    if match is None:
        return
    bearer = FreightBearer.MERCHANT if free else bearer_in(text)
    yield Promise(start=match.start(), end=match.end(), subject=Subject.FREIGHT, freight=bearer)


def bearer_in(text: str) -> FreightBearer | None:
    """Who pays, if a clause names one side."""
    sides = {
        FreightBearer.MERCHANT: BORNE_BY_MERCHANT.search(text),
        FreightBearer.CONSUMER: BORNE_BY_CUSTOMER.search(text),
    }
    named = [side for side, found in sides.items() if found]
    return named[0] if len(named) == 1 else None
