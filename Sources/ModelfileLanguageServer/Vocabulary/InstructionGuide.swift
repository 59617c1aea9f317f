import ModelfileSyntax

/// How each instruction is written, for hovers and completion.
extension Instruction {
    /// The form, with its parts in capitals or angle brackets.
    var form: String {
        switch self {
        case .from: "FROM <model, file or folder>"
        case .parameter: "PARAMETER <name> <value>"
        case .template: "TEMPLATE \"\"\"<template>\"\"\""
        case .system: "SYSTEM \"\"\"<text>\"\"\""
        case .adapter: "ADAPTER <file or folder>"
        case .license: "LICENSE \"\"\"<text>\"\"\""
        case .message: "MESSAGE <role> <text>"
        case .requires: "REQUIRES <version>"
        case .renderer: "RENDERER <name>"
        case .parser: "PARSER <name>"
        case .draft: "DRAFT <model or file>"
        case .arg: "ARG NAME=default"
        case .include: "INCLUDE <path>"
        }
    }

    /// A line or two as they stand in a file.
    var example: String {
        switch self {
        case .from: "FROM llama3.2:3b\nFROM ./model.gguf"
        case .parameter: "PARAMETER temperature 0.7\nPARAMETER stop \"<|im_end|>\""
        case .template: "TEMPLATE \"\"\"{{ range .Messages }}<|{{ .Role }}|>{{ .Content }}\n{{ end }}\"\"\""
        case .system: "SYSTEM \"You answer in one sentence.\""
        case .adapter: "ADAPTER ./adapter.gguf"
        case .license: "LICENSE \"Apache-2.0\""
        case .message: "MESSAGE user \"Is the sky blue?\"\nMESSAGE assistant \"Yes.\""
        case .requires: "REQUIRES 0.14.0"
        case .renderer: "RENDERER qwen3-coder"
        case .parser: "PARSER qwen3-coder"
        case .draft: "DRAFT ./small.gguf"
        case .arg: "ARG SIZE=3b\nFROM llama3.2:${SIZE}"
        case .include: "INCLUDE house.modelfile"
        }
    }
}
