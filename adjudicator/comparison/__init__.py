"""Two editions compared over past cases, and what a proposed edition would change (extra ``compare``)."""

from adjudicator.extras import importing

with importing("compare"):
    from adjudicator.comparison.blocks import Proof, Report
    from adjudicator.comparison.comparing import Comparer
    from adjudicator.comparison.html import html_of
    from adjudicator.comparison.report import report_of
    from adjudicator.comparison.running import compare
    from adjudicator.comparison.sides import Pair, Side
    from adjudicator.comparison.tally import Tally

__all__ = ["Comparer", "Pair", "Proof", "Report", "Side", "Tally", "compare", "html_of", "report_of"]
