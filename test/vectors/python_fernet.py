"""Python's `cryptography` as the judge of Fernet tokens.

    python_fernet.py open < request    opens cells: {"key": b64url, "cells": [{"text": str} | {"blob": b64}]}
    python_fernet.py seal < request    seals plaintexts: {"key": b64url, "plaintexts": [b64]}
    python_fernet.py vectors           writes ../../fixtures/vectors/fernet-python.json
"""

import base64
import json
import pathlib
import random
import struct
import sys

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def cell_of(cell):
    return cell["text"] if "text" in cell else base64.b64decode(cell["blob"])


def judge(key, cell):
    """What Python makes of a cell; `rejected` and `malformed` are both InvalidToken to it."""
    fernet = Fernet(key)
    try:
        plaintext = fernet.decrypt(cell)
        return {
            "expect": "opened",
            "plaintext": base64.b64encode(plaintext).decode(),
            "timestamp": str(fernet.extract_timestamp(cell)),
        }
    except Exception:
        return {"expect": "rejected" if has_shape(cell) else "malformed"}


def has_shape(cell):
    try:
        token = base64.urlsafe_b64decode(cell)
    except Exception:
        return False
    return len(token) >= 73 and token[0] == 0x80 and (len(token) - 57) % 16 == 0


def sign(key, message):
    signature = hmac.HMAC(base64.urlsafe_b64decode(key)[:16], hashes.SHA256())
    signature.update(message)
    return base64.urlsafe_b64encode(message + signature.finalize())


def token(key, padded, version=0x80, timestamp=1700000000, iv=bytes(range(16))):
    """A token with a right MAC over any padded plaintext."""
    encryptor = Cipher(algorithms.AES(base64.urlsafe_b64decode(key)[16:]), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(padded) + encryptor.finalize()
    return sign(key, struct.pack(">BQ", version, timestamp) + iv + ciphertext)


def pad(plaintext):
    length = 16 - len(plaintext) % 16
    return plaintext + bytes([length]) * length


def ordinary_cells(key, dice):
    for size in [0, 1, 15, 16, 17, 31, 32, 33, 100, 162, 500]:
        yield f"{size} bytes of plaintext", token(key, pad(dice.randbytes(size)), iv=dice.randbytes(16))
    for timestamp in [0, 1, 2**31, 2**32, 2**53 + 1, 2**63, 2**64 - 1]:
        yield f"timestamp {timestamp}", token(key, pad(b"time"), timestamp=timestamp)


def lenient_cells(key):
    two_pads, one_pad, no_pad = (base_token(key, pads) for pads in [2, 1, 0])
    for name, base in [("two pads", two_pads), ("one pad", one_pad), ("no pad", no_pad)]:
        bare = base.rstrip(b"=")
        yield f"{name}: white space around", b" \t\r\n" + base + b" \n"
        yield f"{name}: wrapped into lines", b"\n".join(base[at : at + 64] for at in range(0, len(base), 64))
        yield f"{name}: quoted", b'"' + base + b'"'
        yield f"{name}: standard alphabet", base.replace(b"-", b"+").replace(b"_", b"/")
        yield f"{name}: both alphabets", base.replace(b"-", b"+", 1).replace(b"_", b"/", 1)
        yield f"{name}: without padding", bare
        yield f"{name}: one = too few", base[:-1]
        for more in [b"=", b"==", b"===", b"A", b"AAAA", b"=AAA", b"!", b"\x00", b"gAAAAA=="]:
            yield f"{name}: followed by {more!r}", base + more
        for before in [b"=", b"==", b"\x00", b"A", b"gAAA", b"x=", b"%%%%"]:
            yield f"{name}: preceded by {before!r}", before + base
        for at in [1, 2, 3, 4, 51, len(bare) - 1]:
            yield f"{name}: = at {at}", bare[:at] + b"=" + base[at:]
            yield f"{name}: == at {at}", bare[:at] + b"==" + base[at:]
            yield f"{name}: =!= at {at}", bare[:at] + b"=!=" + base[at:]
            yield f"{name}: NUL at {at}", bare[:at] + b"\x00" + base[at:]
            yield f"{name}: byte 0xe9 at {at}", bare[:at] + b"\xe9" + base[at:]
        yield f"{name}: padding apart", bare + b" = ="
        yield f"{name}: = at 2 and at 6", bare[:2] + b"=" + bare[2:6] + b"=" + base[6:]
        yield f"{name}: = at 3 and at 7", bare[:3] + b"=" + bare[3:7] + b"=" + base[7:]
        yield f"{name}: 64 spaces inside, so that the length fits", bare[:40] + b" " * 64 + base[40:]
        yield f"{name}: 64 characters in place of others", bare[:8] + b"!" * 64 + base[72:]
        yield f"{name}: one character in place of another", bare[:40] + b"!" + base[41:]
        yield f"{name}: twice", base + base
        yield f"{name}: 0xe9 at the end", base + b"\xe9"
        yield f"{name}: 0xe9 for the first character", b"\xe9" + base[1:]
        for last in b"ABCDEFGHQRgh_-+/":
            yield f"{name}: last character {chr(last)}", bare[:-1] + bytes([last]) + base[len(bare) :]


def base_token(key, pads):
    """A token whose base64 ends with so many `=` and holds all of `-` and `_`."""
    for attempt in range(10_000):
        candidate = token(key, pad(b"x" * (16 * {2: 0, 1: 1, 0: 2}[pads])), iv=struct.pack(">QQ", attempt, pads))
        bare = candidate.rstrip(b"=")
        if len(candidate) - len(bare) == pads and bare.count(b"-") > 1 and bare.count(b"_") > 1:
            return candidate
    raise RuntimeError(f"no token with {pads} pads")


def broken_cells(key, other_key):
    good = base64.urlsafe_b64decode(token(key, pad(b"a value of thirty-three characters")))
    for name, at in [("version", 0), ("timestamp", 5), ("iv", 9), ("ciphertext", 30), ("mac", -1)]:
        broken = bytearray(good)
        broken[at] ^= 1
        yield f"bit flipped in the {name}", base64.urlsafe_b64encode(bytes(broken))
    yield "another key", token(other_key, pad(b"theirs"))
    yield "a block of ciphertext lost", base64.urlsafe_b64encode(good[:25] + good[41:])
    yield "a block too many", base64.urlsafe_b64encode(good + bytes(16))
    yield "halves swapped", base64.urlsafe_b64encode(good[:25] + good[41:57] + good[25:41] + good[57:])
    yield "a byte lost", base64.urlsafe_b64encode(good[:-1])
    for name, padded in [
        ("0", b"v" * 15 + b"\x00"),
        ("17", b"v" * 15 + b"\x11"),
        ("255", b"v" * 15 + b"\xff"),
        ("2 with one wrong byte", b"v" * 14 + b"\x01\x02"),
        ("16 with one wrong byte", b"\x0f" + b"\x10" * 15),
        ("17 over two blocks", b"v" * 15 + b"\x11" * 17),
    ]:
        yield f"right MAC, padding {name}", token(key, padded)
    yield "right MAC, version 0x81", token(key, pad(b"v"), version=0x81)
    yield "right MAC, no ciphertext", sign(key, good[:25])
    yield "right MAC, half an IV", sign(key, good[:17])
    yield "right MAC, no timestamp", sign(key, good[:1])
    yield "right MAC, ciphertext of 15 bytes", sign(key, good[:40])
    yield "right MAC, ciphertext of 17 bytes", sign(key, good[:42])
    for junk in [b"g", b"gA", b"gAAAAA", b"gAAAAA==", b"=", b"====", b"hello", b"g" * 100, b"A" * 200, b"\x00" * 120]:
        yield f"junk {junk[:12]!r} x {len(junk)}", junk


def text_only_cells(key):
    base = base_token(key, 2).decode()
    for name, character in [("U+0167, whose low byte is g", "\u0167"), ("U+00E9", "\u00e9"), ("U+1F511", "\U0001f511")]:
        yield f"{name}, for the first character", character + base[1:]
        yield f"{name}, inside", base[:50] + character + base[50:]
        yield f"{name}, behind the padding", base + character
    yield "a lone surrogate inside", base[:50] + "\ud83d" + base[51:]
    yield "full-width characters", "".join(chr(ord(c) + 0xFEE0) for c in base)
    yield "every character with 0x100 added", "".join(chr(ord(c) + 0x100) for c in base)


def vectors():
    dice = random.Random("keyturn")
    key, other_key = (base64.urlsafe_b64encode(dice.randbytes(32)).decode() for _ in range(2))
    written = []

    def write(name, cell):
        written.append({"name": name, "cell": cell, **judge(key, cell_of(cell))})

    cells = [*ordinary_cells(key, dice), *lenient_cells(key), *broken_cells(key, other_key)]
    for name, raw in cells:
        if raw.isascii():
            write(name, {"text": raw.decode()})
        if not raw.isascii() or len(written) % 4 == 0:
            write(f"{name}, in a blob", {"blob": base64.b64encode(raw).decode()})
    for name, text in text_only_cells(key):
        write(name, {"text": text})
    path = pathlib.Path(__file__).parents[2] / "fixtures" / "vectors" / "fernet-python.json"
    lines = ",\n    ".join(json.dumps(vector) for vector in written)
    path.write_text('{\n  "key": ' + json.dumps(key) + ',\n  "vectors": [\n    ' + lines + "\n  ]\n}\n")


def main(command):
    if command == "vectors":
        vectors()
        return
    request = json.load(sys.stdin)
    if command == "open":
        answer = [judge(request["key"], cell_of(cell)) for cell in request["cells"]]
    else:
        answer = [Fernet(request["key"]).encrypt(base64.b64decode(text)).decode() for text in request["plaintexts"]]
    json.dump(answer, sys.stdout)


main(sys.argv[1])
