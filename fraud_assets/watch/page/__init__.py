"""production.html: promise against outcome, and the evidence of the alarm as a curve."""

from fraud_assets.watch.page.render import render_production

__all__ = ["render_production"]
