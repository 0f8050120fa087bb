# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The amphid authors
"""Draws docs/pictures: what a terminal shows of a real run, as SVG for light and dark pages.

usage: python3 docs/pictures/draw.py [AMPHID [FOLDER]]

AMPHID is build/dev/amphid by default. Whatever differs from run to run (PIDs, times, memory) is
replaced by fixed values, so that the pictures change only when the output does.
"""

import html
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COLUMNS = 96
BROKEN = """[unit]
description = "Demo web server"

[service]
tpye = "notify"
exec-start = ["/bin/sh", "-c", "echo 'cannot bind port 80' >&2; exit 7"]
"""
WORKING = """[unit]
description = "Demo web server"

[service]
exec-start = ["/bin/sleep", "infinity"]
restart = "on-failure"
"""
# Each scene: the configuration before it, the command as it is shown.
SCENES = [
    (BROKEN, "amphid check web"),
    (BROKEN.replace("tpye", "type"), "amphid start web"),
    (WORKING, "amphid start web"),
    (None, "amphid status web"),
    (None, "amphid stop web"),
]
THEMES = {
    "light": {"back": "#ffffff", "edge": "#d0d7de", "text": "#1f2328", "dim": "#656d76",
              "31": "#cf222e", "32": "#1a7f37", "33": "#9a6700", "34": "#0969da", "35": "#8250df", "36": "#1b7c83"},
    "dark": {"back": "#0d1117", "edge": "#30363d", "text": "#e6edf3", "dim": "#8d96a0",
             "31": "#ff7b72", "32": "#3fb950", "33": "#d29922", "34": "#58a6ff", "35": "#bc8cff", "36": "#39c5cf"},
}


def run_on_terminal(command, environment):
    """The output of the command on a terminal of COLUMNS columns, and its exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        if os.getuid() == 0:  # root's services are the host's
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        os.chdir("/")
        subprocess.run(["stty", "cols", str(COLUMNS)], check=True)
        os.execvpe(command[0], command, environment)
    out = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return out.decode(), os.waitstatus_to_exitcode(status)


def without_chance(text, home):
    """What differs from run to run, replaced."""
    text = text.replace(home + "/run", "/run/user/1000").replace(home, "/home/ada")
    pids = {}

    def pid(match):
        return match[1] + str(pids.setdefault(match[2], 4101 + len(pids)))

    text = re.sub(r"((?:PID:? |Launcher: ))(\d+)", pid, text)
    text = re.sub(r"since \w+ [\d-]+ [\d:]+ \w+; [^\r\n]* ago", "since Thu 2026-11-26 09:00:00 UTC; 3min 5s ago", text)
    text = re.sub(r"(Memory: )[\d.]+[BKMG]", r"\g<1>1.5M", text)
    return re.sub(r"(CPU: )[^\r\n]+", r"\g<1>12ms", text)


def play(amphid):
    """The lines of all scenes, with their escape sequences."""
    lines = []
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o755)
        configuration = pathlib.Path(home, ".config/amphid/web.toml")
        runtime = pathlib.Path(home, "run")
        for folder in (configuration.parent, runtime):
            folder.mkdir(parents=True)
            if os.getuid() == 0:
                os.chown(folder, 65534, 65534)
        environment = {"HOME": home, "XDG_STATE_HOME": str(runtime / "state"),
                       "XDG_RUNTIME_DIR": str(runtime), "TERM": "xterm", "LANG": "C.UTF-8",
                       "PATH": "/usr/bin:/bin", "TZ": "UTC"}
        for text, command in SCENES:
            if text is not None:
                configuration.write_text(text)
            words = [amphid, *command.split()[1:]]
            output, code = run_on_terminal(words, environment)
            lines.append("\033[1m$ " + command + "\033[0m")
            lines += without_chance(output, home).replace("\r", "").rstrip("\n").split("\n")
            if code != 0:
                lines.append(f"\033[2m(exit code {code})\033[0m")
    return lines


def spans(line, theme):
    """A line as <tspan> elements, by its escape sequences."""
    out, codes = "", []
    for piece in re.split(r"(\033\[[\d;]*[A-Za-z])", line):
        if piece.startswith("\033["):
            codes = [] if piece in ("\033[0m", "\033[m") else codes + piece[2:-1].split(";")
        elif piece:
            colour = next((theme[code] for code in codes if code in theme), theme["text"])
            colour = theme["dim"] if "2" in codes else colour
            weight = ' font-weight="bold"' if "1" in codes else ""
            out += f'<tspan fill="{colour}"{weight}>{html.escape(piece, quote=False)}</tspan>'
    return out


def draw(lines, theme):
    """The SVG of a terminal with these lines."""
    width, height = COLUMNS * 8 + 24, len(lines) * 18 + 24
    text = "\n".join(f'<text x="12" y="{26 + 18 * i}" xml:space="preserve">{spans(line, theme)}</text>'
                     for i, line in enumerate(lines))
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"
 font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13">
<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="6" fill="{theme['back']}" stroke="{theme['edge']}"/>
{text}
</svg>
"""


def main():
    amphid = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/dev/amphid")
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else ROOT / "docs/pictures")
    folder.mkdir(parents=True, exist_ok=True)
    lines = play(amphid)
    for name, theme in THEMES.items():
        (folder / f"terminal-{name}.svg").write_text(draw(lines, theme))


if __name__ == "__main__":
    main()
