"""Old Word and WPS files (.doc, .wps), RTF and ODT: converted to .docx by LibreOffice where it is installed.

The one place of the package that starts another program. It is started anew for each file in a profile of its own that
is thrown away, with macros off, links not updated and a proxy that leads nowhere, and ended after ``MOST_SECONDS``
(the last resort: status ``timed-out``). What comes out is read as every Word file, under the same limits.

So the text of these files depends on more than their bytes: on the version of LibreOffice. The same version gives the
same text; ``converter_version`` is part of what the cache keeps results by. Files that LibreOffice would not read as
text documents are not given to it, but named for what they are (an old Excel file, a presentation, a message), and so
is a file with a password.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from policymine.models import Issue, Options
from policymine.reading.contract import Reader, Reading
from policymine.reading.docx import read_docx
from policymine.reading.ole import OleError, inspect

MOST_SECONDS = 180
"""Seconds after which a conversion is given up."""
_ENDINGS = {
    "application/x-ole-storage": ".doc",
    "application/rtf": ".rtf",
    "application/vnd.oasis.opendocument.text": ".odt",
}
_OTHERS = {
    "excel": "an old Excel file (.xls)",
    "powerpoint": "an old PowerPoint file (.ppt)",
    "message": "a saved message (.msg)",
    "hwp": "a Hangul file (.hwp)",
    "visio": "a Visio drawing",
    "works": "a file of Microsoft Works",
}
_WHAT = {".doc": "an old Word or WPS file", ".rtf": "an RTF file", ".odt": "an OpenDocument text"}
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
    "/opt/libreoffice/program/soffice",
)
# Macros off, links never updated, nothing loaded from elsewhere, and what would be fetched all the same finds no way.
_SETTINGS = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Writer/Content/Update", "Link", "2"),
    ("Writer/Content/Update", "Field", "false"),
)
_PROXY = (
    ("ooInetProxyType", "2"), ("ooInetNoProxy", ""), ("ooInetHTTPProxyName", "127.0.0.1"), ("ooInetHTTPProxyPort", "9"),
    ("ooInetHTTPSProxyName", "127.0.0.1"), ("ooInetHTTPSProxyPort", "9"),
)


def find_converter() -> str | None:
    """The program of LibreOffice with its Writer, or None where it is not installed."""
    for place in (shutil.which("soffice"), shutil.which("libreoffice"), *_PLACES):
        # A relative place would be one beside the documents: what lies there is not to be started.
        if place and os.path.isabs(place) and os.path.isfile(place) and _has_writer(_program_folder(place)):
            return place
    return None


def converter_version() -> str:
    """What tells one LibreOffice from another, without starting it; empty where there is none.

    Its build, from the file beside the program; where there is no such file, its place, size and date.
    """
    program = find_converter()
    if program is None:
        return ""
    folder = _program_folder(program)
    for name in ("versionrc", "version.ini"):
        with suppress(OSError, UnicodeDecodeError):
            lines = (folder / name).read_text(encoding="utf-8").splitlines()
            found = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
            if build := found.get("buildid"):  # a distribution counts its builds for itself: the date tells them apart
                return f"{build} {int(os.stat(folder / name).st_mtime)}"
    known = os.stat(program)
    return f"{os.path.realpath(program)} {known.st_size} {int(known.st_mtime)}"


def _program_folder(program: str) -> Path:
    return Path(os.path.realpath(program)).parent


def _has_writer(folder: Path) -> bool:
    """Whether Writer is there; where the folder holds no program of LibreOffice (a launcher), it is believed to be."""
    names = set()
    with suppress(OSError):
        names = set(os.listdir(folder))
    known = any(name.startswith("soffice.bin") for name in names)
    return not known or any("swlo" in name for name in names)


def _bid(edges: bytes, media_type: str | None) -> float:
    return 0.8 if media_type in _ENDINGS else 0.0


def _read(data: bytes, options: Options) -> Reading:
    if data.startswith(b"{\\rtf"):
        return _converted(data, ".rtf", options)
    if data.startswith(b"PK"):
        return _converted(data, ".odt", options)
    try:
        known = inspect(data)
    except OleError as error:
        return _refused("damaged", "read-damaged", f"the file is an old Office file that is damaged: {error}")
    if known.kind == "encrypted" or known.protected:
        return _refused("encrypted", "read-encrypted", "the file is protected by a password")
    if known.kind != "word":
        what = _OTHERS.get(known.kind, "an OLE file that is no document of Word or WPS")
        return _refused("unsupported-format", "read-unsupported", f"the file is {what}, which is not read")
    return _converted(data, ".doc", options)


def _refused(status: str, code: str, message: str) -> Reading:
    return Reading("", status, issues=(Issue(code, message),))


def _converted(data: bytes, ending: str, options: Options) -> Reading:
    what = _WHAT[ending]
    program = find_converter()
    if program is None:
        message = f"the file is {what}, and LibreOffice Writer is not installed"
        return _refused("unsupported-format", "read-converter", message)
    with tempfile.TemporaryDirectory(prefix="policymine-", ignore_cleanup_errors=True) as given:
        folder = Path(given)
        profile, source, target = folder / "profile", folder / f"in{ending}", folder / "out" / "in.docx"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_registry(), encoding="utf-8")
        source.write_bytes(data)
        command = [
            program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nologo",
            "--nodefault", "--nolockcheck", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(target.parent),
            str(source),
        ]
        if not _run(command, folder):
            message = f"LibreOffice took more than {MOST_SECONDS} s to convert {what}"
            return _refused("timed-out", "read-timed-out", message)
        if not target.is_file():
            return _refused("damaged", "read-damaged", f"the file is {what} that LibreOffice cannot open")
        if target.stat().st_size > options.max_bytes:
            message = f"converted it takes more than {options.max_bytes} bytes"
            return _refused("too-large", "read-too-large", message)
        return read_docx(target.read_bytes(), options)


def _run(command: list[str], folder: Path) -> bool:
    """Run the conversion to its end; False where it had to be ended."""
    own = {"HOME": str(folder), "TMPDIR": str(folder), "SAL_USE_VCLPLUGIN": "svp", "LC_ALL": "C.UTF-8"}
    others = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}  # they lead out of it
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
        env={**others, **own}, start_new_session=True,
    ) as process:
        try:
            process.wait(MOST_SECONDS)
            return True
        except subprocess.TimeoutExpired:
            return False
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _registry() -> str:
    """The settings of the profile, as LibreOffice keeps them."""
    items = [(f"/org.openoffice.Office.{path}", name, value) for path, name, value in _SETTINGS]
    items += [("/org.openoffice.Inet/Settings", name, value) for name, value in _PROXY]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        + "".join(
            f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
            for path, name, value in items
        )
        + "</oor:items>\n"
    )


LIBREOFFICE = Reader("libreoffice", _bid, _read)
"""The reader of old Word and WPS files, RTF and ODT."""
