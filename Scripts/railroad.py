#!/usr/bin/env python3
"""Draws the railroad diagram of Grammar/Modelfile.ebnf (ISO 14977) into Documentation/Modelfile.svg.

    python3 Scripts/railroad.py            write the picture
    python3 Scripts/railroad.py --check    fail if the picture is not that of the grammar
"""

import html
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
GRAMMAR = ROOT / "Grammar/Modelfile.ebnf"
PICTURE = ROOT / "Documentation/Modelfile.svg"

CHARACTER = 7.6  # width of a character of the fixed font
HEIGHT = 26  # of a box
GAP = 12  # between boxes in a row
ROW = 10  # between rows
RADIUS = 8
WIDEST = 1300  # a row that gets wider goes on below


# Reading ---------------------------------------------------------------------------------------------------------------

TOKEN = re.compile(r"""\s+|\(\*.*?\*\)|(?P<text>"[^"]*"|'[^']*')|(?P<set>\?[^?]*\?)|(?P<name>[A-Za-z][A-Za-z0-9 ]*)|(?P<sign>[=;|,()\[\]{}-])""", re.S)


def tokens(source):
    place = 0
    while place < len(source):
        match = TOKEN.match(source, place)
        if not match:
            sys.exit(f"{GRAMMAR.name}: unexpected {source[place:place + 20]!r}")
        place = match.end()
        if match.lastgroup:
            yield match.lastgroup, match.group(match.lastgroup).strip()
    yield "end", ""


class Reader:
    def __init__(self, source):
        self.tokens = list(tokens(source))
        self.place = 0

    def take(self, sign):
        if self.tokens[self.place] != ("sign", sign):
            return False
        self.place += 1
        return True

    def expect(self, sign):
        if not self.take(sign):
            sys.exit(f"{GRAMMAR.name}: {sign!r} wanted, found {self.tokens[self.place][1]!r}")

    def rules(self):
        while self.tokens[self.place][0] != "end":
            name = self.tokens[self.place][1]
            self.place += 1
            self.expect("=")
            yield name, self.choice()
            self.expect(";")

    def choice(self):
        parts = [self.sequence()]
        while self.take("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else ("choice", parts)

    def sequence(self):
        parts = [self.term()]
        while self.take(","):
            parts.append(self.term())
        return parts[0] if len(parts) == 1 else ("sequence", parts)

    def term(self):
        part = self.primary()
        return ("except", part, self.primary()) if self.take("-") else part

    def primary(self):
        for start, end, kind in (("(", ")", None), ("[", "]", "option"), ("{", "}", "repeat")):
            if self.take(start):
                inner = self.choice()
                self.expect(end)
                return (kind, inner) if kind else inner
        kind, text = self.tokens[self.place]
        self.place += 1
        return (kind, text)


def words(part):
    """An expression in the notation, for what is drawn as one box."""
    kind = part[0]
    if kind in ("text", "name"):
        return part[1]
    if kind == "set":
        return part[1].strip("? ")
    if kind == "except":
        return f"{words(part[1])} - {words(part[2])}"
    if kind in ("option", "repeat"):
        return ("[ {} ]" if kind == "option" else "{{ {} }}").format(words(part[1]))
    return (" , " if kind == "sequence" else " | ").join(
        f"( {words(p)} )" if p[0] in ("choice", "sequence") else words(p) for p in part[1])


# Laying out ------------------------------------------------------------------------------------------------------------

class Piece:
    """Something with a rail through it: width, and how far it reaches above and below the rail."""

    def __init__(self, width, up, down, draw):
        self.width, self.up, self.down, self.draw = width, up, down, draw


def rail(x1, y1, x2, y2):
    return f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>' if (x1, y1) != (x2, y2) else ""


def bend(x1, y1, x2, y2):
    """From a rail at (x1, y1) to one at (x2, y2), down or up in the middle."""
    if y1 == y2:
        return rail(x1, y1, x2, y2)
    middle, r = (x1 + x2) / 2, min(RADIUS, abs(y2 - y1) / 2, abs(x2 - x1) / 2)
    s, d = (1 if y2 > y1 else -1) * r, (1 if x2 > x1 else -1) * r
    return (f'<path d="M{x1:g} {y1:g}H{middle - d:g}Q{middle:g} {y1:g} {middle:g} {y1 + s:g}'
            f'V{y2 - s:g}Q{middle:g} {y2:g} {middle + d:g} {y2:g}H{x2:g}"/>')


def box(kind, text):
    width = len(text) * CHARACTER + 20

    def draw(x, y):
        corner = {"text": 13, "name": 2}.get(kind, 2)
        return (f'<rect class="{kind}" x="{x:g}" y="{y - HEIGHT / 2:g}" width="{width:g}" height="{HEIGHT}" rx="{corner}"/>'
                f'<text x="{x + width / 2:g}" y="{y + 4.5:g}">{html.escape(text)}</text>')

    return Piece(width, HEIGHT / 2, HEIGHT / 2, draw)


def row(parts):
    width = sum(p.width for p in parts) + GAP * (len(parts) - 1)

    def draw(x, y):
        out = ""
        for index, part in enumerate(parts):
            if index:
                out += rail(x, y, x + GAP, y)
                x += GAP
            out += part.draw(x, y)
            x += part.width
        return out

    return Piece(width, max(p.up for p in parts), max(p.down for p in parts), draw)


def sequence(parts):
    rows, current = [], []
    for part in parts:
        if current and sum(p.width + GAP for p in current) + part.width > WIDEST:
            rows.append(row(current))
            current = []
        current.append(part)
    rows.append(row(current))
    if len(rows) == 1:
        return rows[0]
    width = max(r.width for r in rows) + 4 * RADIUS
    down, offsets = rows[0].down, [0]
    for before, after in zip(rows, rows[1:]):
        offsets.append(offsets[-1] + before.down + after.up + 2 * ROW)
    down = offsets[-1] + rows[-1].down

    def draw(x, y):
        out = ""
        for index, (part, offset) in enumerate(zip(rows, offsets)):
            start = x + (0 if index == 0 else 2 * RADIUS)
            out += part.draw(start, y + offset)
            end = start + part.width
            if index == len(rows) - 1:
                out += rail(end, y + offset, x + width, y + offset)
            else:
                between = y + offset + part.down + ROW
                out += bend(end, y + offset, end + 2 * RADIUS, between) + rail(end + 2 * RADIUS, between, end, between)
                out += rail(end, between, x, between) + bend(x, between, x + 2 * RADIUS, y + offsets[index + 1])
        return out

    piece = Piece(width, rows[0].up, down, draw)
    piece.exit = offsets[-1]
    return piece


def exit_of(piece):
    return getattr(piece, "exit", 0)


def choice(parts, skip=False):
    side = 3 * RADIUS
    width = max(p.width for p in parts) + 2 * side
    offsets = [0]
    if skip:
        offsets[0] = RADIUS * 2 + parts[0].up - (HEIGHT / 2 - 4)
    for before, after in zip(parts, parts[1:]):
        offsets.append(offsets[-1] + before.down + after.up + ROW)

    def draw(x, y):
        out = rail(x, y, x + width, y) if skip else ""
        for part, offset in zip(parts, offsets):
            out += bend(x, y, x + side, y + offset) + part.draw(x + side, y + offset)
            end = x + side + part.width
            out += rail(end, y + offset + exit_of(part), x + width - side, y + offset + exit_of(part))
            out += bend(x + width - side, y + offset + exit_of(part), x + width, y)
        return out

    return Piece(width, 4 if skip else parts[0].up, offsets[-1] + parts[-1].down, draw)


def loop(part, skip):
    """Once or more; with `skip`, the rail goes by above."""
    side = 3 * RADIUS
    width = part.width + 2 * side
    down = part.down + ROW

    def draw(x, y):
        out = rail(x, y, x + side, y) + part.draw(x + side, y)
        end = x + side + part.width
        out += bend(end, y + exit_of(part), x + width, y)
        # Back, from right to left, with an arrow.
        out += (f'<path d="M{end:g} {y + exit_of(part):g}q{RADIUS} 0 {RADIUS} {RADIUS}V{y + down - RADIUS:g}q0 {RADIUS} -{RADIUS} {RADIUS}'
                f'H{x + side:g}q-{RADIUS} 0 -{RADIUS} -{RADIUS}V{y + RADIUS:g}q0 -{RADIUS} {RADIUS} -{RADIUS}"/>')
        middle = x + width / 2
        return out + f'<path class="arrow" d="M{middle - 4:g} {y + down:g}l7 -4v8z"/>'

    once = Piece(width, part.up, down, draw)
    return choice([once], skip=True) if skip else once


def exception(part, but):
    text = "except " + words(but)
    note = box("not", text)
    width = max(part.width, note.width)

    def draw(x, y):
        left = x + (width - part.width) / 2
        out = rail(x, y, left, y) + part.draw(left, y) + rail(left + part.width, y, x + width, y)
        return out + note.draw(x + (width - note.width) / 2, y + part.down + 4 + HEIGHT / 2)

    return Piece(width, part.up, part.down + 4 + HEIGHT, draw)


def lay_out(part):
    kind = part[0]
    if kind in ("text", "name", "set"):
        return box(kind, words(part))
    if kind == "option":
        return choice([lay_out(part[1])], skip=True)
    if kind == "repeat":
        return loop(lay_out(part[1]), skip=True)
    if kind == "except":
        return exception(lay_out(part[1]), part[2])
    if kind == "choice":
        return choice([lay_out(p) for p in part[1]])
    parts, pieces = part[1], []
    while parts:
        # x , { x } is a loop without a way round it.
        if len(parts) > 1 and parts[1] == ("repeat", parts[0]):
            pieces.append(loop(lay_out(parts[0]), skip=False))
            parts = parts[2:]
        else:
            pieces.append(lay_out(parts[0]))
            parts = parts[1:]
    return sequence(pieces)


# Drawing ---------------------------------------------------------------------------------------------------------------

STYLE = """
svg { background: #fff; font: 12.6px ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
path { fill: none; stroke: #444; stroke-width: 1.4; }
path.arrow, circle { fill: #444; stroke: none; }
text { text-anchor: middle; fill: #111; }
text.title { text-anchor: start; font-weight: bold; fill: #0b4f8a; }
rect { stroke: #444; stroke-width: 1.2; fill: #fff; }
rect.text { fill: #e7f3e2; stroke: #3c7a2a; }
rect.name { fill: #e8f0fa; stroke: #0b4f8a; }
rect.set { fill: #faf3df; stroke: #8a6d1b; }
rect.not { fill: none; stroke: #a33; stroke-dasharray: 4 3; }
"""


def picture(source):
    rows, y, width = [], 16, 0
    for name, part in Reader(source).rules():
        piece = lay_out(part)
        y += 14
        rows.append(f'<text class="title" x="16" y="{y:g}">{html.escape(name)}</text>')
        y += 14 + piece.up
        start = 28
        end = start + 20 + piece.width
        rows.append(f'<g>{rail(start, y, start + 20, y)}<circle cx="{start}" cy="{y:g}" r="4"/>{piece.draw(start + 20, y)}'
                    f'{rail(end, y + exit_of(piece), end + 20, y + exit_of(piece))}<circle cx="{end + 20:g}" cy="{y + exit_of(piece):g}" r="4"/></g>')
        width = max(width, end + 40)
        y += piece.down + 16
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{y:.0f}" viewBox="0 0 {width:.0f} {y:.0f}">\n'
            f'<title>The grammar of a Modelfile, drawn from Grammar/Modelfile.ebnf by Scripts/railroad.py</title>\n'
            f'<style>{STYLE}</style>\n' + "\n".join(rows) + "\n</svg>\n")


def main():
    drawn = picture(GRAMMAR.read_text(encoding="utf-8"))
    if sys.argv[1:] == ["--check"]:
        if not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != drawn:
            sys.exit(f"{PICTURE.relative_to(ROOT)} is not the picture of {GRAMMAR.relative_to(ROOT)}; run python3 Scripts/railroad.py")
        return
    PICTURE.write_text(drawn, encoding="utf-8")


main()
