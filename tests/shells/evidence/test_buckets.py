"""Evidence files in a bucket, over HTTP, with a stand-in for S3: written, verified, listed by age and erased."""

from __future__ import annotations

import hashlib
import urllib.request
from collections.abc import Iterator

import obstore
import pytest
from moto.server import ThreadedMotoServer

from adjudicator.evidence.buckets import BucketStore, BucketUnreachable
from adjudicator.evidence.file_stores import kept_at
from adjudicator.evidence.files import AlteredFile, NoFile, erase_unnamed, missing_or_altered

CONTENT = b"a picture"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server that speaks S3, with a bucket."""
    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    _, port = made.get_host_and_port()
    address = f"http://127.0.0.1:{port}"
    with urllib.request.urlopen(urllib.request.Request(f"{address}/box", method="PUT")) as response:
        response.read()
    yield address
    made.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> BucketStore:
    """Files under a prefix of the test's own."""
    given = {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "REGION": "us-east-1", "ENDPOINT_URL": server}
    for name, value in {**given, "ALLOW_HTTP": "true"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    opened = kept_at(f"s3://box/{abs(hash(request.node.name))}")
    assert isinstance(opened, BucketStore)
    return opened


def test_a_stored_file_is_there_until_it_is_erased(bucket: BucketStore) -> None:
    assert [*bucket.digests()] == []
    assert bucket.put(CONTENT) == bucket.put(CONTENT) == DIGEST
    assert bucket.get(DIGEST) == CONTENT
    assert [*bucket.digests()] == [DIGEST]
    bucket.put_reading(DIGEST, b"what was read")
    assert bucket.reading(DIGEST) == b"what was read"
    assert [*bucket.digests()] == [DIGEST]
    bucket.erase(DIGEST)
    bucket.erase(DIGEST)
    with pytest.raises(NoFile):
        bucket.reading(DIGEST)
    assert [*bucket.digests()] == []
    with pytest.raises(NoFile):
        bucket.get(DIGEST)
    with pytest.raises(NoFile):
        bucket.get("../secret")


def test_an_altered_object_is_found_and_replaced_when_the_file_is_kept_again(bucket: BucketStore) -> None:
    bucket.put(CONTENT)
    obstore.put(bucket._bucket, f"{DIGEST[:2]}/{DIGEST}", b"another picture")
    with pytest.raises(AlteredFile):
        bucket.get(DIGEST)
    assert [*missing_or_altered([DIGEST, "0" * 64], bucket)] == [("0" * 64, "missing"), (DIGEST, "altered")]
    bucket.put(CONTENT)
    assert bucket.get(DIGEST) == CONTENT


def test_only_files_that_are_old_enough_and_named_by_no_case_expire(bucket: BucketStore) -> None:
    named = bucket.put(b"named")
    bucket.put(CONTENT)
    assert erase_unnamed([named], bucket, older_than_days=1) == 0
    assert erase_unnamed([named], bucket, older_than_days=0) == 1
    assert [*bucket.digests()] == [named]


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_is_not_there_is_an_error_that_says_so() -> None:
    for store in (BucketStore("s3://nobody/x"), BucketStore("s3://nobody")):
        with pytest.raises(BucketUnreachable, match="the bucket: "):
            store.put(CONTENT)
    with pytest.raises(BucketUnreachable, match="the bucket: "):
        BucketStore("s3://")
