"""Errors in cases that are not claims, as JSON pointers: the shape and consistency that docs/reference asks for.

A shape is a dict of members (`!` is required), a list of one item, a set of choices, a tuple of kinds with their shapes, or a test of a
single value.
"""

import re
from decimal import Decimal

from .input_faults import LARGEST, readable
from .raw import instant
from .task import NO_MORE, STEPS, worlds_of

DECIMAL = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
BOOL = lambda value: isinstance(value, bool)  # noqa: E731
TEXT = lambda value: isinstance(value, str)  # noqa: E731
INSTANT = lambda value: readable(value) is not None  # noqa: E731


def whole(least, most=LARGEST):
    """A test for integers from least to most, both included. true and 1.0 are not integers."""
    return lambda value: type(value) is int and least <= value <= most


def decimal(most):
    """A test for decimals from 0, as text."""
    return lambda value: isinstance(value, str) and DECIMAL.fullmatch(value) is not None and 0 <= Decimal(value) <= most


def strings(value):
    """Whether a value is metadata: an object of strings."""
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())


# Off-platform trading

HALF = LARGEST // 2
EVENT = {"happened!": BOOL, "at": INSTANT}
TROUBLES = [{"payment", "logistics", "after_sales", "quality", "injury"}]
TRADING = {
    "opened_at!": INSTANT,
    "incidents!": [
        {
            "id!": TEXT,
            "act!": {"payment", "account", "content", "parcel", "contact", "cash_on_delivery", "other"},
            "happened_at": INSTANT,
            "begun_by": {"merchant", "user"},
            "taken_up": BOOL,
            "setting": {"online", "offline"},
            "user_answered": BOOL,
            "channel": {
                "bank_account", "third_party_payment", "qr_code", "purchase_link", "other_platform", "app", "website",
                "email", "net_disk", "feed", "public_account", "phone", "review_cashback_card", "other",
            },
            "official": BOOL,
            "needed_for_trade": BOOL,
            "purpose": {"delivery", "after_sales", "off_platform_trade", "off_platform_payment", "other"},
            "platform_leave": BOOL,
            "provider_approved": BOOL,
            "problems": TROUBLES,
            "risks": TROUBLES,
            "prohibited_goods": BOOL,
            "other_violation": BOOL,
            "grave_threat": BOOL,
        }
    ],
    "shop!": {
        "id!": TEXT,
        "deposit": {
            "standard": whole(0, HALF),
            "balance": whole(0, HALF),
            "top_ups": [{"amount!": whole(0, HALF), "paid_at!": INSTANT}],
            "raised": BOOL,
        },
        "earlier_findings": [{"id!": TEXT, "notice": EVENT}],
        "notice": EVENT,
        "written_promise": EVENT,
        "closing": EVENT,
        "exit_application": EVENT,
    },
}  # fmt: skip


def trading_sense(case):
    """Duplicate ids, instants in the future, notices on the wrong side of the opening, amounts too large in total."""
    now, opened = at(case, "/as_of"), at(case, "/opened_at")
    yield from twice(case, "/incidents")
    yield from twice(case, "/shop/earlier_findings")
    if held(case, "/incidents") == []:
        yield "/incidents"
    for each in places(case, "/incidents"):
        yield from after(case, f"{each}/happened_at", now)
    yield from before(case, "/opened_at", instant("2018-11-23T00:00:00+08:00"))
    yield from after(case, "/opened_at", now)
    earlier = [f"{each}/notice" for each in places(case, "/shop/earlier_findings")]
    for event in ("/shop/notice", "/shop/written_promise", "/shop/closing", "/shop/exit_application", *earlier):
        yield from after(case, f"{event}/at", now)
        if held(case, f"{event}/happened") is False and held(case, f"{event}/at") is not None:
            yield f"{event}/at"
    yield from before(case, "/shop/notice/at", opened)
    for each in earlier:
        yield from after(case, f"{each}/at", opened)
    top_ups = places(case, "/shop/deposit/top_ups")
    for each in top_ups:
        yield from after(case, f"{each}/paid_at", now)
    amounts = [held(case, "/shop/deposit/balance") or 0, *(held(case, f"{each}/amount") for each in top_ups)]
    if all(type(each) is int and 0 <= each <= HALF for each in amounts) and sum(amounts) > HALF:
        yield "/shop/deposit/top_ups"


# Listing

LISTING = {
    "shop!": {
        "id!": TEXT,
        "type": {"enterprise", "individual"},
        "agreement_accepted": BOOL,
        "entry_review_passed": BOOL,
        "virtual_deposit": whole(0),
        "operations_contact_complete": BOOL,
        "diverts_users": BOOL,
        "hoards_users": BOOL,
        "unconfirmed_pushes": BOOL,
        "reply_rate": decimal(100),
        "required_reply_rate": decimal(100),
    },
    "product!": {
        "id!": TEXT,
        "category": {
            "top_up_centre", "custom", "membership", "wedding_photography", "education_entertainment", "travel", "health",
            "carrier_hall", "games", "other", "outside",
        },
        "goods": {
            "phone_credit", "mobile_data", "qq_product", "video", "offline_service", "stored_value", "account_rental",
            "internet_phone", "other",
        },
        "follows_platform_rules": BOOL,
        "direct_top_up": BOOL,
        "through_api": BOOL,
        "api": {
            "trades_there": BOOL, "supplies_there": BOOL, "authorised": BOOL, "reviewed": BOOL, "price_advantage": BOOL,
        },
        "fulfilment_days": whole(0),
        "validity_days": whole(1),
        "rental_days": whole(1),
        "mass_market_brand": BOOL,
        "longer_term_approved": BOOL,
        "fully_bindable": BOOL,
        "needs_app_download": BOOL,
        "asks_for_number": BOOL,
        "regional": BOOL,
        "open_nationwide": BOOL,
    },
}  # fmt: skip
VIRTUAL_GOODS_FROM = instant("2018-10-24T00:00:00+08:00")


def listing_sense(case):
    """A case before the first edition."""
    yield from before(case, "/as_of", VIRTUAL_GOODS_FROM)


# Dispatch

DISPATCH = {
    "order!": {"id!": TEXT, "placed_at!": INSTANT, "formed_at": INSTANT},
    "goods": {
        "physical": BOOL,
        "custom": BOOL,
        "commitment": {"hours_24", "hours_48", "agreed"},
        "agreed_otherwise": BOOL,
        "agreed_days": whole(1, 3650),
        "ordinary_hours": whole(1, 87600),
    },
    "dispatch": {
        "happened": BOOL,
        "at": INSTANT,
        "through": {"logistics", "batch_import", "order_page"},
        "found_false": BOOL,
    },
    "out_of_stock": BOOL,
}


def dispatch_sense(case):
    """Instants in the future or before the order, and details of a dispatch or a number of days that cannot be there."""
    now, placed = at(case, "/as_of"), at(case, "/order/placed_at")
    yield from before(case, "/order/placed_at", VIRTUAL_GOODS_FROM)
    yield from after(case, "/order/placed_at", now)
    yield from after(case, "/dispatch/at", now)
    yield from before(case, "/order/formed_at", placed)
    yield from before(case, "/dispatch/at", placed)
    if held(case, "/dispatch/happened") is False:
        yield from (f"/dispatch/{each}" for each in ("at", "through") if held(case, f"/dispatch/{each}") is not None)
        if held(case, "/dispatch/found_false") is True:
            yield "/dispatch/found_false"
    if held(case, "/goods/agreed_days") is not None and held(case, "/goods/agreed_otherwise") is not True:
        yield "/goods/agreed_days"


# Arrival

SHOWS = {"arrived", "not_arrived", "unclear"}
EVIDENCE = {
    "id!": TEXT,
    "kind!": TEXT,
    "submitted_by!": {"consumer", "merchant", "platform", "carrier", "third_party"},
    "submitted_at!": INSTANT,
    "verification": {"verified", "unverified", "rejected"},
    "verified_by": TEXT,
    "verified_at": INSTANT,
    "files": [{"name!": TEXT, "sha256!": TEXT, "media_type!": TEXT}],
}
OF_A_KIND = (
    ("official_feedback", {**EVIDENCE, "shows!": SHOWS, "platform": TEXT, "account": TEXT, "observed_at": INSTANT}),
    ("merchant_screenshot", {**EVIDENCE, "shows!": SHOWS}),
    ("dispatch_proof", {**EVIDENCE, "dispatched_at": INSTANT, "reference": TEXT}),
    ("other", {**EVIDENCE, "description!": TEXT}),
)
KINDS = [kind for kind, _ in OF_A_KIND]
ARRIVAL = {
    "claim!": {"id!": TEXT, "filed_at!": INSTANT},
    "order!": {"id!": TEXT, "placed_at!": INSTANT},
    "top_up": {"account_platform": TEXT, "account": TEXT},
    "evidence!": [OF_A_KIND],
    "evidence_closes_at": INSTANT,
}


def arrival_sense(case):
    """Duplicate ids, instants in the future, a claim before its order.

    In a document of an unknown kind, nothing else is checked.
    """
    now = at(case, "/as_of")
    yield from twice(case, "/evidence")
    yield from before(case, "/order/placed_at", VIRTUAL_GOODS_FROM)
    yield from before(case, "/claim/filed_at", at(case, "/order/placed_at"))
    found = ("submitted_at", "observed_at", "dispatched_at")
    known = [piece for piece in places(case, "/evidence") if held(case, f"{piece}/kind") in KINDS]
    of_the_evidence = [f"{piece}/{each}" for piece in known for each in found]
    for each in ("/claim/filed_at", "/order/placed_at", *of_the_evidence):
        yield from after(case, each, now)


# Clearance

CLEARANCE = {
    "checked!": {
        "of!": {"merchant", "product"},
        "state!": {"promoted", "cleared"},
        "product_id": TEXT,
        "virtual": BOOL,
        "brand_papers_in_order": BOOL,
        "found_unfit": BOOL,
    },
    "shop!": {
        "id!": TEXT,
        "opened": BOOL,
        "state": {"normal", "restricted", "closing", "closed"},
        "account_in_good_standing": BOOL,
        "order_amount_30_days": whole(0),
        "shop_score": decimal(5),
        "experience_score": decimal(5),
        "positive_review_rate": decimal(100),
        "warehouse_check_passed": BOOL,
        "alliance_platform_connected": BOOL,
        "erp_connected": BOOL,
        "penalties": [{"rule!": {"evasive_information", "other"}, "imposed_at!": INSTANT}],
        "controller_shops": {"listed_serious_penalty": BOOL, "grave_danger": BOOL},
        "openings_so_far": whole(0),
    },
}


def clearance_sense(case):
    """A product check names a product; no penalty is in the future."""
    of, named = held(case, "/checked/of"), held(case, "/checked/product_id")
    if (of == "product" and named is None) or (of == "merchant" and named is not None):
        yield "/checked/product_id"
    yield from before(case, "/as_of", instant("2024-07-25T00:00:00+08:00"))
    for each in places(case, "/shop/penalties"):
        yield from after(case, f"{each}/imposed_at", at(case, "/as_of"))


# Creators' tasks

TASK_STEP = set(STEPS)
TASK = {
    "client!": {
        "id!": TEXT,
        "qualification_certified": BOOL,
        "payment_checked": BOOL,
        "agreement_signed": BOOL,
    },
    "history!": [{"step!": TASK_STEP, "happened_at!": INSTANT, "changes_stated": BOOL, "set_for": INSTANT}],
    "wanted!": {"step!": TASK_STEP, "by!": {"client", "creator", "platform"}, "changes_stated": BOOL},
}


def task_sense(case):
    """Instants out of order, changes without a rejection, a time that no step sets; else the first event that was impossible."""
    found = {*before(case, "/as_of", instant("2022-03-15T00:00:00+08:00")), *event_sense(case)}
    yield from found
    if not found and not any(missing_in(case, {**EVERY_CASE, **TASK})):
        _, impossible = worlds_of(readable_part(case, {**EVERY_CASE, **TASK}))
        if impossible is not None:
            yield f"/history/{impossible}/step"


def event_sense(case):
    """Errors of an event or the wanted step, by itself or relative to the previous event."""
    earlier = None
    for each in places(case, "/history"):
        moment = at(case, f"{each}/happened_at")
        yield from after(case, f"{each}/happened_at", at(case, "/as_of"))
        yield from before(case, f"{each}/happened_at", earlier)
        yield from before(case, f"{each}/set_for", moment)
        if at(case, f"{each}/set_for") is not None and step_at(case, each) not in (None, "set_publication"):
            yield f"{each}/set_for"
        earlier = earlier if moment is None else moment
    for each in (*places(case, "/history"), "/wanted"):
        if BOOL(held(case, f"{each}/changes_stated")) and step_at(case, each) not in (None, *NO_MORE):
            yield f"{each}/changes_stated"


def step_at(case, place):
    """The step that an event or wish names; None if it is not a step."""
    step = held(case, f"{place}/step")
    return step if isinstance(step, str) and step in TASK_STEP else None


def missing_in(node, shape):
    """Whether something is missing or unreadable that replaying the case requires."""
    if isinstance(shape, dict):
        required = {name[:-1]: inner for name, inner in shape.items() if name.endswith("!")}
        yield not isinstance(node, dict)
        for name, inner in required.items() if isinstance(node, dict) else ():
            yield from missing_in(node.get(name), inner)
    elif isinstance(shape, list):
        yield not isinstance(node, list)
        for each in node if isinstance(node, list) else ():
            yield from missing_in(each, shape[0])
    else:
        yield any(True for _ in shape_faults(node, shape))


def readable_part(node, shape):
    """A document with only its readable parts."""
    if isinstance(shape, dict):
        known = {name.rstrip("!"): inner for name, inner in shape.items()}
        return {name: readable_part(node.get(name), inner) for name, inner in known.items()}
    if isinstance(shape, list):
        return [readable_part(each, shape[0]) for each in node]
    return None if node is None or any(True for _ in shape_faults(node, shape)) else node


# All of them

EVERY_CASE = {"id!": TEXT, "policy!": TEXT, "as_of!": INSTANT, "metadata": strings}
SHAPES = {
    "pinduoduo.off_platform_trading": {**EVERY_CASE, **TRADING},
    "pinduoduo.virtual_listing": {**EVERY_CASE, **LISTING},
    "pinduoduo.virtual_dispatch": {**EVERY_CASE, **DISPATCH},
    "pinduoduo.virtual_arrival": {**EVERY_CASE, **ARRIVAL},
    "douyin_alliance.clearance": {**EVERY_CASE, **CLEARANCE},
    "douyin_xingtu.task": {**EVERY_CASE, **TASK},
}
SENSE = {
    "pinduoduo.off_platform_trading": trading_sense,
    "pinduoduo.virtual_listing": listing_sense,
    "pinduoduo.virtual_dispatch": dispatch_sense,
    "pinduoduo.virtual_arrival": arrival_sense,
    "douyin_alliance.clearance": clearance_sense,
    "douyin_xingtu.task": task_sense,
}


def other_faults(case):
    """All errors, each pointer once, sorted. Consistency is checked only where the document is readable."""
    misshapen = {*shape_faults(case, SHAPES[case["policy"]])}
    return sorted(misshapen.union(SENSE[case["policy"]](case)))


def shape_faults(node, shape, where=""):
    """Where a document does not have a shape: unknown members, missing required ones, and invalid values."""
    if isinstance(shape, dict):
        yield from member_faults(node, shape, where) if isinstance(node, dict) else [where]
    elif isinstance(shape, list):
        items = enumerate(node) if isinstance(node, list) else ()
        yield from [] if isinstance(node, list) else [where]
        yield from (pointer for n, each in items for pointer in shape_faults(each, shape[0], f"{where}/{n}"))
    elif isinstance(shape, tuple):
        yield from kind_faults(node, dict(shape), where)
    elif isinstance(shape, set):
        yield from [] if isinstance(node, str) and node in shape else [where]
    elif not shape(node):
        yield where


def member_faults(node, shape, where):
    """Unknown and missing members of an object, and the errors in the others."""
    known = {name.rstrip("!"): inner for name, inner in shape.items()}
    yield from (f"{where}/{name}" for name in node if name not in known)
    for name, inner in known.items():
        if node.get(name) is not None:
            yield from shape_faults(node[name], inner, f"{where}/{name}")
        elif f"{name}!" in shape:
            yield f"{where}/{name}"


def kind_faults(node, shapes, where):
    """The errors of an object of a kind. If the kind is unknown, nothing else is checked."""
    kind = node.get("kind") if isinstance(node, dict) else None
    if not isinstance(node, dict):
        yield where
    elif isinstance(kind, str) and kind in shapes:
        yield from member_faults(node, shapes[kind], where)
    else:
        yield f"{where}/kind"


def held(case, pointer):
    """The value at a pointer, or None."""
    for step in pointer.split("/")[1:]:
        if isinstance(case, list):
            case = case[int(step)] if step.isdigit() and int(step) < len(case) else None
        else:
            case = case.get(step) if isinstance(case, dict) else None
    return case


def places(case, group):
    """The pointers of the items of a list; none if there is no list."""
    items = held(case, group)
    return [f"{group}/{n}" for n in range(len(items))] if isinstance(items, list) else []


def at(case, pointer):
    """The instant at a pointer; None if there is none or it is unreadable."""
    return readable(held(case, pointer))


def before(case, pointer, moment):
    """The pointer, if its instant is before a moment."""
    if moment is not None and at(case, pointer) is not None and at(case, pointer) < moment:
        yield pointer


def after(case, pointer, moment):
    """The pointer, if its instant is after a moment."""
    if moment is not None and at(case, pointer) is not None and at(case, pointer) > moment:
        yield pointer


def twice(case, group):
    """Ids that occur twice in a list: every one after the first."""
    seen = set()
    for n, item in enumerate(held(case, group) if isinstance(held(case, group), list) else []):
        name = item.get("id") if isinstance(item, dict) else None
        if isinstance(name, str):
            if name in seen:
                yield f"{group}/{n}/id"
            seen.add(name)
