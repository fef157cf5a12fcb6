"""Lives in worlds that break, one after the other, each in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from fraud_assets.gateway.account import Account, account_of
from fraud_assets.gateway.factory import factory_in
from fraud_assets.gateway.life import Life
from fraud_assets.gateway.settings import Break, LifeSettings


def live_worlds(
    settings: LifeSettings, breaks: Sequence[Break], say: Callable[[str], None]
) -> Iterator[Account]:
    """Live each world below `settings.folder`; raises RefusedError as a life does."""
    for what in breaks:
        say(f"world {what}")
        folder = settings.folder / what
        folder.mkdir(parents=True)
        life = replace(settings, folder=folder.resolve(), what=what)
        with factory_in(life.folder) as factory:
            one = Life(life, factory, say)
            diary = one.lead()
        yield account_of(life, diary, one.history, factory)
