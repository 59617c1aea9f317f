import GGUF
import JSONText

/// What a tokenizer puts round every text by itself: `tokenizer.ggml.add_bos_token` and `add_eos_token`, always written, since
/// readers' defaults differ.
///
/// tokenizer_config.json says it, or else tokenizer.json's post-processor does: a template that begins or ends with a special
/// token. A tokenizer.json without one adds nothing. A SentencePiece model alone has Llama's rule: a beginning, no end.
struct AutomaticTokens {
    /// The special tokens that the post-processor's template begins and ends with, by their text.
    private(set) var first: String?
    private(set) var last: String?
    private let hasTokenizerFile: Bool

    init(_ file: TokenizerFile?) {
        hasTokenizerFile = file != nil
        read(file?.postProcessor, depth: 0)
    }

    private mutating func read(_ processor: JSONValue?, depth: Int) {
        guard let processor, depth < 8 else { return }
        switch processor["type"]?.string {
        case "Sequence": for inner in processor["processors"]?.array ?? [] { read(inner, depth: depth + 1) }
        case "TemplateProcessing":
            let pieces = processor["single"]?.array ?? []
            guard pieces.count > 1 else { return }
            first = pieces.first?["SpecialToken"]?["id"]?.string
            last = pieces.last?["SpecialToken"]?["id"]?.string
        case "RobertaProcessing", "BertProcessing":
            first = processor["cls"]?[0]?.string
            last = processor["sep"]?[0]?.string
        default: break
        }
    }

    /// Writes both keys, and takes the template's tokens for beginning and end where no file named any.
    func write(
        to metadata: inout GGUFMetadata, special: inout SpecialTokens, tokenizerConfig: JSONObject, tokenIDs: [[UInt8]: Int]
    ) -> [String] {
        var warnings: [String] = []
        let ends: [(SpecialTokens.Role, String, String?, Bool)] = [
            (.bos, GGUFKey.addBOS, first, !hasTokenizerFile), (.eos, GGUFKey.addEOS, last, false),
        ]
        for (role, key, text, bareDefault) in ends {
            var added = bareDefault
            if let text, let id = tokenIDs[Array(text.utf8)] {
                if special[role] == nil { special[role] = id }
                added = special[role] == id
                if !added {
                    warnings.append(
                        "tokenizer.json puts '\(text)' round every text, which is not the \(role.rawValue) token; it is left out")
                }
            }
            let configured = tokenizerConfig["add_\(role.rawValue)_token"]?.bool
            if let configured, hasTokenizerFile, configured != added {
                warnings.append(
                    "add_\(role.rawValue)_token: 'tokenizer_config.json' says \(configured), tokenizer.json's post-processor "
                        + "says \(added); \(configured) is used")
            }
            metadata[key] = .bool((configured ?? added) && special[role] != nil)
        }
        return warnings
    }
}
