"""How replies put things: promises, denials, conditions, questions and the words of the customer."""

from __future__ import annotations

import re
from typing import Final

from adjudicator.replies.lexicon import any_of

COMMITS: Final = any_of(
    r"\b(?:we|i|they|the (?:merchant|seller|shop|platform|system))(?:'ll|'re|'ve|'m| will| shall| can| have| has| are| am| do)\b",
    r"\byou(?:'ll|'re| will| can| may| are| get| receive| shall| have| still)\b",
    r"\b(?:we|i) (?:refund|pay|compensate|offer|guarantee|promise|confirm|approve|agree|reimburse|owe|give|cover|return)\b",
    r"\b(?:will|shall|has|have) (?:be|been)\b",
    r"\bthe merchant (?:pays|bears)\b",
    r"\bentitled\b",
    r"\b(?:happy|pleased|glad) to\b",
    r"\bgoing to\b",
    r"\bplease (?:pay|send|return)\b",
    r"\b(?:guarantee|promise|ensure|assure)\w*",
    r"\bfree (?:return|of charge)",
    r"^\s*(?:full|complete) refund\b",
    r"\blet (?:me|us)\b",
    "会|将|可以|可|能|为您|为你|给您|给你|帮您|帮你|替您|向您|马上|立即|立刻|安排|已|同意|支持|保证|承诺|确保|予以|办理|负责",
    r"\bdeal\b",
    r"\blands?\b",
    "就这么定|定了|成交|没问题|就(?=退|赔|处理|办|打|付|安排)",
    r"\bon (?:its|the) way\b",
    r"\b(?:is|are|gets?) (?:being )?(?:refunded|reimbursed|compensated|processed|issued|arranged|credited|covered|paid (?:out|to you|back))\b",
    r"\bin (?:process|progress)\b",
    r"\brefund[^,;.]{0,12}\b(?:should|with your bank|pending|processing|released|initiated|in the works|goes|follows|sent|started|issued)\b",
    r"\bexpect (?:your|a|the|it)\b|\b(?:is|are) coming\b|\bfollows\b",
    "启动|在路上|等着|很快|随后|稍后",
    "正在|处理中|进行中|在途|陆续|即将|肯定",
    "承担|尽快|享受|有权|获|[您你]收到|一定|包(?!裹|装|含|括)|全额|我们退|我们赔|退您|退你|赔您|赔你|免费|直接|(?<!申)请",
)
NOTHING: Final = any_of(
    r"\b(?:owe|pay|receive|get|give)\w*(?=\b.{0,20}\b(?:nothing|no (?:money|payment)|not a (?:cent|penny))\b)",
    r"(?<=nothing to )pay\b|(?<=nothing more to )pay\b",
    "(?:一分钱|分文|一毛)(?=.{0,8}[不没无])",
)
"""Words of payment that deny all of it."""
WOULD: Final = re.compile(r"\b(?:would|could|might)\b|本来会|本可")
"""What makes a clause unreal: nothing in it is promised."""
NOT_NEGATIVE: Final = any_of(
    r"\bno (?:problem|doubt|worries|later than|matter|reason)\b",
    r"\bnot (?:only|just|later than|to worry)\b",
    r"\bwithout (?:delay|doubt|hesitation|further|a reason|reason|any (?:delay|reason|problem))\b",
    r"\b(?:do not|don't) (?:worry|hesitate)\b",
    r"\bmore than\b",
    "不过|不少(?!于)|不仅|不但|不只|没问题|不久|不日|不超过|不会(?:低于|少于|超过)|不少于|不晚于|不迟于|不低于|不用担心|不必担心|别担心|不客气|不好意思|毫不犹豫|无条件|无理由|无忧|无误|未来|非常",
)
NEGATIVE: Final = any_of(
    r"\b(?:not|cannot|unable|never|without|neither|nor|no|nothing|refuse[sd]?|decline[sd]?|reject(?:ed)?|instead of|rather than|impossible)\b",
    r"n't\b",
    "不|无法|未|没|别|无须|无需|拒绝|拒收|难以|禁止|勿",
)
DENIES_BEHIND: Final = any_of(
    r"^[^，。,.]{0,12}?(?:没法|没办法|无法|不能|不会|不可以?|不予|不)(?:再)?(?:给|付|退|赔|支持|支付|适用)",
    r"^[^，。,.]{0,24}?\b(?:(?:cannot|can't|will not|won't) be (?:paid|refunded)|(?:is|are) not (?:payable|possible|available)|(?:does not|doesn't) apply)\b",
)
"""What denies the words right before."""
NOT_SO: Final = re.compile(r"(?:\b(?:not|never|hardly)(?: been)?|n't(?: been)?|并非|不是|没有?能?|未能?)\s?$")
"""What turns an outcome round, right before it."""
FORETELLS: Final = re.compile(r"\b(?:will|shall|going to)\b|'ll\b|会|将|肯定|一定|必|包|保证|就能|即可")
"""What says of an outcome that it is still to come."""
CONDITION: Final = any_of(
    r"\bif\b",
    r"\bonce\b",
    r"\bprovided\b",
    r"\bunless\b",
    r"\bas soon as\b",
    r"\bassuming\b",
    r"\b(?:after|when|until) (?:you|we|the (?:report|proof|goods|merchant|brand|laboratory|documents?|ruling))\b",
    r"\bafter (?:review|verification|approval|receiving|receipt)\b",
    r"\bsubject to\b",
    r"\bdepend(?:s|ing) on\b",
    r"\bin case\b",
    "如果|若|如(?=[您你](?!所|提|要求|说)|经|核实|确|属|果|能)|一旦|假如|只要|倘若|要是|除非|待(?=您|你|核|审|确|商)|取决于|视(?=情况|核)|的话|才(?:能|会|可以)|经(?:核实|审核|确认)(?:无误|属实|通过)|收到.{0,12}后|(?:寄回|退回).{0,8}后|审核.{0,6}后|核实.{0,6}后|提交.{0,12}后|提供.{0,12}后|通过后|确认.{0,6}后",
)
ONE_OF_THEM: Final = any_of(
    r"\b(?:the|this|that) (?:first|second|third|other|last|remaining|rest)\b",
    r"\b(?:goods|items|units) that\b",
    "第[一二三四五六七八九十0-9]+[件个瓶盒]|(?:退回|寄回|开封|过)的商品|这一?[件个瓶盒]|另外?一?[件个瓶盒]|其中|剩余|其余|剩下",
)
"""What tells that only some of the goods are meant."""
NOT_PAID: Final = any_of(r"\bnot (?:be )?(?:paid|refunded|payable)\b", "不予(?:支付|赔付|退还)", "不支付")
CUT: Final = any_of(r"\babove the limit\b", "超出.{0,12}上限")
"""What tells an amount that a limit takes off."""
IDLE_CONDITION: Final = any_of(
    r"\bif you (?:have|need|are|would like|want|wish|do not|don't) (?:any|more|further|not|un|help|to talk|questions?|it sooner)\w*[^,;.]{0,60}",
    r"\bif (?:anything|there is anything|there are any)[^,;.]{0,60}",
    "如(?:果)?(?:您|你)?(?:还|仍|对[^，。,]{0,10})?(?:有|需)(?:任何|其他|其它|疑问|问题|需要|帮助|异议)",
    "若(?:您|你)?(?:还|仍)?有(?:任何|其他|疑问|问题)",
)
"""Conditions that a reply ends with out of courtesy: nothing hangs on them."""
AFTERTHOUGHT: Final = re.compile(
    r"^\s*(?:(?:and|but|also)\b|另外|此外|同时|而且|并且|[^，]{0,6}(?:收到|审核|核实|确认|通过).{0,12}后)"
)
"""What begins a statement of its own: its condition is not that of the clauses before."""
ASKS: Final = any_of(
    r"^\s*(?:so |and |but |or )?(?:would|shall|should|do|does|did|can|could|may|will|is|are|have|has|what|which|when|why|how|where|who)\b",
    "吗|是否|能否|可否|是不是|会不会|要不要|好不好|行不行|有没有|怎么|为什么|多少",
)
WHETHER: Final = any_of(r"\bwhether\b", "是否|能否|可否|会不会|是不是")
"""What leaves open whatever follows it."""
TAG_QUESTION: Final = any_of(
    r"^\s*(?:ok|okay|right|alright|is that (?:ok|okay|alright|fine|acceptable)|does that (?:work|help)|can you agree|do you agree|are you (?:ok|happy))\b",
    "^\\s*(?:可以吗|好吗|行吗|您看可以吗|您看行吗|您看如何|您同意吗|能接受吗|您看好吗|可以么|好么)",
)
ACCEPTS: Final = any_of(r"\b(?:accept|agree|grant|do so|honou?r)\w*", "同意|接受|答应|照办|满足|照付")
"""What makes a demand of the customer our promise."""
MEETS: Final = re.compile(r"\b(?:met|fulfilled)\b")
"""What else agrees to a demand, in the words for an outcome."""
GRANTS: Final = any_of(
    r"\bwe(?:'ll| will)? (?:accept|agree)\b",
    r"\b(?:we|i)(?:'ll| will) do (?:exactly |just )?(?:that|so)\b",
    r"\bas you (?:asked|wish|said|say|wanted)\b",
    r"\byou(?:'ll| will) get (?:it|that)\b",
    r"\bno problem\b",
    r"^\s*(?:agreed|deal)\b",
    "没问题|[按照依][您你]说的|成交|就这么定|(?:同意|满足|答应)(?:[您你])?的?(?:要求|诉求|请求)|照办",
)
"""What makes a demand that a sentence before reports, or a quotation, our promise."""
CUSTOMER_PAID: Final = any_of(
    r"\byou(?:'ve| have| had)? (?:already |originally )?(?:paid|spent)\b",
    r"\bwhat (?:was|you|were|\w+ was) (?:paid|charged|refunded|given back)\b(?: back| before| for the goods| for postage)*",
    r"\b(?:costs?|sells? for)\b(?: you)?",
    "(?<![给为向帮替])[您你][^，。退赔补到]{0,12}?(?:支付|付|花)(?:了|过)",
    "(?<![给为向帮替])[您你](?:已经?(?:支付|付)|(?:购买|下单|买)[^，。]{0,10}(?:支付|付|花))",
    "(?<![给为向帮替])[您你](?:实际|当时|当初|一共|总共|共)+(?:支付|付款?|花)",
    "实付(?:金额|价款|款)?",
)
"""What tells an amount that the customer has paid, or that something costs."""
CUSTOMER_SAYS: Final = any_of(
    r"\b(?:you|(?:the )?(?:customer|consumer|buyer)|he|she) (?:have |has |had |just |also |say |'ve )?(?:said|say|says|wrote|write|writes|asked|ask|asks|requested|request|claimed|claim|claims|demanded|demand|mentioned|mention|stated|want|wanted|wants|expect|expected)\b",
    r"\byou(?:'d| would| had| were) (?:like|like to have|hoped for|hoping for)\b",
    r"\byour (?:request|demand|message|words|claim) (?:for|of|that|says?)\b",
    r"\baccording to (?:you|the customer)\b",
    r"\b(?:the |your )?demands?(?::| to| of| for)?(?=\W)",
    "诉求|(?:请)?(?:这样)?选择[:：“「]|(?:要求|须|应|请)选择",
    r"\bplease choose\b",
    "(?:您|你|客户|顾客|消费者|买家)(?:刚才|之前|曾|在[^，。]{0,8}中)?(?:说|提到|要求|表示|主张|写道|认为|提出|希望|索要|想要|询问|问)",
    "(?:您|你)的(?:要求|诉求|留言|原话)",
)
