#!/usr/bin/env python3
"""How close Quern's logits are to transformers', for every architecture and type, and its perplexity beside llama.cpp's.

    pip install torch transformers numpy
    QUERN=.build/release/quern python3 Benchmarks/fidelity/fidelity.py [--sample FOLDER] [--text FILE] [--only NAME,...]

Makes a small random model of each architecture with transformers, converts it with `quern quantize`, and prints the normalised
mean squared error (the squared differences of all logits over the squares of transformers' own, in single precision). With
--sample, a checkpoint that is trained, the same for that one; with --text also perplexities: Quern's beside those of
LLAMA_PERPLEXITY, and how far either is from the file's own weights. Those are the file expanded to F32 by LLAMA_QUANTIZE, read by
llama-perplexity with an F32 cache. A third table has the divergence of either engine's distributions from those of the expanded
file, all with an F32 cache: each engine is compared with its own reading of that file.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy
import torch
import transformers
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

QUERN = os.environ.get("QUERN", ".build/release/quern")
TYPES = ["F16", "BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q5_1", "Q5_0", "Q4_K_M", "Q4_1", "Q4_0", "Q3_K_M", "Q2_K"]
IMPORTANCE = None
SMALL = dict(hidden_size=256, intermediate_size=512, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=512, vocab_size=300, bos_token_id=256, eos_token_id=257, pad_token_id=258)
ROPE3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
         "original_max_position_embeddings": 64}
EXPERTS = dict(num_experts=8, num_experts_per_tok=2, moe_intermediate_size=256)

# Name, configuration class, and what it has besides SMALL.
ARCHITECTURES = [
    ("llama", "LlamaConfig", dict(tie_word_embeddings=False)),
    ("llama 3.1 (rope factors, tied)", "LlamaConfig", dict(tie_word_embeddings=True, rope_scaling=ROPE3)),
    ("mistral (window)", "MistralConfig", dict(sliding_window=24)),
    ("mixtral", "MixtralConfig", dict(num_local_experts=4, num_experts_per_tok=2)),
    ("qwen2", "Qwen2Config", {}),
    ("qwen2 (window, yarn)", "Qwen2Config", dict(
        use_sliding_window=True, sliding_window=24, max_window_layers=1, rope_scaling={
            "rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64, "attention_factor": 1.3})),
    ("qwen2moe", "Qwen2MoeConfig", dict(EXPERTS, shared_expert_intermediate_size=512)),
    ("qwen3", "Qwen3Config", dict(head_dim=64)),
    ("qwen3moe", "Qwen3MoeConfig", dict(EXPERTS, head_dim=64)),
    ("gemma", "GemmaConfig", dict(head_dim=64)),
    ("gemma2", "Gemma2Config", dict(head_dim=64, sliding_window=24, query_pre_attn_scalar=64)),
    ("gemma3", "Gemma3TextConfig", dict(head_dim=64, sliding_window=24, query_pre_attn_scalar=64, sliding_window_pattern=2)),
    ("phi3", "Phi3Config", dict(sliding_window=24)),
]


def run(*command):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{result.stderr.strip()}")
    return result.stdout, result.stderr


def write_tokenizer(folder):
    """Bytes, three control tokens, and unused ones up to SMALL's vocabulary."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={text: index for index, text in enumerate(alphabet)}, merges=[]))
    pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), behavior="isolated", invert=False),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<s>", "</s>", "<pad>"])
    tokenizer.add_tokens([f"<unused{index}>" for index in range(259, SMALL["vocab_size"])])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}))


def random_checkpoint(config_name, more, folder):
    torch.manual_seed(11)
    config = getattr(transformers, config_name)(**{**SMALL, **more})
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "norm" in name:
                parameter.add_(0.1 * torch.randn_like(parameter))
            elif parameter.dim() == 1:
                parameter.normal_(std=0.1)
            else:
                # Large enough that every product matters, small enough that attention is not one token alone.
                parameter.normal_(std=1.2 / parameter.shape[-1] ** 0.5)
    model.save_pretrained(folder)
    write_tokenizer(folder)
    return model


def wanted_logits(model, ids):
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].double().numpy()


def error(file, ids, wanted, cache):
    out, _ = run(QUERN, "logits", file, "--ids", ",".join(map(str, ids)), "--json", "--cache-type", cache)
    found = numpy.array(json.loads(out)["logits"])
    return ((found - wanted) ** 2).sum() / (wanted ** 2).sum()


def quantizing(name):
    """How `quantize` is told of a type: those that no mix is made of go on every matrix."""
    options = ["--imatrix", IMPORTANCE] if IMPORTANCE else []
    return [*options, "--tensor-type", rf"weight$={name}", "Q8_0"] if name in ["MXFP4", "NVFP4"] else [*options, name]


def errors(folder, model, ids, work):
    """The errors of an F32 file with either cache, then of each type."""
    source = work / "f32.gguf"
    run(QUERN, "quantize", folder, source, "F32", "--quiet")
    wanted = wanted_logits(model, ids)
    yield "F32, F32 cache", error(source, ids, wanted, "f32")
    yield "F32, F16 cache", error(source, ids, wanted, "f16")
    for name in TYPES:
        target = work / f"{name}.gguf"
        run(QUERN, "quantize", source, target, *quantizing(name), "--quiet")
        yield name, error(target, ids, wanted, "f16")


def perplexity_ours(file, text, chunks):
    out, _ = run(QUERN, "measure", file, "--text", text, "--chunks", chunks, "--format", "json", "--quiet")
    return json.loads(out)["models"][0]["perplexity"]["value"]


def found(pattern, program, *arguments):
    """The number in one of the peer's last lines, which now and then get lost: another thread writes them."""
    for _ in range(4):
        if match := re.search(pattern, "".join(run(program, "-t", os.environ.get("THREADS", "2"), *arguments))):
            return float(match.group(1))
    raise RuntimeError(f"{program} does not say '{pattern}'")


def perplexity_theirs(program, file, text, chunks, *more):
    return found(r"Final estimate: PPL = ([0-9.]+)", program, "-m", file, "-f", text, "--chunks", chunks, *more)


def perplexities(work, text, chunks):
    peer, expand = os.environ.get("LLAMA_PERPLEXITY"), os.environ.get("LLAMA_QUANTIZE")
    if not peer or not expand:
        sys.exit("set LLAMA_PERPLEXITY and LLAMA_QUANTIZE to the peer's programs")
    print("\n| type | the file's own weights | Quern | away | llama.cpp | away |\n|---|---:|---:|---:|---:|---:|")
    for name in ["F32"] + TYPES:
        file = work / ("f32.gguf" if name == "F32" else f"{name}.gguf")
        expanded = file
        if name != "F32":
            expanded = work / "expanded.gguf"
            run(expand, "--allow-requantize", file, expanded, "F32")
        truth = perplexity_theirs(peer, expanded, text, chunks, "-ctk", "f32", "-ctv", "f32", "-fa", "off")
        ours, theirs = perplexity_ours(file, text, chunks), perplexity_theirs(peer, file, text, chunks)
        print(f"| {name} | {truth:.4f} | {ours:.4f} | {100 * (ours / truth - 1):+.4f} % "
              f"| {theirs:.4f} | {100 * (theirs / truth - 1):+.4f} % |", flush=True)


def divergences(work, text, chunks):
    """Mean Kullback-Leibler divergence of the tokens' probabilities from what the weights in the file say."""
    peer, expand = os.environ["LLAMA_PERPLEXITY"], os.environ["LLAMA_QUANTIZE"]
    exact = ["-ctk", "f32", "-ctv", "f32", "-fa", "off"]
    expanded, base = work / "expanded.gguf", work / "base.kld"
    print("\n| type | Quern | llama.cpp | ratio |\n|---|---:|---:|---:|")
    # The peer keeps the reference in sixteen bits, which is coarser than what F16 and BF16 lose.
    for name in [name for name in TYPES if name not in ["F16", "BF16"]]:
        file = work / f"{name}.gguf"
        run(expand, "--allow-requantize", file, expanded, "F32")
        out, _ = run(QUERN, "measure", file, "--against", expanded, "--text", text, "--chunks", chunks, "--cache-type", "f32",
                     "--format", "json", "--quiet")
        ours = json.loads(out)["models"][0]["comparison"]["kl_divergence"]["value"]
        run(peer, "-m", expanded, "-f", text, "--chunks", chunks, "--kl-divergence-base", base, *exact)
        theirs = found(
            r"Mean +KLD: +([-0-9.]+)", peer, "-m", file, "--chunks", chunks, "--kl-divergence-base", base, "--kl-divergence",
            *exact)
        print(f"| {name} | {ours:.2e} | {theirs:.2e} | {ours / theirs if theirs > 0 else float('nan'):.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample")
    parser.add_argument("--text")
    parser.add_argument("--chunks", default="24")
    parser.add_argument("--only")
    parser.add_argument("--divergence", action="store_true", help="the third table without the second")
    parser.add_argument("--types", help="other types than the usual ones, separated by commas")
    parser.add_argument("--imatrix", help="importance of the sample's weights, for types of few bits")
    arguments = parser.parse_args()
    global TYPES, IMPORTANCE
    TYPES, IMPORTANCE = arguments.types.split(",") if arguments.types else TYPES, arguments.imatrix
    only = arguments.only.split(",") if arguments.only else None
    heads = ["F32, F32 cache", "F32, F16 cache"] + TYPES
    print("| model | " + " | ".join(heads) + " |\n|---|" + "---:|" * len(heads))
    failed = False
    with tempfile.TemporaryDirectory() as place:
        work = pathlib.Path(place)
        cases = [(name, config, more) for name, config, more in ARCHITECTURES if not only or name.split()[0] in only]
        for index, (name, config, more) in enumerate(cases):
            folder = work / f"model{index}"
            folder.mkdir()
            try:
                model = random_checkpoint(config, more, folder)
                ids = torch.randint(0, 256, (64,), generator=torch.Generator().manual_seed(3)).tolist()
                figures = dict(errors(folder, model, ids, work))
                failed |= not figures["F32, F32 cache"] < 1e-6
                print(f"| {name} | " + " | ".join(f"{figures[head]:.1e}" for head in heads) + " |", flush=True)
            except (RuntimeError, ValueError, KeyError) as problem:
                failed = True
                print(f"| {name} | {str(problem).strip().splitlines()[-1]} |", flush=True)
        if arguments.sample:
            sample = pathlib.Path(arguments.sample)
            model = transformers.AutoModelForCausalLM.from_pretrained(sample, attn_implementation="eager").float().eval()
            case = json.loads((sample / "EXPECTED.json").read_text())[0]
            figures = dict(errors(sample, model, case["prompt_ids"] + case["greedy_ids"], work))
            failed |= not figures["F32, F32 cache"] < 1e-6
            print("| the sample | " + " | ".join(f"{figures[head]:.1e}" for head in heads) + " |", flush=True)
            if arguments.text:
                if not arguments.divergence:
                    perplexities(work, arguments.text, arguments.chunks)
                divergences(work, arguments.text, arguments.chunks)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
