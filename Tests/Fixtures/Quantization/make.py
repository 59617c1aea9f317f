#!/usr/bin/env python3
"""Makes rows.json and models.json: what llama.cpp gives for inputs that the tests can make themselves.

usage: make.py LIBGGML_BASE LLAMA_QUANTIZE

LIBGGML_BASE is llama.cpp's shared library with ggml_quantize_chunk, LLAMA_QUANTIZE its program; both built for baseline x86-64
(no fused multiply-add in ggml-quants.c). Made with llama.cpp as packaged in llama-cpp-python 0.3.36.

rows.json:   SHA-256 of the blocks of every type, pattern of values, and kind of importance.
models.json: SHA-256 of the whole file that llama-quantize writes for small models, file type by file type.
"""
import ctypes, hashlib, json, os, struct, subprocess, sys, tempfile

TYPES = {"F16": 1, "Q4_0": 2, "Q4_1": 3, "Q5_0": 6, "Q5_1": 7, "Q8_0": 8, "Q2_K": 10, "Q3_K": 11, "Q4_K": 12, "Q5_K": 13,
         "Q6_K": 14, "BF16": 30, "IQ4_NL": 20, "IQ4_XS": 23, "MXFP4": 39, "NVFP4": 40, "TQ1_0": 34, "TQ2_0": 35, "Q1_0": 41,
         "Q2_0": 42, "IQ3_S": 21, "IQ3_XXS": 18, "IQ2_S": 22, "IQ2_XS": 17, "IQ2_XXS": 16, "IQ1_S": 19, "IQ1_M": 29}
BLOCKS = {"F16": (1, 2), "BF16": (1, 2), "Q4_0": (32, 18), "Q4_1": (32, 20), "Q5_0": (32, 22), "Q5_1": (32, 24),
          "Q8_0": (32, 34), "Q2_K": (256, 84), "Q3_K": (256, 110), "Q4_K": (256, 144), "Q5_K": (256, 176), "Q6_K": (256, 210),
          "IQ4_NL": (32, 18), "IQ4_XS": (256, 136), "MXFP4": (32, 17), "NVFP4": (64, 36), "TQ1_0": (256, 54),
          "TQ2_0": (256, 66), "Q1_0": (128, 18), "Q2_0": (64, 18), "IQ3_S": (256, 110), "IQ3_XXS": (256, 98),
          "IQ2_S": (256, 82), "IQ2_XS": (256, 74), "IQ2_XXS": (256, 66), "IQ1_S": (256, 50), "IQ1_M": (256, 56)}
NEED_IMPORTANCE = ["IQ2_XXS", "IQ2_XS", "IQ1_S"]
ROWS, COLUMNS = 19, 768


class Random:
    """xorshift32 (Marsaglia 2003)."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        s = self.state
        s ^= (s << 13) & 0xFFFFFFFF
        s ^= s >> 17
        s ^= (s << 5) & 0xFFFFFFFF
        self.state = s
        return s


def bits(value):
    return struct.unpack("<I", struct.pack("<f", value))[0]


def floats(words):
    return struct.unpack("<%df" % len(words), struct.pack("<%dI" % len(words), *words))


def bell(random, exponent):
    """Nearly normal: four sixteen-bit numbers, less their mean, times a power of two. Exact in single precision."""
    total = sum(random.next() >> 16 for _ in range(4))
    return (total - 131070) * 2.0 ** exponent


def pattern(name, count):
    random = Random(2463534242)
    noise = lambda exponent: [bits(bell(random, exponent)) for _ in range(count)]
    if name == "normal": return noise(-20)
    if name == "large": return noise(-3)
    if name == "small": return noise(-45)
    if name == "denormal": return [(random.next() & 0x80000000) | (random.next() >> 10) for _ in range(count)]
    if name == "zeros": return [0] * count
    if name == "zeros of both signs": return [random.next() & 0x80000000 for _ in range(count)]
    if name == "constant": return [bits(0.375)] * count
    if name == "negative constant": return [bits(-0.3)] * count
    if name == "alternating": return [bits(0.5 if i % 2 else -0.5) for i in range(count)]
    if name == "negative": return [word | 0x80000000 for word in noise(-20)]
    if name == "positive": return [word & 0x7FFFFFFF for word in noise(-20)]
    if name == "outliers": return [bits(3000.0 if random.next() % 97 == 0 else bell(random, -30)) for _ in range(count)]
    if name == "halves": return [bits(((random.next() >> 16) % 61 - 30) * 0.5) for _ in range(count)]
    if name == "nearly constant": return [bits(0.375) + random.next() % 3 for _ in range(count)]
    if name == "wide": return [(random.next() & 0x807FFFFF) | ((20 + random.next() % 115) << 23) for _ in range(count)]
    if name == "uneven blocks": return [bits(bell(random, -50 + (i // 16 * 7) % 37)) for i in range(count)]
    if name == "gaps": return [0 if i // 32 * 5 % 7 < 3 or i // 16 % 9 == 4 else bits(bell(random, -20)) for i in range(count)]
    raise ValueError(name)


PATTERNS = ["normal", "large", "small", "denormal", "zeros", "zeros of both signs", "constant", "negative constant", "alternating",
            "negative", "positive", "outliers", "halves", "nearly constant", "wide", "uneven blocks", "gaps"]


def importance(name):
    random = Random(88172645)
    if name == "none": return None
    if name == "even": return [((random.next() >> 16) + 1) * 2.0 ** -16 for _ in range(COLUMNS)]
    if name == "sparse": return [0.0 if random.next() & 1 else (random.next() >> 16) * 2.0 ** -24 for _ in range(COLUMNS)]
    raise ValueError(name)


def rows(library):
    quantize = ctypes.CDLL(library).ggml_quantize_chunk
    quantize.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p] + [ctypes.c_int64] * 3 + [ctypes.c_void_p]
    quantize.restype = ctypes.c_size_t
    result = {}
    for kind in ["none", "even", "sparse"]:
        weights = importance(kind)
        w = (ctypes.c_float * COLUMNS)(*weights) if weights else None
        for name in PATTERNS:
            x = (ctypes.c_float * (ROWS * COLUMNS)).from_buffer_copy(struct.pack("<%dI" % (ROWS * COLUMNS), *pattern(name, ROWS * COLUMNS)))
            for type_name, number in TYPES.items():
                if w is None and type_name in NEED_IMPORTANCE: continue
                size, width = BLOCKS[type_name]
                y = (ctypes.c_char * (ROWS * COLUMNS // size * width))()
                quantize(number, x, y, 0, ROWS, COLUMNS, w)
                result["%s, %s, %s" % (type_name, name, kind)] = hashlib.sha256(bytes(y)).hexdigest()
    return result


# Small models. Shapes are innermost first; a matrix has two or three rows, because quantizers look at rows alone.

def layers(count, down_columns):
    for i in range(count):
        yield "blk.%d.attn_norm.weight" % i, [256]
        yield "blk.%d.attn_q.weight" % i, [256, 3]
        yield "blk.%d.attn_k.weight" % i, [256, 2]
        yield "blk.%d.attn_v.weight" % i, [256, 2]
        yield "blk.%d.attn_output.weight" % i, [256, 3]
        yield "blk.%d.ffn_norm.weight" % i, [256]
        yield "blk.%d.ffn_gate.weight" % i, [256, 2]
        yield "blk.%d.ffn_up.weight" % i, [256, 2]
        yield "blk.%d.ffn_down.weight" % i, [down_columns, 2]


def expert_layers(count, experts):
    for i in range(count):
        yield "blk.%d.attn_k.weight" % i, [256, 2]
        yield "blk.%d.attn_v.weight" % i, [256, 2]
        yield "blk.%d.attn_output.weight" % i, [256, 2]
        yield "blk.%d.ffn_gate_inp.weight" % i, [256, experts]
        yield "blk.%d.ffn_down_exps.weight" % i, [256, 2, experts]
        yield "blk.%d.ffn_up_exps.weight" % i, [256, 1, experts]


MODELS = {
    "plain": dict(type=1, heads=8, groups=2, experts=0, blocks=17,
                  tensors=[("token_embd.weight", [256, 5]), ("output_norm.weight", [256]), ("output.weight", [256, 5])]
                  + list(layers(17, 512))),
    "tied": dict(complete=True, type=0, heads=4, groups=4, experts=0, blocks=8,
                 tensors=[("token_embd.weight", [256, 5]), ("output_norm.weight", [256])] + list(layers(8, 288))),
    "odd": dict(type=30, heads=4, groups=2, experts=0, blocks=1,
                tensors=[("token_embd.weight", [288, 2]), ("output.weight", [280, 2]), ("blk.0.ffn_down.weight", [40, 3]),
                         ("blk.0.attn_q.weight", [256, 1]), ("blk.0.attn_v.bias", [64, 2])]),
    "experts": dict(type=30, heads=8, groups=2, experts=8, blocks=9,
                    tensors=[("token_embd.weight", [256, 4]), ("output.weight", [256, 4])] + list(expert_layers(9, 8))),
    "few experts": dict(complete=True, type=1, heads=8, groups=2, experts=4, blocks=9,
                        tensors=[("token_embd.weight", [256, 4]), ("output.weight", [256, 4])] + list(expert_layers(9, 4))),
}
FILE_TYPES = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q2_K_S", "Q3_K_S", "Q3_K_M", "Q3_K_L",
              "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "IQ4_NL", "IQ4_XS", "IQ3_M", "IQ3_S", "IQ3_XS", "IQ3_XXS", "IQ2_M", "IQ2_S",
              "IQ2_XS", "IQ2_XXS", "IQ1_M", "IQ1_S", "TQ1_0", "TQ2_0", "MXFP4_MOE", "Q1_0", "Q2_0"]


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def gguf(metadata, tensors):
    """`metadata`: (key, type number, packed value); `tensors`: (name, shape, type number, bytes)."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    for key, number, value in metadata:
        head += text(key) + struct.pack("<I", number) + value
    data = b""
    for name, shape, number, content in tensors:
        head += text(name) + struct.pack("<I", len(shape)) + struct.pack("<%dQ" % len(shape), *shape)
        head += struct.pack("<IQ", number, len(data))
        data += content + bytes(-len(content) % 32)
    return head + bytes(-len(head) % 32) + data


def weights(seed, count, number):
    """Multiples of 2^-10 below 2^-3: exact in F32, F16 and BF16."""
    random = Random(seed)
    values = [((random.next() >> 24) - 128) * 2.0 ** -10 for _ in range(count)]
    if number == 0: return struct.pack("<%df" % count, *values)
    if number == 1: return struct.pack("<%de" % count, *values)
    return struct.pack("<%dH" % count, *[bits(value) >> 16 for value in values])


def product(shape):
    result = 1
    for extent in shape: result *= extent
    return result


def model(plan):
    metadata = [("general.architecture", 8, text("llama")), ("general.file_type", 4, struct.pack("<I", 1)),
                ("general.name", 8, text("Fixture"))]
    for key, value in [("block_count", plan["blocks"]), ("context_length", 64), ("embedding_length", 256),
                       ("feed_forward_length", 512), ("attention.head_count", plan["heads"]),
                       ("attention.head_count_kv", plan["groups"]), ("expert_count", plan["experts"]),
                       ("expert_used_count", min(2, plan["experts"]))]:
        metadata.append(("llama." + key, 4, struct.pack("<I", value)))
    metadata.append(("llama.attention.layer_norm_rms_epsilon", 6, struct.pack("<f", 2.0 ** -17)))
    tensors = []
    for index, (name, shape) in enumerate(plan["tensors"]):
        number = 0 if len(shape) == 1 else plan["type"]
        tensors.append((name, shape, number, weights(index + 1, product(shape), number)))
    return gguf(metadata, tensors)


def matrix(plan):
    """An importance matrix for every matrix of a model but the embedding and, unless it is complete, every fourth one."""
    tensors = []
    for index, (name, shape) in enumerate(plan["tensors"]):
        if len(shape) == 1 or name == "token_embd.weight" or (index % 4 == 3 and not plan.get("complete")): continue
        experts = shape[2] if len(shape) > 2 else 1
        random = Random(index + 1000)
        sums = [(random.next() >> 16) * 2.0 ** -10 for _ in range(shape[0] * experts)]
        # One expert saw no token.
        counts = [0.0 if experts > 1 and expert == 1 else 7.0 + expert for expert in range(experts)]
        tensors.append((name + ".in_sum2", [shape[0], experts], 0, struct.pack("<%df" % len(sums), *sums)))
        tensors.append((name + ".counts", [1, experts], 0, struct.pack("<%df" % len(counts), *counts)))
    metadata = [("general.type", 8, text("imatrix")),
                ("imatrix.datasets", 9, struct.pack("<IQ", 8, 1) + text("fixture.txt")),
                ("imatrix.chunk_count", 4, struct.pack("<I", 3)), ("imatrix.chunk_size", 4, struct.pack("<I", 512))]
    return gguf(metadata, tensors)


def models(program):
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        for name, plan in MODELS.items():
            open(path("in.gguf"), "wb").write(model(plan))
            open(path("imatrix.gguf"), "wb").write(matrix(plan))
            for file_type in FILE_TYPES:
                for kind, options in [("none", []), ("matrix", ["--imatrix", "imatrix.gguf"])]:
                    if os.path.exists(path("out.gguf")): os.remove(path("out.gguf"))
                    run = subprocess.run([program] + options + ["in.gguf", "out.gguf", file_type, "2"], cwd=folder,
                                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                    key = "%s, %s, %s" % (name, file_type, kind)
                    result[key] = "refused" if run.returncode else hashlib.sha256(open(path("out.gguf"), "rb").read()).hexdigest()
    return result


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    for name, content in [("rows.json", rows(sys.argv[1])), ("models.json", models(sys.argv[2]))]:
        with open(os.path.join(here, name), "w") as file:
            json.dump(content, file, indent=1)
            file.write("\n")
