"""Rights in a clause: returns and who pays for them, the outcome, a person who looks at the case, and what no decision grants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from adjudicator.analysis.promises.results import Promise, Subject
from adjudicator.model.award import AwardKind, FreightBearer
from adjudicator.model.decision import Outcome
from adjudicator.replies import phrasing
from adjudicator.replies.lexicon import KINDS, any_of

_NOT_PROOF: Final = r"(?!\w*(?: \w+)? ?\b(?:proof|reports?|photos?|pictures?|evidence|documents?|statements?|appraisals?|invoices?|findings?)\b)"
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
    r"\b(?:on us|free)\b",
    "由(?:商家|卖家|我们|我方|店铺|平台)(?:承担|支付|负担)",
    "(?:商家|卖家|店铺|我们|我方|平台)(?:会|将|来)?(?:承担|支付|负担|报销|出(?!示|具)|付)",
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
    r"\b(?:no need|(?:don't|do not) (?:need|have)|without having) to (?:return|send (?:the|it|them)|ship)\b",
    r"\b(?:another|new) (?:one|jar|bottle|item|piece|unit)\b",
    r"\bprice (?:difference|match\w*)|\bdifference in price",
    r"\bdiscounts?\b|%\s?off\b",
    r"\b(?:processing|handling|restocking|service) fees?\b|\bdeduct\w*",
    r"\bnothing (?:else|more|further)\b",
    r"\bwarranty\b",
    r"\bmore than (?:the|this) (?:rule|policy|guarantee|decision|platform) (?:says|gives|grants|allows|requires)\b",
    r"\b(?:three|four|five|six|seven)[- ]figures?\b",
    "优惠券",
    "代金券",
    "红包",
    "积分",
    "换货",
    "补发",
    "重新发货",
    "重发",
    "补寄",
    "(?:再寄|重新寄|换)(?:您|你)?[一新个瓶件](?!家)",
    "(?:不用|无需|不需要?|不必|无须)(?:您|你)?(?:再)?(?:退货|寄回|退回|寄还)",
    "(?<!保)留着(?:用|吧)|自留",
    "差价",
    "手续费|服务费|扣除",
    "其[他它](?:的|费用|款项)?(?:一律|均|都)?不(?:退|赔|予)",
    "[0-9一二三四五六七八九](?:\\.?[0-9五])?\\s?折(?!合)",
    "赠送",
    "保修",
    "礼品",
    "(?:让|到|至)(?:您|你)?满意(?:为止)?",
    "[三四五六七八九几]位数",
    "以内(?:都|均|全)?(?:行|可以|好说|没问题)",
    "比(?:规则|规定|平台|政策)(?:规定|要求)?的?(?:还|更)?(?:多|高)",
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
            r"\b(?:cannot|can't|can not|could not|unable to|do not|did not|will not|won't) (?:approve|accept|grant|support)\b"
            r"(?! (?:it|that|more|any|(?:this|the)(?: (?:amount|sum|figure|demand|offer))?\s*(?:$|[.,!])))(?: (?:your|the) (?:claim|application|request))?",
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


def rights_in(text: str) -> Iterator[Promise]:
    """The rights that a clause speaks of. Positions are those in the clause."""
    yield from _outcome(text)
    yield from _freight(text)
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
