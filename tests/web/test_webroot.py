"""The page's own files, and nothing else."""

import gzip
import os
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from mom.web.site import LimitedSite, Limits
from mom.web.webroot import Webroot
from tests.web.browser import Browser


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "webroot"
    (root / "js").mkdir(parents=True)
    (root / "index.html").write_text("<p>hello")
    (root / "js" / "app.js").write_text("let a")
    (root / "run.sh").write_text("secret")
    (root / ".hidden.js").write_text("secret")
    (tmp_path / "outside.js").write_text("secret")
    (root / "link.js").symlink_to(tmp_path / "outside.js")
    return root


@pytest.fixture
def browser(folder: Path) -> Browser:
    return Browser(LimitedSite(Webroot(folder), Clock(), Limits()))


@pytest.mark.feature("F90")
@ensureDeferred
async def test_files_are_served_with_their_types(browser: Browser) -> None:
    page = await browser.request("GET", "/")
    assert (page.status, page.body) == (200, b"<p>hello")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    script = await browser.request("GET", "/js/app.js?v=1")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (await browser.request("HEAD", "/js/app.js")).body == b""


@pytest.mark.parametrize(
    "path",
    [
        *("/run.sh", "/.hidden.js", "/link.js", "/js", "/js/", "/nothing.js", "/js/app.js/x.js"),
        *("/../outside.js", "/js/../../outside.js", "/%2e%2e/outside.js", "/..%2foutside.js"),
        *(
            "//etc/passwd",
            "/%2fetc/passwd",
            "/js/app.js%00.html",
            "/js\\..\\index.html",
            "/a" * 999,
        ),
    ],
)
@ensureDeferred
async def test_nothing_else_can_be_reached(browser: Browser, path: str) -> None:
    answer = await browser.request("GET", path)
    assert answer.status == 404
    assert b"secret" not in answer.body


@ensureDeferred
async def test_an_unchanged_file_is_not_sent_again(browser: Browser, folder: Path) -> None:
    first = await browser.request("GET", "/js/app.js")
    tag = {"If-None-Match": first.headers["etag"]}
    again = await browser.request("GET", "/js/app.js", headers=tag)
    assert (again.status, again.body) == (304, b"")
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert (await browser.request("GET", "/js/app.js", headers=since)).status == 304
    (folder / "js" / "app.js").write_text("let b")
    os.utime(folder / "js" / "app.js", (2**31, 2**31))
    changed = await browser.request("GET", "/js/app.js", headers=tag)
    assert (changed.status, changed.body) == (200, b"let b")


@pytest.mark.parametrize(
    ("offered", "packs"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("br", False),
        ("", False),
    ],
)
@ensureDeferred
async def test_large_texts_are_packed_for_who_takes_that(
    browser: Browser, folder: Path, offered: str, packs: bool
) -> None:
    (folder / "js" / "app.js").write_text("let a = 1;\n" * 1000)
    for _ in range(2):
        answer = await browser.request("GET", "/js/app.js", headers={"Accept-Encoding": offered})
        assert answer.headers.get("content-encoding") == ("gzip" if packs else None)
        assert answer.headers["vary"] == "accept-encoding"
        body = gzip.decompress(answer.body) if packs else answer.body
        assert body == b"let a = 1;\n" * 1000
    tags = {"Accept-Encoding": offered, "If-None-Match": answer.headers["etag"]}
    assert (await browser.request("GET", "/js/app.js", headers=tags)).status == 304


@ensureDeferred
async def test_a_packed_file_that_changes_is_packed_anew(browser: Browser, folder: Path) -> None:
    gzipped = {"Accept-Encoding": "gzip"}
    for time, text in enumerate(["let a = 1;\n", "let b = 2;\n"]):
        (folder / "js" / "app.js").write_text(text * 1000)
        os.utime(folder / "js" / "app.js", (time, time))
        answer = await browser.request("GET", "/js/app.js", headers=gzipped)
        assert gzip.decompress(answer.body).startswith(text.encode())


@ensureDeferred
async def test_small_files_and_pictures_are_sent_as_they_are(
    browser: Browser, folder: Path
) -> None:
    (folder / "picture.png").write_bytes(bytes(5000))
    for path in ("/", "/picture.png"):
        answer = await browser.request("GET", path, headers={"Accept-Encoding": "gzip"})
        assert (answer.status, answer.headers.get("content-encoding")) == (200, None)


@ensureDeferred
async def test_files_cannot_be_changed(browser: Browser) -> None:
    answer = await browser.request("PUT", "/js/app.js", content=b"x")
    assert answer.status in (405, 501)
    assert (await browser.request("GET", "/js/app.js")).body == b"let a"
