#!/usr/bin/env python3
"""Makes the tiny models and LoRA adapters of this folder, and expected.json: the logits that transformers and peft compute in F32.

    pip install torch transformers sentencepiece gguf peft
    python3 make.py

Each adapter has a trait that a converter or a runner can get wrong: see `CASES`.
"""
import importlib.util
import json
import pathlib
import shutil

import peft
import torch
import transformers
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).resolve().parent
specification = importlib.util.spec_from_file_location("decoders", HERE.parent / "Decoders" / "make.py")
decoders = importlib.util.module_from_spec(specification)
specification.loader.exec_module(decoders)

TOKENS = [5, 17, 3, 40, 63]
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
MLP = ["gate_proj", "up_proj", "down_proj"]
# name: the base's folder, what LoraConfig gets
CASES = {
    # Queries and keys, whose rows the architecture `llama` regroups; grouped queries.
    "plain": ("llama", dict(r=4, lora_alpha=8, target_modules=ATTENTION + MLP)),
    # Scales by the root of the rank, ranks and alphas of single modules.
    "patterns": ("llama", dict(
        r=4, lora_alpha=6, use_rslora=True, target_modules=ATTENTION + MLP,
        rank_pattern={"q_proj": 2, "layers.1.self_attn.k_proj": 6, r"^model\.layers\.\d+\.mlp\.up_proj": 3},
        alpha_pattern={"down_proj": 3, "model.layers.0.self_attn.v_proj": 5})),
    # The table that is looked up, and the head.
    "words": ("llama", dict(r=3, lora_alpha=5, target_modules=["embed_tokens", "lm_head", "v_proj"])),
    # The same where the head is the table.
    "words-tied": ("tied", dict(r=3, lora_alpha=5, target_modules=["embed_tokens", "lm_head"])),
    # Projections that lie in one tensor.
    "fused": ("../Decoders/phi3-window", dict(r=4, lora_alpha=4, target_modules=["qkv_proj", "o_proj", "gate_up_proj", "down_proj"])),
    # An expert that all tokens go through, biases.
    "shared": ("../Decoders/qwen2moe", dict(r=2, lora_alpha=4, target_modules=ATTENTION + MLP)),
}


def base(name, tied):
    """A llama with grouped queries."""
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**decoders.SIZES, tie_word_embeddings=tied))
    decoders.save(folder, model)
    decoders.pieces(folder)


def load(folder):
    return transformers.AutoModelForCausalLM.from_pretrained(HERE / folder, dtype=torch.float32)


def make(name, folder, options):
    torch.manual_seed(sum(name.encode()))
    model = peft.get_peft_model(load(folder), peft.LoraConfig(task_type="CAUSAL_LM", **options))
    for key, parameter in model.named_parameters():
        if "lora_" in key:
            parameter.data.normal_(0, 0.4)
    shutil.rmtree(HERE / name, ignore_errors=True)
    model.save_pretrained(HERE / name, save_embedding_layers=False)
    (HERE / name / "README.md").unlink(missing_ok=True)
    config = json.loads((HERE / name / "adapter_config.json").read_text())
    decoders.checkpoints.write_json(HERE / name / "adapter_config.json", config | {"base_model_name_or_path": folder})
    if name == "patterns":
        # Trainers save halves as a rule.
        halves = {key: value.to(torch.float16) for key, value in load_file(HERE / name / "adapter_model.safetensors").items()}
        save_file(halves, HERE / name / "adapter_model.safetensors")
    # What is read again is what counts.
    return decoders.logits(peft.PeftModel.from_pretrained(load(folder), HERE / name), TOKENS)


def mlx(name, parameters, scale):
    """MLX stores both factors transposed, and a scale of its own."""
    torch.manual_seed(sum(name.encode()))
    model = load("llama")
    rank = parameters["rank"]
    shutil.rmtree(HERE / name, ignore_errors=True)
    (HERE / name).mkdir()
    tensors = {}
    for layer in range(2):
        for module in ["self_attn.q_proj", "self_attn.k_proj", "mlp.down_proj"]:
            linear = model.get_submodule(f"model.layers.{layer}.{module}")
            down, up = torch.randn(linear.in_features, rank) * 0.4, torch.randn(rank, linear.out_features) * 0.4
            tensors[f"model.layers.{layer}.{module}.lora_a"], tensors[f"model.layers.{layer}.{module}.lora_b"] = down, up
            linear.weight.data += scale * (down @ up).T
    save_file(tensors, HERE / name / "adapters.safetensors")
    decoders.checkpoints.write_json(HERE / name / "adapter_config.json", {
        "fine_tune_type": "lora", "num_layers": 2, "lora_parameters": parameters, "model": "llama"})
    return decoders.logits(model, TOKENS)


def together(first, second, scale):
    """Two adapters, the second one scaled."""
    model = peft.PeftModel.from_pretrained(load("llama"), HERE / first).merge_and_unload()
    model = peft.PeftModel.from_pretrained(model, HERE / second)
    for module in model.modules():
        if isinstance(module, peft.tuners.lora.LoraLayer):
            module.scaling = {key: value * scale for key, value in module.scaling.items()}
    return decoders.logits(model, TOKENS)


def main():
    base("llama", False)
    base("tied", True)
    cases = []
    for name, (folder, options) in CASES.items():
        cases.append({"adapters": [name], "base": folder, "logits": make(name, folder, options)})
    cases.append({"adapters": ["mlx"], "base": "llama", "logits": mlx("mlx", {"rank": 4, "scale": 1.5, "dropout": 0.0}, 1.5)})
    cases.append({"adapters": ["mlx-alpha"], "base": "llama",
                  "logits": mlx("mlx-alpha", {"rank": 4, "alpha": 2.0, "scale": 3.0, "dropout": 0.0}, 1.5)})
    cases.append({"adapters": ["plain", "patterns=0.5"], "base": "llama", "logits": together("plain", "patterns", 0.5)})
    (HERE / "expected.json").write_text(json.dumps({"tokens": TOKENS, "cases": cases}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
