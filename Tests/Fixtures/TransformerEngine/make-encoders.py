#!/usr/bin/env python3
"""Makes the tiny random encoders of this folder and encoders-expected.json, the vectors that they must give.

    pip install torch transformers gguf
    python3 make-encoders.py

The vectors come from transformers, computed in float64 and not normalised; the tensors go into the files by the names that
llama.cpp reads. Run in this folder; the same script gives the same files.
"""
import json

import numpy as np
import torch
from gguf import GGUFWriter
from transformers import BertConfig, BertModel, NomicBertConfig, NomicBertModel

VOCABULARY, WIDTH, LAYERS, HEADS, INNER, CONTEXT = 40, 32, 2, 4, 48, 160
BERT = [
    ("embeddings.word_embeddings", "token_embd"), ("embeddings.position_embeddings", "position_embd"),
    ("embeddings.token_type_embeddings", "token_types"), ("embeddings.LayerNorm", "token_embd_norm"),
    ("encoder.layer.", "blk."), ("attention.self.query", "attn_q"), ("attention.self.key", "attn_k"),
    ("attention.self.value", "attn_v"), ("attention.output.dense", "attn_output"),
    ("attention.output.LayerNorm", "attn_output_norm"), ("intermediate.dense", "ffn_up"), ("output.dense", "ffn_down"),
    ("output.LayerNorm", "layer_output_norm"),
]
NOMIC = [
    ("embeddings.word_embeddings", "token_embd"), ("embeddings.token_type_embeddings", "token_types"),
    ("embeddings.LayerNorm", "token_embd_norm"), ("layers.", "blk."), ("self_attn.q_proj", "attn_q"),
    ("self_attn.k_proj", "attn_k"), ("self_attn.v_proj", "attn_v"), ("self_attn.o_proj", "attn_output"),
    ("post_attention_layernorm", "attn_output_norm"), ("mlp.up_proj", "ffn_up"), ("mlp.gate_proj", "ffn_gate"),
    ("mlp.down_proj", "ffn_down"), ("post_mlp_layernorm", "layer_output_norm"),
]


def renamed(name, table):
    for source, target in table:
        name = name.replace(source, target)
    return name


def write(architecture, tensors, rope=None):
    writer = GGUFWriter(f"{architecture}.gguf", architecture)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(1e-12)
    writer.add_causal_attention(False)
    if rope:
        writer.add_rope_freq_base(rope)
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def make(architecture, model, table, sequences, fused=False, rope=None):
    torch.manual_seed(11)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(1 if name.lower().endswith("norm.weight") else 0, 0.3)
    tensors = {renamed(name, table): parameter.detach().numpy() for name, parameter in model.named_parameters()}
    if fused:
        for block in range(LAYERS):
            parts = [tensors.pop(f"blk.{block}.attn_{part}.weight") for part in "qkv"]
            tensors[f"blk.{block}.attn_qkv.weight"] = np.concatenate(parts)
    write(architecture, tensors, rope)
    model.double().eval()
    expected = {"tokens": sequences, "mean": [], "cls": [], "last": []}
    for sequence in sequences:
        with torch.no_grad():
            states = model(torch.tensor([sequence])).last_hidden_state[0]
        for name, vector in [("mean", states.mean(0)), ("cls", states[0]), ("last", states[-1])]:
            expected[name].append([float(f"{x:.9g}") for x in vector])
    return expected


def main():
    random = np.random.default_rng(5)
    # One token, a tile's worth and one more, the whole context.
    sequences = [random.integers(0, VOCABULARY, count).tolist() for count in [1, 2, 7, 64, 65, CONTEXT]]
    sizes = dict(vocab_size=VOCABULARY, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
                 intermediate_size=INNER, max_position_embeddings=CONTEXT, layer_norm_eps=1e-12)
    bert = BertModel(BertConfig(**sizes), add_pooling_layer=False)
    nomic = NomicBertModel(NomicBertConfig(**sizes, rope_parameters={"rope_theta": 1000.0, "rope_type": "default"}))
    expected = {"bert": make("bert", bert, BERT, sequences),
                "nomic-bert": make("nomic-bert", nomic, NOMIC, sequences, fused=True, rope=1000.0)}
    with open("encoders-expected.json", "w") as file:
        json.dump(expected, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
