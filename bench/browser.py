"""Open a notebook in JupyterLab in a real browser, run all its cells, and keep a picture of what is seen.

Run by hand: `.venv/bin/python bench/browser.py 02_events picture.png`. It needs Chromium (or Chrome) on the path, and
speaks its DevTools protocol, so that no other tool has to be installed. It fails where the annotated story is not seen.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import websocket

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 240
SEEN = "document.querySelectorAll('.jp-OutputArea .cx-text .cx').length"
PROMPTS = "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent)"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Page:
    """A page of the browser, asked through the DevTools protocol."""

    def __init__(self, port: int) -> None:
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                    pages = [p for p in json.load(answer) if p["type"] == "page"]
                if pages:
                    break
            except OSError:
                pass
            time.sleep(0.2)
        self.socket = websocket.create_connection(pages[0]["webSocketDebuggerUrl"], suppress_origin=True)
        self.numbers = itertools.count(1)

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                return dict(answer.get("result", {}))

    def value(self, expression: str) -> Any:
        found = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return found.get("result", {}).get("value")

    def wait(self, expression: str, what: str) -> Any:
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if value := self.value(expression):
                return value
            time.sleep(0.5)
        raise SystemExit(f"after {SECONDS} seconds: {what}")


def main(name: str, picture: Path) -> None:
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        raise SystemExit("no Chromium or Chrome on the path")
    lab_port, debug_port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as home:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", home)
        lab = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={lab_port}", f"--notebook-dir={home}",
                "--IdentityProvider.token=", "--ServerApp.password=", "--LabApp.expose_app_in_browser=True",
                "--allow-root",
            ],
            env={**os.environ, "CXRESEARCH_CORPUS": str(ROOT / "corpus"), "CXRESEARCH_RESULTS": f"{home}/results"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        chrome = subprocess.Popen(
            [
                browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
                "--disable-background-networking", "--disable-component-update", f"--user-data-dir={home}/profile",
                f"--remote-debugging-port={debug_port}", "--remote-allow-origins=*", "--window-size=1400,2600",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            for _ in range(200):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{lab_port}/api").close()
                    break
                except OSError:
                    time.sleep(0.3)
            page = Page(debug_port)
            page.call("Page.enable")
            page.call("Page.navigate", url=f"http://127.0.0.1:{lab_port}/lab/tree/{name}.ipynb?reset")
            page.wait(
                "!!window.jupyterapp && document.querySelectorAll('.jp-CodeCell').length > 3", "no notebook is seen"
            )
            page.value("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
            page.wait(f"{SEEN} === 0", "the committed outputs are not cleared")
            page.value("window.jupyterapp.commands.execute('notebook:run-all-cells'); true")
            marks = page.wait(SEEN, "no annotated story is seen")
            page.wait(
                f"{PROMPTS}.length > 3 && {PROMPTS}.every(p => /\\[\\d+\\]/.test(p))",
                f"not all cells ran: {page.value(PROMPTS)}",
            )
            errors = page.value(
                "document.querySelectorAll('[data-mime-type=\"application/vnd.jupyter.stderr\"]').length"
            )
            time.sleep(1)
            page.value("document.querySelector('.cx-text').scrollIntoView({block: 'center'})")
            time.sleep(1)
            shot = page.call("Page.captureScreenshot", format="png")
            picture.write_bytes(base64.b64decode(shot["data"]))
            print(f"{name}: {marks} marks seen in the story, {errors} complaints; picture in {picture}")
            if errors:
                raise SystemExit(1)
        finally:
            chrome.kill()
            lab.terminate()
            chrome.wait()
            lab.wait()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
