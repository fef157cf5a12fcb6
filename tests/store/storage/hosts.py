"""Hosts of their own on this machine: network namespaces with an address each."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Host:
    """A namespace: its address, the address of this machine as seen from there."""

    name: str
    address: str
    outside: str

    @property
    def through(self) -> tuple[str, ...]:
        """The words that run a command there."""
        return ("ip", "netns", "exec", self.name)


@contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """So many hosts, gone afterwards; skips where they cannot be made."""
    if shutil.which("ip") is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("needs network namespaces: the command ip, as root")
    with ExitStack() as made:
        yield [made.enter_context(_host(number)) for number in range(count)]


@contextmanager
def _host(number: int) -> Iterator[Host]:
    mark = secrets.token_hex(3)
    name, near, far = f"fraud-{mark}", f"fn{mark}", f"ff{mark}"
    net = f"10.{secrets.randbelow(100) + 120}.{secrets.randbelow(250)}"
    host = Host(name, f"{net}.2", f"{net}.1")
    try:
        _ip("netns", "add", name)
        _ip("link", "add", near, "type", "veth", "peer", "name", far)
        _ip("link", "set", far, "netns", name)
        _ip("addr", "add", f"{host.outside}/30", "dev", near)
        _ip("link", "set", near, "up")
        for words in (
            ("addr", "add", f"{host.address}/30", "dev", far),
            ("link", "set", far, "up"),
        ):
            _ip("-n", name, *words)
        _ip("-n", name, "link", "set", "lo", "up")
        yield host
    finally:
        for words in (("link", "del", near), ("netns", "del", name)):
            subprocess.run(["ip", *words], check=False, capture_output=True)


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"needs network namespaces, but: ip {' '.join(words)}: {done.stderr.strip()}")
