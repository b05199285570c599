"""The key: outside the study's repository, encrypted with a passphrase (scrypt, AES-GCM).  Without the passphrase nothing in it can be read, by anybody."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import zlib
from collections.abc import Iterable
from pathlib import Path

from ..journal import safe_name
from ..model import KubeError
from ..files import write_atomic
from ..words import say

SCRYPT = {"n": 1 << 15, "r": 8, "p": 1}
LEAST = 10  # characters of a passphrase
POINTER = "corpus/pseudonyms.json"


def loss() -> str:
    """What a lost passphrase means, said before anything is done."""
    return say("Kata sandi ini tidak disimpan di mana pun dan tidak dapat dipulihkan, oleh siapa pun. Jika hilang: nama samaran tetap terpasang, pengodean tetap utuh, tetapi nama asli dan teks asli tidak akan pernah terbaca lagi. "
               "Tulislah di kertas dan simpan terpisah dari laptop, misalnya dalam amplop tertutup pada pembimbing.",
               "This passphrase is stored nowhere and cannot be recovered, by anybody. If it is lost: the pseudonyms stay, the codings stay whole, but the real names and the original texts can never be read again. "
               "Write it on paper and keep it apart from the laptop, in a sealed envelope with your supervisor for instance.")


def home() -> Path:
    """The folder of all keys: KUBE_KEYS, else kube_research-keys in the user's home."""
    return Path(os.environ.get("KUBE_KEYS") or Path.home() / "kube_research-keys")


def _repository(folder: Path) -> Path:
    for at in (folder, *folder.parents):
        if (at / ".git").exists():
            return at
    return folder


def outside(root: Path, folder: Path) -> Path:
    """The folder, resolved, if it lies outside the study and its repository."""
    inside, there = _repository(root.resolve()), folder.expanduser().resolve()
    if there == inside or inside in there.parents or root.resolve() in there.parents:
        raise KubeError(say("Kunci tidak boleh berada di dalam studi atau repositorinya.", "The key must not lie inside the study or its repository."), str(there),
                        say("Pilih folder lain dengan --key atau KUBE_KEYS.", "Choose another folder with --key or KUBE_KEYS."))
    return there


def _derive(passphrase: str, header: dict[str, object]) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    n, r, p = (int(header[k]) for k in ("n", "r", "p"))  # type: ignore[call-overload]
    if not (1 << 14 <= n <= 1 << 20 and r == 8 and 1 <= p <= 4):
        raise KubeError(say("Kunci ini rusak.", "This key is damaged."))
    return Scrypt(salt=base64.b64decode(str(header["salt"])), length=32, n=n, r=r, p=p).derive(passphrase.encode("utf-8"))


def _private(path: Path, content: str | bytes) -> None:
    """Write a file that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if os.name == "posix":
        os.chmod(path.parent, 0o700)
        before = os.umask(0o077)
        try:
            write_atomic(path, content)
        finally:
            os.umask(before)
        os.chmod(path, 0o600)
    else:  # pragma: no cover - Windows: the user's own folder is private by its access list
        write_atomic(path, content)


class Vault:
    """An opened key: a folder with `key` (the table of names), `run-*.sealed` (what every step replaced) and `fingerprints`."""

    def __init__(self, folder: Path, secret: bytes, header: dict[str, object]):
        self.folder, self._secret, self.header = folder, secret, header

    # --- making and opening -------------------------------------------------------------------------------------------
    @classmethod
    def make(cls, folder: Path, passphrase: str) -> Vault:
        """A new key; an existing one is never overwritten."""
        if (folder / "key").exists():
            raise KubeError(say("Di sini sudah ada kunci.", "There is a key here already."), str(folder))
        if len(passphrase) < LEAST:
            raise KubeError(say(f"Kata sandi terlalu pendek: paling sedikit {LEAST} karakter.", f"The passphrase is too short: at least {LEAST} characters."), "", say("Empat atau lima kata acak mudah diingat dan sulit ditebak.", "Four or five random words are easy to keep and hard to guess."))
        vault = cls(folder, secrets.token_bytes(32), {})
        vault._wrap(passphrase)
        vault.save({"rows": [], "runs": []})
        return vault

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Vault:
        """Open a key; a wrong passphrase is an error and changes nothing."""
        path = folder / "key"
        if not path.exists():
            raise KubeError(say("Kunci tidak ditemukan.", "The key is not found."), str(path), say("Sebut foldernya dengan --key atau KUBE_KEYS.", "Name its folder with --key or KUBE_KEYS."))
        try:
            header = json.loads(path.read_text(encoding="utf-8"))["header"]
            wrapped = base64.b64decode(header["wrapped"])
        except (ValueError, KeyError, TypeError, OSError):
            raise KubeError(say("Kunci ini rusak.", "This key is damaged."), str(path), say("Pulihkan dari salinan cadangan.", "Restore it from a backup.")) from None
        return cls(folder, _unseal(_derive(passphrase, header), wrapped, b"key", str(path)), header)

    def _wrap(self, passphrase: str) -> None:
        self.header = {"format": 1, "salt": base64.b64encode(secrets.token_bytes(16)).decode(), **SCRYPT}
        self.header["wrapped"] = base64.b64encode(_seal(_derive(passphrase, self.header), self._secret, b"key")).decode()

    def rewrap(self, passphrase: str) -> None:
        """Another passphrase for the same key."""
        if len(passphrase) < LEAST:
            raise KubeError(say(f"Kata sandi terlalu pendek: paling sedikit {LEAST} karakter.", f"The passphrase is too short: at least {LEAST} characters."))
        content = self.load()
        self._wrap(passphrase)
        self.save(content)

    # --- what it holds ------------------------------------------------------------------------------------------------
    def load(self) -> dict[str, list]:
        """The table of names and the list of steps."""
        data = base64.b64decode(json.loads((self.folder / "key").read_text(encoding="utf-8"))["content"])
        return json.loads(zlib.decompress(_unseal(self._secret, data, b"content", str(self.folder))))

    def save(self, content: dict[str, list]) -> None:
        """Write the table, encrypted, in one step; and the fingerprints of its names for scans without the passphrase."""
        sealed = _seal(self._secret, zlib.compress(json.dumps(content, ensure_ascii=False).encode()), b"content")
        _private(self.folder / "key", json.dumps({"header": self.header, "content": base64.b64encode(sealed).decode()}, indent=1))
        rows = [r for r in content.get("rows", []) if r.get("decision") == "replace"]
        _private(self.folder / "fingerprints", json.dumps(fingerprints((str(r["found"]) for r in rows if not r.get("common")), (str(r["found"]) for r in rows if r.get("common")))))

    def put(self, name: str, files: dict[str, dict[str, str | None]]) -> None:
        """Keep a step's files (path → old and new bytes), encrypted, in a file of its own."""
        data = zlib.compress(json.dumps(files, ensure_ascii=False).encode("utf-8", "surrogatepass"))
        _private(self.folder / f"run-{safe_name(name)}.sealed", _seal(self._secret, data, name.encode()))

    def get(self, name: str) -> dict[str, dict[str, str | None]]:
        """A step's files as `put` kept them."""
        path = self.folder / f"run-{safe_name(name)}.sealed"
        try:
            data = path.read_bytes()
        except OSError:
            raise KubeError(say("Bagian kunci ini hilang.", "This part of the key is missing."), str(path), say("Pulihkan dari salinan cadangan.", "Restore it from a backup.")) from None
        return json.loads(zlib.decompress(_unseal(self._secret, data, name.encode(), str(path))))


def _seal(key: bytes, data: bytes, what: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, data, what)


def _unseal(key: bytes, data: bytes, what: bytes, where: str) -> bytes:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(data[:12], data[12:], what)
    except (InvalidTag, ValueError):
        if what == b"key":
            raise KubeError(say("Kata sandi ini tidak membuka kunci.", "This passphrase does not open the key."), where, say("Tidak ada yang diubah. Periksa huruf besar dan susunan papan ketik.", "Nothing was changed. Check capitals and the keyboard's layout.")) from None
        raise KubeError(say("Kunci ini rusak.", "This key is damaged."), where, say("Pulihkan dari salinan cadangan.", "Restore it from a backup.")) from None


class Unmade:
    """A key that is not made yet, for a dry run."""

    def load(self) -> dict[str, list]:
        return {"rows": [], "runs": []}


# --- fingerprints: to find a name again without the passphrase ---------------------------------------------------------------
def fingerprints(names: Iterable[str], common: Iterable[str] = ()) -> dict[str, object]:
    """Salted hashes of names, 48 bits each: enough to recognise a name in a text, and no list of names.  Whoever holds this file can test guesses: it lies beside the key, never in the repository."""
    salt = secrets.token_hex(16)
    return {"salt": salt, "names": sorted({_print(salt, n) for n in names}), "common": sorted({_print(salt, n) for n in common})}


def _print(salt: str, name: str) -> str:
    words = " ".join(re.findall(r"[\w'@.+]+", name.casefold()))
    return hmac.new(salt.encode(), words.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:12]


class Marks:
    """The fingerprints of a study's key; `holds` says whether some words are a name of the key."""

    def __init__(self, folder: Path | None):
        self.salt, self.names, self._common = "", frozenset[str](), frozenset[str]()
        self._seen: dict[str, int] = {}
        if folder is not None and (folder / "fingerprints").exists():
            data = json.loads((folder / "fingerprints").read_text(encoding="utf-8"))
            self.salt, self.names, self._common = str(data["salt"]), frozenset(data["names"]), frozenset(data.get("common", ()))

    def __bool__(self) -> bool:
        return bool(self.names or self._common)

    def holds(self, words: str, called: bool = False) -> bool:
        """Whether words are a name of the key; one that is an everyday word too only where somebody is `called` so."""
        if words not in self._seen:
            mark = _print(self.salt, words)
            self._seen[words] = 2 if mark in self.names else 1 if mark in self._common else 0
        return self._seen[words] == 2 or self._seen[words] == 1 and called


# --- what the study itself says of its key --------------------------------------------------------------------------------
def pointer(root: Path) -> dict[str, object]:
    """What corpus/pseudonyms.json says: the key's name, the surrogates in the texts, the steps; empty where nothing was pseudonymised."""
    path = root / POINTER
    if not path.exists():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return data if isinstance(data, dict) and re.fullmatch(r"[\w .\-]{1,90}", str(data.get("key", ""))) else {}
    except ValueError:
        raise KubeError(say("Berkas ini rusak.", "This file is damaged."), POINTER, say("Pulihkan dari riwayat git.", "Restore it from git's history.")) from None


def folder_of(root: Path, given: str | Path | None = None) -> Path:
    """Where a study's key lies, or will lie."""
    if given:
        return outside(root, Path(given))
    name = str(pointer(root).get("key") or "") or f"{re.sub(r'[^A-Za-z0-9_-]+', '-', root.resolve().name)[:60] or 'study'}-{hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:8]}"
    return outside(root, home() / safe_name(name))
