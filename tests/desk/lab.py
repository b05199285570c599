"""A throw-away JupyterLab on loopback and Debian's Chromium, for tests, pictures and measurements of the desk."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from kube_research.journal import Journal, State

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next((p for p in (os.environ.get("KUBE_CHROMIUM", ""), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome") if p and Path(p).exists()), "")
PICTURES = os.environ.get("KUBE_PICTURES") == "1"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
QUIET = {"@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False}, "@jupyterlab/docmanager-extension/plugin": {"autosave": False}}
READY = """() => { const app = window.jupyterapp; if (!app) return false; const w = app.shell.currentWidget;
  if (!w || !w.context || !w.sessionContext || !w.context.isReady || !w.sessionContext.isReady) return false;
  const k = w.sessionContext.session?.kernel; return !!k && k.status === 'idle' && k.connectionStatus === 'connected'; }"""


@contextlib.contextmanager
def jupyterlab(root: Path, theme: str = "", app: str = "jupyterlab", page: bool = False):
    """A server on `root` (app: jupyterlab, or notebook for Notebook 7; page: with the coding page of `kube-research lab`); yields its address and token."""
    tmp = Path(tempfile.mkdtemp(prefix="jl-"))
    token = secrets.token_hex(16)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    env = {**os.environ, "JUPYTER_CONFIG_DIR": f"{tmp}/cfg", "JUPYTER_DATA_DIR": f"{tmp}/data", "JUPYTER_RUNTIME_DIR": f"{tmp}/run", "JUPYTERLAB_SETTINGS_DIR": f"{tmp}/settings", "JUPYTERLAB_WORKSPACES_DIR": f"{tmp}/ws",
           "IPYTHONDIR": f"{tmp}/ipy", "JUPYTER_PLATFORM_DIRS": "1", "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]), "KUBE_LANG": os.environ.get("KUBE_LANG", "en")}
    settings = {k: v for k, v in QUIET.items() if not (page and "notification" in k)}
    if theme:
        settings["@jupyterlab/apputils-extension/themes"] = {"theme": theme}
    for plugin, value in settings.items():
        f = tmp / "settings" / (plugin + ".jupyterlab-settings")
        f.parent.mkdir(parents=True, exist_ok=True)
        f.write_text(json.dumps(value))
    command = [sys.executable, "-m", app, "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}",
               f"--ServerApp.root_dir={root}", "--JupyterNotebookApp.expose_app_in_browser=True" if app == "notebook" else "--LabApp.expose_app_in_browser=True"]
    if page:
        command.append(f"--LabApp.extra_labextensions_path={ROOT / 'kube_research/desk/jupyter/labextensions'}")
        env["JUPYTER_CONFIG_PATH"] = str(ROOT / "kube_research/desk/jupyter/config")
    with open(tmp / "server.log", "wb") as log:
        p = subprocess.Popen(command, stdout=log, stderr=log, env=env, start_new_session=True)
    base = f"http://127.0.0.1:{port}"

    def ask(path: str, **k):
        with urllib.request.urlopen(urllib.request.Request(base + path, headers={"Authorization": "token " + token}, **k), timeout=5) as r:
            return r.read()
    try:
        for _ in range(600):
            if p.poll() is not None:
                raise RuntimeError((tmp / "server.log").read_text()[-3000:])
            try:
                ask("/api/status")
                break
            except OSError:
                time.sleep(0.1)
        yield base, token
    finally:
        with contextlib.suppress(OSError):
            ask("/api/shutdown", method="POST")
        try:
            p.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
        shutil.rmtree(tmp, ignore_errors=True)


@contextlib.contextmanager
def chromium():
    """A browser, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as p:
        b = p.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        try:
            yield b
        finally:
            b.close()


def notebook(folder: Path, name: str, code: str) -> None:
    """A notebook of one cell."""
    cell = {"cell_type": "code", "id": "desk", "execution_count": None, "metadata": {}, "outputs": [], "source": code}
    meta = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    (folder / f"{name}.ipynb").write_text(json.dumps({"cells": [cell], "metadata": meta, "nbformat": 4, "nbformat_minor": 5}))


def open_notebook(page, base: str, token: str, name: str, *, run: bool = True):
    """Open a notebook and run it; returns the desk's locator."""
    page.goto(f"{base}/lab/tree/{name}.ipynb?token={token}&reset", wait_until="domcontentloaded")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=90_000)
    page.wait_for_function(READY, timeout=90_000, polling=100)
    if run:
        command(page, "notebook:run-all-cells")
    return page.locator(".kube-desk")


def command(page, name: str, args: dict | None = None) -> None:
    page.evaluate("([n, a]) => { jupyterapp.commands.execute(n, a || {}); }", [name, args])


# --- the desk in it -------------------------------------------------------------------------------------------------------------
BOOK = """# our own book
codebook: small
version: "1.0.0"
title: {id: Kecil, en: Small}
codes:
  # about meetings
  - id: s.meet
    name: {id: Rapat, en: Meeting}
    definition: {id: Rapat diadakan., en: A meeting is held.}
    indicators: {id: ["rapat rutin", "~ajak ..3 rapat"]}
  - id: s.close
    name: {id: Kompak, en: Closeness}
    definition: {id: Kompak., en: They stand together.}
    indicators: {id: ["~kompak"]}
  - id: s.money
    name: {id: Kas, en: Money}
    definition: {id: Uang kas., en: The group's money.}
"""
TEXT = """# Status: sintetis (synthetic)

P: Apa Ibu diajak rapat? <script>window.hacked = 1</script>
N: Iya, diajak rapat sama ketua. 😀😀 Nggak kompak kok. Kasnya sih ada. Cafe\u0301 <b>itu</b> ramai.

[00:01:05] P: Terus?
[00:01:09] N: Nggak pernah ada yang ngajak saya urunan. Rapat rutin tiap minggu.
P: שלום, apa kabar?
N: Baik. Kompak terus.
"""


def desk(page, server, name, document="a1"):
    """Open a coder's notebook; the hands are on the text."""
    open_notebook(page, server[0], server[1], name)
    page.wait_for_selector(f".kube-desk[data-ready='{document}']", timeout=30_000)
    page.locator(".kd-scroll").focus()


def press(page, *keys):
    """Press keys one after the other."""
    for k in keys:
        page.keyboard.press(k)


def saved(page):
    """Wait until everything is on disk."""
    page.wait_for_function("() => { const d = document.querySelector('.kube-desk'); return d.dataset.saved === 'yes'; }", timeout=10_000)


def codings(root: Path, coder: str, document: str = "a1") -> State:
    """What a coder's journal says now."""
    return Journal(root / f"corpus/codings/{coder}/{document}.jsonl", coder).state()


def quotes(root, coder, document="a1"):
    return sorted((c.quote, c.code, c.polarity) for c in codings(root, coder, document).codings.values())


def picture(name: str) -> str:
    """Where a picture of the desk for the documentation belongs."""
    folder = ROOT / "docs" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder / f"desk-{name}.png")
