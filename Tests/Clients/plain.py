"""Talks to `quern serve` with nothing but Python's own HTTP, as `curl` would, and asserts what comes back.

    python3 plain.py HOST PORT

The server has the sample chat model as `chat`. ClientTests.swift starts both.
"""

import concurrent.futures
import http.client
import json
import socket
import sys
import time

HOST, PORT = sys.argv[1], int(sys.argv[2])


def ask(method, path, body=None, headers=None):
    connection = http.client.HTTPConnection(HOST, PORT, timeout=30)
    data = body if isinstance(body, (bytes, str, type(None))) else json.dumps(body)
    connection.request(method, path, data, headers or {})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def lines(text):
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def status():
    answer, text = ask("GET", "/")
    assert (answer.status, text) == (200, "Ollama is running")
    answer, text = ask("HEAD", "/")
    assert (answer.status, text) == (200, "")
    answer, text = ask("GET", "/api/tags")
    models = {model["name"]: model for model in json.loads(text)["models"]}
    model = models["chat:latest"]
    assert set(models) == {"chat:latest", "vectors:latest"} and len(model["digest"]) == 64
    assert models["vectors:latest"]["capabilities"] == ["embedding"]
    assert set(model["capabilities"]) >= {"completion", "tools", "thinking"}


def streaming():
    answer, text = ask("POST", "/api/generate", {"model": "chat", "prompt": "What is the capital of Peru?", "think": False})
    assert answer.status == 200 and answer.getheader("Content-Type") == "application/x-ndjson"
    pieces = lines(text)
    assert "".join(piece["response"] for piece in pieces) == "The capital of Peru is Lima."
    assert len(pieces) > 3 and [piece["done"] for piece in pieces] == [False] * (len(pieces) - 1) + [True]
    last = pieces[-1]
    assert last["done_reason"] == "stop" and last["context"] and last["eval_count"] > 3
    for key in ["total_duration", "load_duration", "prompt_eval_count", "prompt_eval_duration", "eval_duration"]:
        assert last[key] > 0, key


def keeps_connections():
    connection = http.client.HTTPConnection(HOST, PORT, timeout=30)
    for question, wanted in [("Hello there!", "Hello! How can I help you today?"), ("What sound does a llama make?", "A llama says hum.")]:
        body = {"model": "chat", "messages": [{"role": "user", "content": question}], "think": False, "stream": False}
        connection.request("POST", "/api/chat", json.dumps(body))
        answer = json.loads(connection.getresponse().read())
        assert answer["message"] == {"role": "assistant", "content": wanted}, answer
    connection.close()


def errors():
    for path, body, code, error in [
        ("/api/generate", {"model": "nothing", "prompt": "a"}, 404, "model 'nothing' not found"),
        ("/api/chat", {"messages": []}, 400, "model is required"),
        ("/api/chat", "", 400, "missing request body"),
        ("/api/chat", {"model": "vectors", "messages": [{"role": "user", "content": "a"}]}, 400, '"vectors" does not support chat'),
        ("/api/generate", {"model": "vectors", "prompt": "a"}, 400, '"vectors" does not support generate'),
        ("/api/generate", {"model": "chat", "prompt": "a", "raw": True, "system": "s"}, 400, "raw mode does not support template, system, or context"),
        ("/api/chat", {"model": "chat", "messages": [{"role": "user", "content": "a", "images": ["aGk="]}]}, 400, '"chat" does not support image input'),
    ]:
        answer, text = ask("POST", path, body)
        assert (answer.status, json.loads(text)["error"]) == (code, error), text
    for body in [b"\xff\xfe{}", b"[" * 100_000, b"{]", b'"chat"', b"null"]:
        answer, text = ask("POST", "/api/generate", body)
        assert answer.status == 400 and json.loads(text)["error"], text
    answer, text = ask("GET", "/api/nowhere")
    assert (answer.status, text) == (404, "404 page not found")


def many_at_once():
    def one(number):
        body = {"model": "chat", "messages": [{"role": "user", "content": "What is the capital of Peru?"}], "think": False, "stream": False}
        return json.loads(ask("POST", "/api/chat", body)[1])["message"]["content"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(one, range(16))) == {"The capital of Peru is Lima."}


def hanging_up():
    """A client that goes away frees the model at once, though it had much more to say."""
    body = json.dumps({"model": "chat", "prompt": "Tell me a story", "options": {"num_predict": 20000, "num_ctx": 4096, "stop": [], "temperature": 2, "seed": 1}, "raw": True})
    for _ in range(3):
        client = socket.create_connection((HOST, PORT))
        client.sendall(f"POST /api/generate HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        assert client.recv(100).startswith(b"HTTP/1.1 200")
        client.close()
    start = time.monotonic()
    body = {"model": "chat", "prompt": "Hello there!", "think": False, "stream": False}
    assert json.loads(ask("POST", "/api/generate", body)[1])["response"] == "Hello! How can I help you today?"
    assert time.monotonic() - start < 20


def half_requests():
    """Clients that say nothing, or half of something, are in nobody's way."""
    idle = [socket.create_connection((HOST, PORT)) for _ in range(200)]
    for connection in idle[:100]:
        connection.sendall(b"POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    status()
    for connection in idle:
        connection.close()


def loading():
    answer, text = ask("POST", "/api/generate", {"model": "chat", "keep_alive": -1})
    assert json.loads(text)["done_reason"] == "load"
    (running,) = json.loads(ask("GET", "/api/ps")[1])["models"]
    assert running["name"] == "chat:latest" and running["size"] > 0 and running["expires_at"] > "2100"
    answer, text = ask("POST", "/api/generate", {"model": "chat", "keep_alive": 0})
    assert json.loads(text)["done_reason"] == "unload"
    assert json.loads(ask("GET", "/api/ps")[1]) == {"models": []}


for check in [status, streaming, keeps_connections, errors, many_at_once, hanging_up, half_requests, loading]:
    check()
    print(check.__name__)
