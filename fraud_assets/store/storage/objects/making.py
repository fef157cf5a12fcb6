"""Trees in the making in a store of objects: a sign says that somebody makes this one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fraud_assets.errors import StoreError
from fraud_assets.store.storage.objects.client import Client
from fraud_assets.store.storage.objects.lines import Lines, is_line
from fraud_assets.store.storage.port import SIGNATURE_FILE

LEASE = timedelta(hours=6)
"""How old the sign of a tree in the making is when its maker counts as gone; he may use half."""

MAKING = "staging"
"""The folder of the signs."""


@dataclass(frozen=True)
class Making:
    """Signs of trees in the making, and what becomes of those that are abandoned."""

    client: Client
    lines: Lines

    def claim(self, tree: str) -> bool:
        """Create the sign of a tree; False where it is there or somebody makes it."""
        if not self.client.create(_sign_of(tree), tree.encode()):
            return False
        if self.client.found(f"{tree}/"):
            self.client.delete(_sign_of(tree))
            return False
        return True

    def demand_held(self, tree: str) -> None:
        """A maker who took too long may have been swept up already."""
        sign = self.client.found(_sign_of(tree))
        if not sign or datetime.now(UTC) - sign[0].modified > LEASE / 2:
            raise StoreError(f"{tree} took longer to make than {LEASE / 2}: run again.")

    def give_up(self, tree: str) -> None:
        """Delete what a maker left, unless he had completed it; then his sign."""
        if not self.is_complete(tree):
            self.remove(tree)
        self.client.delete(_sign_of(tree))

    def remove(self, tree: str) -> None:
        """Delete the signature first, without which a tree is none."""
        self.client.delete(f"{tree}/{SIGNATURE_FILE}")
        for found in self.client.found(f"{tree}/"):
            self.client.delete(found.key)

    def sweep(self, under: str) -> list[str]:
        """End what is older than any maker takes, and what a removal left.

        What looks abandoned is looked at once more: a tree that was completed meanwhile has its
        signature by now, and one that is being made bears a sign that is younger.
        """
        prefix, swept = f"{under}/" if under else "", []
        trees = self._trees(prefix)
        signs = {found.key: found for found in self.client.found(f"{prefix}{MAKING}/")}
        for sign in signs.values():
            if datetime.now(UTC) - sign.modified > LEASE:
                name = sign.key.rpartition("/")[2]
                swept += [] if self.is_complete(f"{prefix}{name}") else [name]
                self.give_up(f"{prefix}{name}")
        for name, is_signed in trees.items():
            left_over = not is_signed and f"{prefix}{MAKING}/{name}" not in signs
            if left_over and not self.is_complete(f"{prefix}{name}"):
                self.remove(f"{prefix}{name}")
        return swept

    def is_complete(self, tree: str) -> bool:
        """Whether it is there to stay: of those that may serve only what a move names."""
        if not self.client.found(f"{tree}/{SIGNATURE_FILE}"):
            return False
        return "/" in tree or self.lines.has_move(f'"{tree}"'.encode())

    def pairs(self, prefix: str) -> list[tuple[str, str]]:
        """Folder and name of each object two levels deep."""
        keys = [found.key.removeprefix(prefix).split("/") for found in self.client.found(prefix)]
        return [(key[0], key[1]) for key in keys if len(key) == 2]

    def _trees(self, prefix: str) -> dict[str, bool]:
        """Trees by name, and whether their signature is there."""
        pairs = self.pairs(prefix)
        trees = {above for above, name in pairs if above != MAKING and not is_line(name)}
        return {tree: (tree, SIGNATURE_FILE) in pairs for tree in trees}


def _sign_of(tree: str) -> str:
    above, _, name = tree.rpartition("/")
    return f"{above}/{MAKING}/{name}" if above else f"{MAKING}/{name}"
