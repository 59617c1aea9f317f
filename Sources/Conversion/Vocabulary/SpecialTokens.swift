import GGUF
import JSONText

/// The tokens that begin, end and pad a text, gathered from all the files that name them.
///
/// tokenizer_config.json comes first, since that is what transformers obeys; then special_tokens_map.json, config.json,
/// generation_config.json and the vocabulary's own trainer. Where a later one disagrees, a warning says so.
struct SpecialTokens {
    private(set) var ids: [Role: Int] = [:]
    /// All ends that generation stops at, where a file lists several.
    private(set) var endIDs: [Int] = []
    private(set) var warnings: [String] = []

    enum Role: String, CaseIterable, Sendable {
        case bos, eos, unk, sep, pad, cls, mask

        var key: String {
            switch self {
            case .bos: GGUFKey.bosTokenID
            case .eos: GGUFKey.eosTokenID
            case .unk: GGUFKey.unknownTokenID
            case .sep: GGUFKey.separatorTokenID
            case .pad: GGUFKey.paddingTokenID
            case .cls: GGUFKey.classTokenID
            case .mask: GGUFKey.maskTokenID
            }
        }
    }

    /// A file that names special tokens.
    struct Source {
        let file: String
        let members: JSONObject
        /// Whether tokens are named by their text (`bos_token`) or by id (`bos_token_id`).
        let namesTexts: Bool
    }

    private let count: Int

    /// - Parameters:
    ///   - sources: the first one to name a token counts.
    ///   - trained: ids by the vocabulary's own trainer.
    ///   - tokenIDs: the vocabulary's ids by text.
    init(sources: [Source], trained: [Role: Int], tokenIDs: [[UInt8]: Int], count: Int) {
        self.count = count
        for role in Role.allCases {
            var winner: (file: String, id: Int)?
            for source in sources {
                let named = ids(of: role, in: source, tokenIDs)
                guard let first = named.first else { continue }
                if role == .eos, named.count > endIDs.count { endIDs = named }
                guard let winner else {
                    winner = (source.file, first)
                    continue
                }
                if !named.contains(winner.id) {
                    warnings.append(
                        "\(role.rawValue) token: '\(winner.file)' says \(winner.id), '\(source.file)' says "
                            + "\(named.map(String.init).joined(separator: ", ")); \(winner.id) is used")
                }
            }
            ids[role] = winner?.id ?? trained[role].flatMap { (0..<count).contains($0) ? $0 : nil }
        }
        if let end = ids[.eos], !endIDs.isEmpty, !endIDs.contains(end) { endIDs.insert(end, at: 0) }
    }

    /// The ids that a file names for a role: none, one, or a list. What is out of range is left out with a warning.
    private mutating func ids(of role: Role, in source: Source, _ tokenIDs: [[UInt8]: Int]) -> [Int] {
        if source.namesTexts {
            let value = source.members["\(role.rawValue)_token"]
            guard let text = value?.string ?? value?["content"]?.string else { return [] }
            return tokenIDs[Array(text.utf8)].map { [$0] } ?? []
        }
        guard let value = source.members["\(role.rawValue)_token_id"], !value.isNull else { return [] }
        let listed = value.array ?? [value]
        let valid = listed.compactMap(\.int).filter { (0..<count).contains($0) }
        if valid.count < listed.count {
            warnings.append(
                "'\(source.file)': '\(role.rawValue)_token_id' is \(CheckpointConfig.found(value)), "
                    + "wanted an id from 0 to \(count - 1); left out")
        }
        return valid
    }

    subscript(role: Role) -> Int? {
        get { ids[role] }
        set { ids[role] = newValue }
    }

    func write(to metadata: inout GGUFMetadata) {
        for role in Role.allCases {
            if let id = ids[role] { metadata[role.key] = .uint32(UInt32(id)) }
        }
        // llama.cpp knows one end only and finds the others by their names.
        if endIDs.count > 1 {
            metadata[GGUFKey.eosTokenIDs] = .array(.int32(endIDs.map { Int32(clamping: $0) }))
        }
    }
}
