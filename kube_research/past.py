"""The past: earlier texts of a file, out of git's history where the study lies in a repository."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

from .model import KubeError
from .words import say

REVISION = re.compile(r"[A-Za-z0-9_][\w./~^@{}-]{0,199}\Z")


def git(folder: Path, *words: str) -> bytes:
    """What git answers in a folder, or KubeError with its reason."""
    try:
        return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, timeout=60, check=True).stdout
    except FileNotFoundError:
        raise KubeError(say("git tidak terpasang.", "git is not installed."), "", say("Pakai tanggal, bukan commit.", "Use dates instead of commits.")) from None
    except subprocess.CalledProcessError as e:
        reason = e.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        raise KubeError(say(f"git menjawab: {reason}", f"git answers: {reason}")) from None
    except subprocess.TimeoutExpired:
        raise KubeError(say("git tidak menjawab dalam satu menit.", "git did not answer within a minute.")) from None


def texts(path: Path, most: int = 400) -> Iterator[tuple[str, str, str]]:
    """Earlier contents of a file, newest first: (commit, time, text); nothing where there is no repository."""
    try:
        lines = git(path.parent, "log", "--format=%H %cI", "-n", str(most), "--", path.name).decode().split("\n")
    except KubeError:
        return
    for line in filter(None, lines):
        commit, _, time = line.partition(" ")
        try:
            yield commit, time, git(path.parent, "show", f"{commit}:./{path.name}").decode("utf-8-sig", "replace")
        except KubeError:  # the commit deleted it
            continue


def commit_of(folder: Path, revision: str) -> tuple[str, str]:
    """(commit, time) that a revision names: a commit, branch, tag, HEAD~3."""
    if not REVISION.match(revision) or ".." in revision:
        raise KubeError(say(f"{revision!r} bukan commit git dan bukan tanggal.", f"{revision!r} is neither a git commit nor a date."), "", say("Tulis misalnya HEAD~3, nama cabang, atau 2026-11-20.", "Write HEAD~3, a branch's name, or 2026-11-20, for instance."))
    commit, _, time = git(folder, "log", "-1", "--format=%H %cI", revision, "--").decode().strip().partition(" ")
    return commit, time


def tree(folder: Path, commit: str, *under: str) -> dict[str, bytes]:
    """The files of a commit below some folders of the study: {path inside the study: content}."""
    prefix = git(folder, "rev-parse", "--show-prefix").decode().strip()
    there = git(folder, "ls-tree", "-r", "--name-only", commit, "--", *under).decode().split("\n")
    if not any(there):
        return {}
    out: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(git(folder, "archive", "--format=tar", f"{commit}:{prefix}" if prefix else commit, *(u for u in under if any(n.startswith(u + "/") or n == u for n in there))))) as archive:
        for member in archive:
            handle = archive.extractfile(member) if member.isfile() else None
            if handle is not None:
                out[member.name] = handle.read()
    return out
