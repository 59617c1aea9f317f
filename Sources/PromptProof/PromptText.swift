import ChatPrompt

extension PromptTrace {
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

/// Questions that a difference is asked.
extension String {
    var isBlank: Bool { utf8.allSatisfy { $0 <= 0x20 } }
    var lineBreaks: Int { utf8.count { $0 == 0x0A } }

    var trimmingWhiteSpace: String {
        let kept = unicodeScalars.drop { $0.properties.isWhitespace }
        guard let last = kept.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(kept[...last])
    }

    /// `<|im_end|>`, `</s>`, `[/INST]`: the text begins with what is one token in most vocabularies.
    var beginsWithMark: Bool {
        let bytes = Array(utf8.drop { $0 <= 0x20 })
        let pieces = PromptPieces(bytes)
        return !pieces.ranges.isEmpty && pieces.isMark(0)
    }

    func occurrences(of text: String) -> Int { Array(utf8).ranges(of: Array(text.utf8)).count }

    /// The signs that JSON is made of, whatever their order and the blanks between them: equal for two spellings of the same.
    var spelling: [UInt8] {
        let unescaped = replacing("\\u003c", with: "<").replacing("\\u003e", with: ">").replacing("\\u0026", with: "&")
        return unescaped.utf8.filter { $0 > 0x20 }.sorted()
    }
}
