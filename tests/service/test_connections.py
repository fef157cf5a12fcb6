"""What one connection may send, how long it may take, and who goes where there are too many."""

from __future__ import annotations

import time

import pytest

from fraud_assets.service.net import connections as module
from fraud_assets.service.net.connections import Connections, most_connections
from fraud_assets.service.net.limits import MAX_HEAD, MAX_HEADERS, MAX_PIPELINED, MAX_URL
from tests.service.bounded import bounded, connect, everything, status_of
from tests.waiting import wait_until

POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
CLOSE = b"Connection: close\r\n"


@pytest.fixture(scope="module")
def running():
    with bounded() as found:
        yield found


def asked(port: int, *parts: bytes, pause: float = 0.0) -> int:
    """The status of the first answer to what is sent in parts; 0 where there is none."""
    with connect(port) as one:
        try:
            for part in parts:
                one.sendall(part)
                time.sleep(pause)
        except OSError:
            pass
        return status_of(everything(one) if not pause else one.recv(65536))


def test_what_is_within_the_bounds_is_answered(running):
    """The longest URL, the longest header, the most headers, in one piece and byte by byte."""
    port, _ = running
    url = b"GET /" + b"a" * (MAX_URL - 1) + b" HTTP/1.1\r\nHost: a\r\n" + CLOSE
    header = b"X-Long: " + b"a" * (MAX_HEAD - MAX_URL - 100) + b"\r\n"
    many = b"".join(b"X-%d: a\r\n" % i for i in range(MAX_HEADERS - 2))

    assert asked(port, url + header + b"\r\n") == 200
    assert asked(port, POST + CLOSE + many + b"\r\n") == 200
    whole = CHUNKED.replace(b"Host", CLOSE + b"Host") + b"3;x=y\r\nabc\r\n0\r\nX-After: b\r\n\r\n"
    assert asked(port, *(whole[at : at + 1] for at in range(len(whole)))) == 200


@pytest.mark.parametrize("pieces", [1, 7])
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * MAX_URL + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
        (POST + b"X-Long: " + b"a" * MAX_HEAD + b"\r\n\r\n", 431),
        (POST + b"a" * MAX_HEAD + b": name\r\n\r\n", 431),
        (POST + b"".join(b"X-%d: a\r\n" % i for i in range(MAX_HEADERS)) + b"\r\n", 431),
        (b"GARBAGE\r\n\r\n", 400),
    ],
    ids=["url", "value", "name", "many", "no-http"],
)
def test_what_is_beyond_a_bound_is_refused_with_its_status(running, sent, status, pieces):
    """However it is cut into pieces; the answer comes whole, and the connection ends."""
    port, _ = running
    size = len(sent) // pieces + 1

    assert asked(port, *(sent[at : at + size] for at in range(0, len(sent), size))) == status


def test_a_stream_of_anything_but_body_ends(running):
    """Trailers, chunk extensions, zeros before a size, empty lines."""
    port, echo = running
    filler = b"a" * 100_000
    before = dict(echo.connections.closed)

    assert asked(port, CHUNKED + b"0\r\nX-After: ", *[filler] * 10) == 431
    assert asked(port, CHUNKED + b"2;x=", *[filler] * 10) == 431
    assert asked(port, CHUNKED, *[b"0" * 100_000] * 10) in {400, 431}
    assert asked(port, *[b"\r\n" * 50_000] * 10) in {0, 431}
    assert asked(port, CHUNKED, *[b"1;extension=long\r\na\r\n" * 5000] * 10) == 431
    told = {why: n - before.get(why, 0) for why, n in echo.connections.closed.items()}
    assert told["framing"] >= 3


def test_trailers_never_look_like_headers(running):
    """What comes behind the body reaches no one."""
    port, echo = running

    sent = (
        CHUNKED.replace(b"Host", CLOSE + b"Host") + b"2\r\nhi\r\n0\r\nX-Api-Key: k\r\nB: c\r\n\r\n"
    )
    assert asked(port, sent) == 200

    assert [name for name, _ in echo.headers[-1]] == [b"connection", b"host", b"transfer-encoding"]


def test_a_body_that_nobody_reads_is_dropped_up_to_a_bound(running):
    """A client that sends first gets to its answer; one that sends without end is cut off."""
    port, _ = running
    early = b"POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"

    with connect(port) as one:
        one.sendall(early % 1_000_000 + b" " * 1_000_000 + GET.replace(b"/", b"/early", 1))
        assert everything_of(one, 2).count(b"early") == 2
    with connect(port) as one:
        one.sendall(early % 10**12)
        assert megabytes_taken(one, 200) < 30


def megabytes_taken(one, most: int) -> int:
    for sent in range(most):
        try:
            one.sendall(b" " * 1_000_000)
        except ConnectionError:
            return sent
    return most


def everything_of(one, answers: int) -> bytes:
    found = b""
    while found.count(b"early") < answers:
        part = one.recv(65536)
        assert part, found
        found += part
    return found


def test_pipelined_requests_are_answered_in_order_up_to_a_bound(running):
    """All of them, or none where there are too many; never one before its turn."""
    port, _ = running
    numbered = [
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n%02d" % i for i in range(20)
    ]

    with connect(port) as one:
        one.sendall(b"".join(numbered) + POST + CLOSE + b"\r\n")
        answer = everything(one)
    bodies = [part[:2] for part in answer.split(b"\r\n\r\n")[1:-1]]
    assert bodies == [b"%02d" % i for i in range(20)]
    assert asked(port, GET * (MAX_PIPELINED + 10)) == 0


def test_garbage_behind_a_request_leaves_its_answer_alone():
    """The answer that is under way is given, then the connection ends."""
    with bounded() as (port, echo), connect(port) as one:
        one.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE\r\n\r\n")
        wait_until(lambda: echo.begun == 1)
        echo.free.set()
        answer = everything(one)

    assert status_of(answer) == 200
    assert answer.count(b"HTTP/1.1") == 1
    assert b"connection: close" in answer


@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"", 0), (b"POST / HT", 408), (POST, 408), (CHUNKED + b"3\r\na", 408)],
    ids=["silent", "line", "head", "body"],
)
def test_what_does_not_come_in_time_ends(sent, status):
    """408 where a request has begun, silence for silence; dripping on does not help."""
    with bounded(heads=0.3, bodies=0.3) as (port, _), connect(port) as one:
        started = time.monotonic()
        one.sendall(sent)
        answer = everything(one)

    assert status_of(answer) == status
    assert time.monotonic() - started > 0.2  # that it ends at all, `connect` sees to


def test_dripping_on_does_not_help():
    """The deadline counts from the first byte."""
    with bounded(heads=0.3) as (port, _), connect(port) as one:
        sent = 0
        while not dripped(one, b"P" if sent == 0 else b"O"):
            sent += 1
        assert sent < 600


def dripped(one, byte: bytes) -> bool:
    """Whether the server has closed by the time that another byte was sent."""
    one.sendall(byte)
    one.settimeout(0.05)
    try:
        return one.recv(100) is not None
    except TimeoutError:
        return False


def test_a_client_that_does_not_read_its_answer_is_cut_off():
    """And one whose connection is to close but never drains."""
    with bounded(writing=0.3, closing=0.3) as (port, echo), connect(port) as one:
        one.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: echo.connections.closed["unread"] > 0)

        assert echo.connections.closed["unread"] == 1


def test_idle_connections_serve_again_and_end_in_time():
    """Requests follow each other on one connection; after the keep-alive time it closes."""
    with bounded(idle=1) as (port, _), connect(port) as one:
        for _ in range(5):
            one.sendall(GET)
            assert one.recv(65536).startswith(b"HTTP/1.1 200")
            time.sleep(0.3)
        assert everything(one) == b""


def test_where_there_are_too_many_the_slow_go_first():
    """Ten at most: silent ones make room for new ones, a request under way stays."""
    with bounded(most=10) as (port, echo), connect(port) as busy:
        busy.sendall(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
        wait_until(lambda: echo.begun == 1)
        crowd = [connect(port) for _ in range(30)]
        answers = [asked(port, POST + CLOSE + b"\r\n") for _ in range(20)]
        echo.free.set()
        busy_answer = busy.recv(65536)
        for one in crowd:
            one.close()

    assert answers == [200] * 20
    assert busy_answer.startswith(b"HTTP/1.1 200")
    assert echo.connections.closed["too_many_connections"] >= 20


def test_bytes_of_incomplete_requests_are_bounded_over_all_connections(monkeypatch):
    """Whoever holds longest goes; complete requests hold nothing."""
    monkeypatch.setattr(module, "MAX_HELD", 100_000)
    half = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n" + b" " * 30_000

    with bounded() as (port, echo):
        crowd = [connect(port) for _ in range(10)]
        for one in crowd:
            one.sendall(half)
        wait_until(lambda: echo.connections.held > 0)
        time.sleep(0.2)  # the others' bytes come too
        held = echo.connections.held
        answer = asked(port, POST + CLOSE + b"\r\n")
        for one in crowd:
            one.close()
        wait_until(lambda: echo.connections.held == 0)

    assert 0 < held <= 100_000
    assert answer == 200
    assert not echo.connections.open


def test_descriptors_are_kept_for_everything_else(monkeypatch):
    """The limit is raised as far as it may be, and connections leave some of it."""
    resource = pytest.importorskip("resource")
    limits = [(300, 600)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: limits.append(pair))

    assert most_connections() == 600 - module.SPARE_FILES
    assert limits[-1] == (600, 600)
    limits.append((resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert most_connections() == module.MAX_CONNECTIONS
    assert Connections(7).most == 7


def test_strangers_cannot_fill_the_log(caplog):
    """What anyone can provoke is written once a minute; everything else always."""
    import logging

    from fraud_assets.service.net.logs import Sparingly

    logger = logging.getLogger("a.server")
    logger.addFilter(sparingly := Sparingly())
    try:
        for _ in range(5):
            logger.warning("Invalid HTTP request received.")
            logger.warning("Something else")
    finally:
        logger.removeFilter(sparingly)

    assert caplog.text.count("Invalid HTTP request") == 1
    assert caplog.text.count("Something else") == 5


def test_who_holds_nothing_is_not_the_one_to_go_for_bytes(monkeypatch):
    """A crowd of half bodies lets the oldest of its own go; a caller that just connected stays."""
    monkeypatch.setattr(module, "MAX_HELD", 300_000)
    with bounded() as (port, echo):
        caller = connect(port)
        crowd = [connect(port) for _ in range(10)]
        for one in crowd:
            one.sendall(POST + b"Content-Length: 99999\r\n\r\n" + b" " * 50_000)
        wait_until(lambda: echo.connections.closed["too_many_bytes"] >= 4)
        caller.sendall(POST + CLOSE + b"Content-Length: 2\r\n\r\nhi")
        answer = everything(caller)
        for one in (*crowd, caller):
            one.close()

    assert status_of(answer) == 200
