"""The page's own files, and nothing else."""

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


@ensureDeferred
async def test_files_cannot_be_changed(browser: Browser) -> None:
    answer = await browser.request("PUT", "/js/app.js", content=b"x")
    assert answer.status in (405, 501)
    assert (await browser.request("GET", "/js/app.js")).body == b"let a"
