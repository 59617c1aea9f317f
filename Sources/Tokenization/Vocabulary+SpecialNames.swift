internal import GGUF

// Files rarely say which tokens end a turn or fill in the middle. llama.cpp tells by their texts; these are its lists.

extension Vocabulary {
    private static let endOfTurnNames = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>", "<EOT>", "_<EOT>", "[EOT]",
        "<｜end▁of▁sentence｜>", "<end_of_utterance>",
    ]
    private static let endOfGenerationNames =
        endOfTurnNames + [
            "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "</s>", "<|eom_id|>", "[EOS]", "<eos>", "<turn|>",
            "<|tool_response>",
            "[e~[",
        ]
    private static var fillNames: [(token: WritableKeyPath<SpecialTokens, TokenID?>, names: [String])] {
        [
            (
                \.fillPrefix,
                [
                    "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<｜fim▁begin｜>", "<PRE>", "▁<PRE>", "<|code_prefix|>",
                    "<|prefix|>",
                ]
            ),
            (
                \.fillSuffix,
                [
                    "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "▁<SUF>", "<|code_suffix|>",
                    "<|suffix|>",
                ]
            ),
            (
                \.fillMiddle,
                [
                    "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "▁<MID>", "<|code_middle|>",
                    "<|middle|>",
                ]
            ),
            (\.fillPadding, ["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"]),
            (\.fillRepository, ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"]),
            (\.fillSeparator, ["<|file_sep|>"]),
        ]
    }
    /// Marks of the Harmony format, which are always shown.
    private static let alwaysShownNames = ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"]

    /// Finds the special tokens that the file does not name, and makes control tokens of them.
    mutating func findSpecialTokensByText() {
        find(\.endOfTurn, Self.endOfTurnNames)
        find(\.endOfMessage, ["<|eom_id|>"])
        for (token, names) in Self.fillNames { find(token, names) }
    }

    private mutating func find(_ token: WritableKeyPath<SpecialTokens, TokenID?>, _ names: [String]) {
        guard special[keyPath: token] == nil, let name = names.first(where: { texts.find($0) != nil }),
            let id = texts.find(name)
        else { return }
        special[keyPath: token] = id
        traits[Int(id)].insert(.control)
    }

    /// - Parameter listed: the ends that the file itself lists; ids outside the vocabulary are ignored.
    mutating func findEndOfGeneration(listed: [Int]) {
        endOfGeneration = Set([special.fillPadding, special.fillRepository, special.fillSeparator].compactMap { $0 })
        for name in Self.endOfGenerationNames {
            guard let id = texts.find(name) else { continue }
            endOfGeneration.insert(id)
            traits[Int(id)].insert(.control)
        }
        for id in Self.alwaysShownNames.compactMap({ texts.find($0) }) { traits[Int(id)] = .userDefined }
        endOfGeneration.formUnion([special.end, special.endOfTurn, special.endOfMessage].compactMap { $0 })
        removeFalseEnds()
        // What the file says outright is no guess by name.
        for id in listed where (0..<texts.count).contains(id) { endOfGeneration.insert(TokenID(id)) }
    }

    /// Texts that end a reply in one family of models and not in another.
    private mutating func removeFalseEnds() {
        func ends(_ name: String) -> TokenID? { texts.find(name).flatMap { endOfGeneration.contains($0) ? $0 : nil } }
        let calls = ends("<|call|>") != nil || ends("<|calls|>") != nil
        // In Harmony and Solar Open "<|end|>" ends a message of several.
        if calls, ends("<|return|>") != nil || ends("<|flush|>") != nil, let id = ends("<|end|>") {
            endOfGeneration.remove(id)
            traits[Int(id)] = .userDefined
        }
        // In Gemma 4 and PLaMo "</s>" is a tag of HTML.
        if ends("<|tool_response>") != nil || ends("<|plamo:eos|>") != nil, let id = ends("</s>") {
            endOfGeneration.remove(id)
            traits[Int(id)] = .normal
        }
    }

    /// White space beside special tokens belongs to them in some models; GGUF has no key for it, so llama.cpp goes by names.
    mutating func setStripping(_ metadata: GGUFMetadata) {
        let preTokenizer = metadata.string(GGUFKey.tokenizerPre) ?? ""
        let architecture = metadata.architecture ?? ""
        let name = (metadata.string(GGUFKey.name) ?? "").lowercased()
        if ["jina-v2-de", "jina-v2-es", "jina-v2-code"].contains(where: { preTokenizer.contains($0) })
            || ["nomic-bert-moe", "jina-bert-v3"].contains(where: { architecture.contains($0) })
        {
            if let id = texts.find("<mask>") { traits[Int(id)].insert(.stripsLeft) }
        } else if name.contains("phi-3") || name.contains("phi3") {
            for id in traits.indices where !traits[id].isDisjoint(with: [.control, .userDefined, .unknown]) {
                traits[id].insert(.stripsRight)
            }
            if let id = texts.find("</s>") { traits[Int(id)].insert(.stripsRight) }
            for id in ["<unk>", "<s>", "<|endoftext|>"].compactMap({ texts.find($0) }) { traits[Int(id)].remove(.stripsRight) }
        } else if name.contains("modern-bert") {
            if let id = texts.find("[MASK]") { traits[Int(id)].insert(.stripsLeft) }
        }
    }
}
