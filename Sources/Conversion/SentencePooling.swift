import GGUF
import JSONText

/// How the vectors of a sentence embedder are made of hidden states: what Sentence Transformers' `modules.json` says.
struct SentencePooling {
    /// The number in `pooling_type` (llama.cpp's `llama_pooling_type`).
    private enum Mode: UInt32 {
        case mean = 1
        case cls = 2
        case last = 3
    }

    private let mode: Mode
    private let normalizes: Bool
    private(set) var warnings: [String] = []

    /// Reads the modules; without any, vectors are means, as Sentence Transformers has it.
    init(_ folder: CheckpointFolder) throws(ConversionError) {
        let file = folder.path(of: "modules.json")
        guard let modules = try folder.value(in: "modules.json") else {
            (mode, normalizes) = (.mean, false)
            warnings = ["no modules.json says how hidden states become a vector; their mean is used"]
            return
        }
        guard let list = modules.array else { throw .notAnArray(file: file) }
        let kinds = list.map { $0["type"]?.string?.split(separator: ".").last.map(String.init) ?? "" }
        normalizes = kinds.contains("Normalize")
        for kind in kinds where !["Transformer", "Pooling", "Normalize"].contains(kind) {
            warnings.append("modules.json names a module '\(kind)', which a GGUF has no place for; it is left out")
        }
        guard let place = kinds.firstIndex(of: "Pooling") else {
            mode = .mean
            warnings.append("modules.json names no pooling; the mean of hidden states is used")
            return
        }
        let path = list[place]["path"]?.string ?? ""
        guard !path.isEmpty, !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
            throw .value(file: file, key: "path", found: "\"\(path)\"", wanted: "a folder inside the checkpoint")
        }
        mode = try Self.mode(folder, "\(path)/\(CheckpointFolder.configName)")
    }

    private static func mode(_ folder: CheckpointFolder, _ name: String) throws(ConversionError) -> Mode {
        guard let config = try folder.object(in: name) else { throw .missingFile(folder: folder.path, name: name) }
        let spelled: [(key: String, mode: Mode?)] = [
            ("mean_tokens", .mean), ("cls_token", .cls), ("lasttoken", .last), ("max_tokens", nil), ("mean_sqrt_len_tokens", nil),
            ("weightedmean_tokens", nil),
        ]
        let chosen = spelled.filter { config["pooling_mode_\($0.key)"]?.bool ?? false }
        let named: [String: Mode] = ["mean": .mean, "cls": .cls, "lasttoken": .last]
        if chosen.count == 1, let mode = chosen[0].mode { return mode }
        if chosen.isEmpty, let mode = config["pooling_mode"]?.string.flatMap({ named[$0] }) { return mode }
        throw .value(
            file: folder.path(of: name), key: "pooling_mode",
            found: chosen.isEmpty ? "missing or unknown" : chosen.map(\.key).joined(separator: " and "),
            wanted: "one of mean_tokens, cls_token and lasttoken")
    }

    /// Whether a folder says how states are pooled: a decoder's is an embedder then.
    static func isNamed(in folder: CheckpointFolder) -> Bool { folder.hasFile("modules.json") }

    func write(to metadata: inout GGUFMetadata, architecture: String) {
        metadata[GGUFKey.poolingType(architecture)] = .uint32(mode.rawValue)
        if normalizes { metadata[GGUFKey.normalizesEmbeddings(architecture)] = .bool(true) }
    }
}
