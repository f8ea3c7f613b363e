"""Test your pack: builders for one valid case, Hypothesis strategies for any case, and laws that every policy must obey.

Needs the extra ``testing``. The builders fill in whatever a test does not care about::

    >>> from adjudicator.testing import a_case, a_line, an_order
    >>> a_case("acme.returns", order=an_order(a_line(quantity=3))).claim.items[0].quantity
    3

The strategies adapt to the edition that governs: they supply the kinds of evidence that its clauses read, and draw instants near
the ends of the windows that its decisions report.
"""

from adjudicator.testing.builders import (
    AS_OF,
    BARCODE,
    BRAND,
    COMPLETED_AT,
    FILED_AT,
    PLACED_AT,
    SIGNED_AT,
    WAYBILL,
    a_bar_finding,
    a_case,
    a_claim,
    a_courier_statement,
    a_damage_photo,
    a_line,
    a_merchant,
    a_package_photo,
    a_parcel,
    a_platform_ruling,
    a_settlement,
    an_appraisal,
    an_official_finding,
    an_order,
)
from adjudicator.testing.choices import Json, Trouble
from adjudicator.testing.generator import NUDGES, Author
from adjudicator.testing.histories import histories
from adjudicator.testing.invalid import (
    LEFT_OUT,
    UNREADABLE_INSTANTS,
    NearlyValid,
    breakages,
    invalid_documents,
    nearly_valid_documents,
    places,
    wrong_types,
)
from adjudicator.testing.steering import steering
from adjudicator.testing.valid import case_documents, case_variations, cases, variations

__all__ = [
    "AS_OF",
    "BARCODE",
    "BRAND",
    "COMPLETED_AT",
    "FILED_AT",
    "LEFT_OUT",
    "NUDGES",
    "PLACED_AT",
    "SIGNED_AT",
    "UNREADABLE_INSTANTS",
    "WAYBILL",
    "Author",
    "Json",
    "NearlyValid",
    "Trouble",
    "a_bar_finding",
    "a_case",
    "a_claim",
    "a_courier_statement",
    "a_damage_photo",
    "a_line",
    "a_merchant",
    "a_package_photo",
    "a_parcel",
    "a_platform_ruling",
    "a_settlement",
    "an_appraisal",
    "an_official_finding",
    "an_order",
    "breakages",
    "case_documents",
    "case_variations",
    "cases",
    "histories",
    "invalid_documents",
    "nearly_valid_documents",
    "places",
    "steering",
    "variations",
    "wrong_types",
]
