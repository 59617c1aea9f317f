#!/usr/bin/env python3
"""Makes the tiny random models of this folder and expected.json, the logits that they must give.

The logits come from the float64 implementation below, written from the papers and shared with nothing else in the repository.
Run it in this folder: python3 make.py (needs NumPy). The same script gives the same files.
"""

import json
import math
import struct

import numpy as np

VOCABULARY, WIDTH, LAYERS, FFN, TOKENS = 40, 32, 2, 40, 24


# GGUF version 3: header, metadata, tensor infos, data aligned to 32.

def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def metadata_value(value):
    if isinstance(value, str):
        return struct.pack("<I", 8) + text(value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    return struct.pack("<II", 4, value)


def write_gguf(path, metadata, tensors):
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        head += text(key) + metadata_value(value)
    data = b""
    for name, array in tensors.items():
        shape = array.shape[::-1]
        head += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        head += struct.pack("<IQ", 0, len(data))
        data += array.astype("<f4").tobytes()
        data += bytes(-len(data) % 32)
    with open(path, "wb") as file:
        file.write(head + bytes(-len(head) % 32) + data)


# The models.

def make(name, architecture, seed, heads=4, kv_heads=2, head=8, tied=False, biases=(), head_norms=False, factors=False,
         extra=None):
    random = np.random.default_rng(seed)
    extra = dict(extra or {})
    arch = architecture + "."
    metadata = {
        "general.architecture": architecture,
        arch + "context_length": 64,
        arch + "embedding_length": WIDTH,
        arch + "block_count": LAYERS,
        arch + "feed_forward_length": FFN,
        arch + "attention.head_count": heads,
        arch + "attention.head_count_kv": kv_heads,
        arch + "attention.layer_norm_rms_epsilon": 1e-5,
        arch + "rope.freq_base": 100.0,
    }
    if head * heads != WIDTH:
        metadata[arch + "attention.key_length"] = head
        metadata[arch + "attention.value_length"] = head
    metadata.update({arch + key: value for key, value in extra.items()})

    tensors = {}

    def matrix(name, rows, columns):
        tensors[name + ".weight"] = (random.standard_normal((rows, columns)) * 1.5 / math.sqrt(columns)).astype("f4")
        if name.split(".")[-1] in biases:
            tensors[name + ".bias"] = (random.standard_normal(rows) * 0.3).astype("f4")

    def norm(name, count):
        tensors[name + ".weight"] = (1 + 0.2 * random.standard_normal(count)).astype("f4")

    tensors["token_embd.weight"] = random.standard_normal((VOCABULARY, WIDTH)).astype("f4")
    norm("output_norm", WIDTH)
    if not tied:
        matrix("output", VOCABULARY, WIDTH)
    if factors:
        tensors["rope_freqs.weight"] = np.linspace(1, 8, head // 2).astype("f4")
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        norm(block + "attn_norm", WIDTH)
        matrix(block + "attn_q", heads * head, WIDTH)
        matrix(block + "attn_k", kv_heads * head, WIDTH)
        matrix(block + "attn_v", kv_heads * head, WIDTH)
        matrix(block + "attn_output", WIDTH, heads * head)
        if head_norms:
            norm(block + "attn_q_norm", head)
            norm(block + "attn_k_norm", head)
        norm(block + "ffn_norm", WIDTH)
        matrix(block + "ffn_gate", FFN, WIDTH)
        matrix(block + "ffn_up", FFN, WIDTH)
        matrix(block + "ffn_down", WIDTH, FFN)
    write_gguf(name + ".gguf", metadata, tensors)

    tokens = random.integers(0, VOCABULARY, TOKENS)
    model = Model(architecture, heads, kv_heads, head, extra, {key: value.astype("f8") for key, value in tensors.items()})
    logits = model.logits(tokens)
    return {"tokens": tokens.tolist(), "logits": [[float(f"{x:.9g}") for x in row] for row in logits]}


# The reference: one token after the other, every number in float64.

class Model:
    def __init__(self, architecture, heads, kv_heads, head, extra, tensors):
        self.neighbours = architecture == "llama"
        self.heads, self.kv_heads, self.head = heads, kv_heads, head
        self.extra, self.tensors = extra, tensors

    def linear(self, name, x):
        y = self.tensors[name + ".weight"] @ x
        return y + self.tensors[name + ".bias"] if name + ".bias" in self.tensors else y

    def norm(self, name, x):
        return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float64(np.float32(1e-5))) * self.tensors[name + ".weight"]

    def frequencies(self):
        """Radians per position of each pair, and the factor for cosines and sines."""
        pairs = np.arange(self.head // 2)
        frequencies = 100.0 ** (-2 * pairs / self.head)
        if "rope_freqs.weight" in self.tensors:
            frequencies = frequencies / self.tensors["rope_freqs.weight"]
        kind, factor = self.extra.get("rope.scaling.type"), self.extra.get("rope.scaling.factor")
        if kind == "linear":
            return frequencies / factor, 1.0
        if kind == "yarn":
            # Peng et al. 2023, section 3.2, with the correction range as transformers computes it.
            original = self.extra["rope.scaling.original_context_length"]

            def turns(beta):
                return self.head * math.log(original / (beta * 2 * math.pi)) / (2 * math.log(100.0))

            low, high = max(math.floor(turns(32)), 0), min(math.ceil(turns(1)), self.head - 1)
            ramp = np.clip((pairs - low) / max(high - low, 0.001), 0, 1)
            return frequencies * (1 - ramp) + frequencies / factor * ramp, 0.1 * math.log(factor) + 1
        return frequencies, 1.0

    def rotate(self, heads, position):
        """heads: (heads, head size)"""
        frequencies, magnitude = self.frequencies()
        turn = magnitude * np.exp(1j * position * frequencies)
        half = self.head // 2
        if self.neighbours:
            turned = (heads[:, 0::2] + 1j * heads[:, 1::2]) * turn
            return np.stack([turned.real, turned.imag], axis=-1).reshape(heads.shape)
        turned = (heads[:, :half] + 1j * heads[:, half:]) * turn
        return np.concatenate([turned.real, turned.imag], axis=-1)

    def attention(self, block, x, position, cache):
        query = self.linear(block + "attn_q", x).reshape(self.heads, self.head)
        key = self.linear(block + "attn_k", x).reshape(self.kv_heads, self.head)
        value = self.linear(block + "attn_v", x).reshape(self.kv_heads, self.head)
        if block + "attn_q_norm.weight" in self.tensors:
            query, key = self.norm(block + "attn_q_norm", query), self.norm(block + "attn_k_norm", key)
        cache.append((self.rotate(key, position), value))
        query = self.rotate(query, position)
        seen = cache[-self.extra.get("attention.sliding_window", len(cache)):]
        out = []
        for index in range(self.heads):
            shared = index // (self.heads // self.kv_heads)
            scores = np.array([query[index] @ k[shared] for k, _ in seen]) / math.sqrt(self.head)
            weights = np.exp(scores - scores.max())
            out.append(sum(w * v[shared] for w, (_, v) in zip(weights / weights.sum(), seen)))
        return self.linear(block + "attn_output", np.concatenate(out))

    def logits(self, tokens):
        caches, rows = [[] for _ in range(LAYERS)], []
        for position, token in enumerate(tokens):
            x = self.tensors["token_embd.weight"][token]
            for layer, cache in enumerate(caches):
                block = f"blk.{layer}."
                x = x + self.attention(block, self.norm(block + "attn_norm", x), position, cache)
                h = self.norm(block + "ffn_norm", x)
                gate = self.linear(block + "ffn_gate", h)
                x = x + self.linear(block + "ffn_down", gate / (1 + np.exp(-gate)) * self.linear(block + "ffn_up", h))
            head = "output" if "output.weight" in self.tensors else "token_embd"
            rows.append(self.linear(head, self.norm("output_norm", x)))
        return rows


ALL_BIASES = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
expected = {
    "llama-biases": make("llama-biases", "llama", 1, biases=ALL_BIASES),
    "llama-factors-tied": make("llama-factors-tied", "llama", 2, tied=True, factors=True),
    "llama-window": make("llama-window", "llama", 3, extra={"attention.sliding_window": 5}),
    "llama-linear": make(
        "llama-linear", "llama", 4, extra={"rope.scaling.type": "linear", "rope.scaling.factor": 4.0}),
    "llama-yarn": make("llama-yarn", "llama", 5, head=16, extra={
        "rope.scaling.type": "yarn", "rope.scaling.factor": 4.0, "rope.scaling.original_context_length": 256}),
    # More query heads on one KV head than the attention kernel takes at once.
    "llama-multi-query": make("llama-multi-query", "llama", 8, heads=50, kv_heads=1, head=4),
    "qwen2": make("qwen2", "qwen2", 6, tied=True, biases=("attn_q", "attn_k", "attn_v")),
    "qwen3": make("qwen3", "qwen3", 7, head=12, head_norms=True),
}
with open("expected.json", "w") as file:
    json.dump(expected, file, separators=(",", ":"))
    file.write("\n")
