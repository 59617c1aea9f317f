/// What a comparison of two templates found.
public struct ProofReport: Sendable {
    public enum Outcome: Sendable, Equatable {
        case equal
        /// The first token that differs, where tokens were compared.
        case different(TokenDivergence?)
        /// The model's own template does not take the conversation; the reason in its words.
        case refused(String)
        /// A Go template cannot say it, whoever writes it.
        case inexpressible(String)
    }

    public struct CaseResult: Sendable, Equatable {
        public let name: String
        public let about: String
        public let outcome: Outcome
    }

    public let templateSource: String
    /// What was compared is the template behind a RENDERER, which nobody can edit.
    public let isOfRenderer: Bool
    public let referenceSource: String
    /// Whether token ids were compared, not just texts.
    public internal(set) var comparesTokens = false
    public internal(set) var results: [CaseResult] = []
    /// The worst first: those that most conversations show.
    public internal(set) var mistakes: [PromptMistake] = []

    init(templateSource: String, referenceSource: String, isOfRenderer: Bool = false) {
        (self.templateSource, self.referenceSource, self.isOfRenderer) = (templateSource, referenceSource, isOfRenderer)
    }

    /// No conversation differs, and at least one could be compared.
    public var isProven: Bool { differentCount == 0 && equalCount > 0 }

    public var equalCount: Int { results.count { $0.outcome == .equal } }
    public var differentCount: Int {
        results.count { if case .different = $0.outcome { true } else { false } }
    }

    /// The conversations that could not be compared, with the reason.
    public var skipped: [(name: String, reason: String)] {
        results.compactMap { result in
            switch result.outcome {
            case .refused(let reason): (result.name, "the model's own template refuses it: \(reason)")
            case .inexpressible(let reason): (result.name, reason)
            case .equal, .different: nil
            }
        }
    }

    mutating func add(_ mistake: PromptMistake, in name: String) {
        if let index = mistakes.firstIndex(where: { $0.isSameCause(as: mistake) }) {
            if mistakes[index].cases.last != name { mistakes[index].cases.append(name) }
            mistakes[index].places.formUnion(mistake.places)
        } else {
            var mistake = mistake
            mistake.cases = [name]
            mistakes.append(mistake)
        }
    }

    mutating func sortMistakes() {
        mistakes = mistakes.enumerated().sorted {
            ($1.element.cases.count, $0.offset) < ($0.element.cases.count, $1.offset)
        }.map(\.element)
    }
}
