import JSONText

/// How tokenizer.json cuts text into words before merging: the patterns of its steps, in order.
///
/// The same tokenizer is written in more than one way (a Split by a pattern or the Digits step, `\n` escaped or not), so the
/// steps are brought to one form and compared with `PreTokenizerTable`. What is compared are the rules themselves: a vocabulary
/// that was trained anew or extended is still cut like the one it comes from.
struct PreTokenizerRules: Equatable {
    /// A regular expression for each step that cuts, or the step's type and settings where it has none.
    private(set) var patterns: [String] = []
    /// Whether a step maps bytes to the letters of GPT-2's alphabet, which a "gpt2" vocabulary takes for granted.
    private(set) var isByteLevel = false

    init(_ preTokenizer: JSONValue?) { add(preTokenizer, depth: 0) }

    private mutating func add(_ step: JSONValue?, depth: Int) {
        guard let step, let type = step["type"]?.string, depth < 8 else { return }
        switch type {
        case "Sequence": for inner in step["pretokenizers"]?.array ?? [] { add(inner, depth: depth + 1) }
        case "ByteLevel":
            isByteLevel = true
            if step["use_regex"]?.bool ?? true { patterns.append(PreTokenizerTable.gpt2) }
        case "Digits": patterns.append(step["individual_digits"]?.bool ?? false ? #"\p{N}"# : #"\p{N}+"#)
        case "Split": patterns.append(Self.pattern(ofSplit: step))
        case "Punctuation": patterns.append("Punctuation \(step["behavior"]?.string ?? "Isolated")")
        default: patterns.append(type)
        }
    }

    /// The pattern of a step that makes each match a word: "Isolated", or what tiktoken's conversion writes, the removal of
    /// everything that is no match.
    private static func pattern(ofSplit step: JSONValue) -> String {
        let behavior = step["behavior"]?.string ?? ""
        let isInverted = step["invert"]?.bool ?? false
        let pattern = step["pattern"]?["Regex"]?.string ?? step["pattern"]?["String"]?.string ?? ""
        guard behavior == "Isolated" && !isInverted || behavior == "Removed" && isInverted else {
            return "Split \(behavior)\(isInverted ? " inverted" : "") \(pattern)"
        }
        return canonical(pattern)
    }

    /// The pattern with line ends escaped, as most files have them.
    private static func canonical(_ pattern: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in pattern.unicodeScalars {
            switch scalar {
            case "\n": scalars.append(contentsOf: #"\n"#.unicodeScalars)
            case "\r": scalars.append(contentsOf: #"\r"#.unicodeScalars)
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    /// llama.cpp's name of the pre-tokenizer that cuts by these rules.
    ///
    /// - Throws: `ConversionError.unknownPreTokenizer`: wrong cuts give wrong tokens everywhere, so nothing is guessed.
    func recognisedName() throws(ConversionError) -> String {
        let match = PreTokenizerTable.entries.first { entry in
            entry.patterns.count == patterns.count
                && zip(entry.patterns, patterns).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
        }
        guard let match, isByteLevel else { throw .unknownPreTokenizer(patterns: patterns.isEmpty ? ["no rules"] : patterns) }
        return match.name
    }
}
