"""How long the language server takes from a letter typed to its diagnostics, in a Modelfile of 2,000 lines.

    QUERN=.build/release/quern python3 Benchmarks/editor/typing.py [lines]

Letters of a message, and letters inside of the template, which is then read anew each time. Prints the median, the 95th percentile
and the worst of 200, in milliseconds, the pipe and this script's part included.
"""

import json
import os
import statistics
import subprocess
import sys
import time


def text(lines: int) -> str:
    """Half parameters, 20 stop texts and messages, half a template and a licence, something wrong on every twentieth line."""
    rows = ["FROM llama3.2", 'TEMPLATE """{{- range $i, $m := .Messages }}']
    rows += [f"{{{{- if eq $m.Role \"role{n}\" }}}}<|{n}|>{{{{ $m.Content }}}}{{{{ end }}}}" for n in range(lines // 4)]
    rows += ['{{- end }}"""', 'LICENSE """'] + ["Permission is granted, é, 条款, \U0001F600."] * (lines // 4) + ['"""']
    while len(rows) < lines:
        n = len(rows)
        rows.append(f"PARAMETER temprature {n}" if n % 20 == 0 else f'PARAMETER stop "<|stop{n}|>"' if n % 50 == 1 else f"MESSAGE {('user', 'assistant')[n % 4 < 2]} text {n}")
    return "\n".join(rows) + "\n"


class Server:
    def __init__(self, program: str):
        self.process = subprocess.Popen([program, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def receive(self) -> dict:
        length = 0
        while (line := self.process.stdout.readline().strip()) or not length:
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return json.loads(self.process.stdout.read(length))


def main():
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    server = Server(os.environ.get("QUERN", "quern"))
    server.send(id=1, method="initialize", params={"capabilities": {}})
    server.receive()
    server.send(method="initialized", params={})
    uri, source = "untitled:Modelfile", text(lines)
    server.send(method="textDocument/didOpen",
                params={"textDocument": {"uri": uri, "languageId": "modelfile", "version": 0, "text": source}})
    found = len(server.receive()["params"]["diagnostics"])
    print(f"{lines} lines, {len(source.encode())} bytes, {found} diagnostics")
    for name, line, column in ("message", lines - 5, 15), ("template", lines // 8, 32):
        times = type_letters(server, uri, line, column)
        print(f"{name}: median {statistics.median(times):.1f} ms, 95 % {times[189]:.1f} ms, worst {times[-1]:.1f} ms")


def type_letters(server: Server, uri: str, line: int, column: int) -> list[float]:
    times = []
    for version in range(1, 201):
        place = {"line": line, "character": column + version}
        start = time.perf_counter()
        server.send(method="textDocument/didChange", params={
            "textDocument": {"uri": uri, "version": version},
            "contentChanges": [{"range": {"start": place, "end": place}, "text": "x"}]})
        server.receive()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)


main()
