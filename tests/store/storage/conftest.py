from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.store.storage.servers import S3Server, s3_server


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server, named by AWS's variables while tests run."""
    folder = tmp_path_factory.mktemp("s3")
    with s3_server(folder) as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.variables.items():
            patch.setenv(name, value)
        yield server
