"""[evaluation]: options of the judgement."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fraud_assets.terms.section import Section


class Evaluation(Section):
    """Options of the judgement: entity precision at k, known entities left out, slices."""

    k: tuple[Annotated[int, Field(ge=1)], ...] = (100,)
    """Sizes of the daily lists whose precision is measured."""

    k_entity: str | None = None
    """What such a list counts; by default senders."""

    exclude_known: str | None = None
    """An entity whose known frauds leave the judged rows."""

    slices: tuple[str, ...] = ()
    """Features whose levels are judged one by one."""
