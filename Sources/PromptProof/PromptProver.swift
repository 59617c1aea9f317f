public import ChatPrompt
import GoTemplate
import JinjaTemplate
public import Tokenization

/// Proves that a template says to a model what the model's own template says, conversation by conversation.
///
///     let proof = PromptProver(template: template, reference: jinja, tokenizer: tokenizer)
///     let report = proof.run()
///     report.isProven
public struct PromptProver: Sendable {
    /// The Modelfile's template, run by Ollama's rules, or a renderer's.
    let template: any ProvableTemplate
    /// The model's own template.
    let reference: JinjaChatTemplate
    /// Nil compares texts, where no vocabulary is at hand.
    let tokenizer: Tokenizer?

    public init(template: any ProvableTemplate, reference: JinjaChatTemplate, tokenizer: Tokenizer?) {
        (self.template, self.reference, self.tokenizer) = (template, reference, tokenizer)
    }

    public func run(_ cases: [ProofCase] = ProofBattery.cases) -> ProofReport {
        var report = ProofReport(
            templateSource: template.provableSource, referenceSource: reference.program.source,
            isOfRenderer: template is JinjaChatTemplate)
        report.comparesTokens = tokenizer != nil
        for proofCase in cases {
            let (outcome, findings) = prove(proofCase)
            report.results.append(ProofReport.CaseResult(name: proofCase.name, about: proofCase.about, outcome: outcome))
            for finding in findings { report.add(finding, in: proofCase.name) }
        }
        report.sortMistakes()
        return report
    }

    // MARK: - One conversation

    private func prove(_ proofCase: ProofCase) -> (ProofReport.Outcome, [PromptMistake]) {
        var verdict = compare(proofCase, against: proofCase)
        guard case .different = verdict.0 else { return verdict }
        // What a Go template cannot say would hide what it says wrong: the nearest comparison tells most.
        func keep(_ other: (ProofReport.Outcome, [PromptMistake])) {
            if case .different = other.0, other.1.count < verdict.1.count { verdict = other }
        }
        // A template may as well end the answer and begin another: so does transformers, unless it is told to go on.
        if proofCase.features.contains(.begunAnswer) {
            let ended = proofCase.without(.begunAnswer)
            let other = compare(ended, against: ended)
            if case .equal = other.0 { return other }
            keep(other)
        }
        for relaxation in Relaxation.fitting(proofCase) {
            let (given, wanted) = relaxation.apply(to: proofCase)
            let other = compare(given, against: wanted)
            if case .equal = other.0 { return (.inexpressible(relaxation.reason), []) }
            keep(other)
        }
        return verdict
    }

    /// - Parameters:
    ///   - given: what the Go template gets.
    ///   - wanted: what the model's own template gets.
    private func compare(_ given: ProofCase, against wanted: ProofCase) -> (ProofReport.Outcome, [PromptMistake]) {
        let think = given.think.resolved(canThink: template.capabilities.contains(.thinking))
        let pair: PromptPair
        do throws(ChatPromptError) {
            let expected = try ReferencePrompt(reference, wanted, think)
            pair = PromptPair(proofCase: wanted, expected: expected, found: PromptTrace())
        } catch {
            return (.refused(error.problem), [])
        }
        do throws(ChatPromptError) {
            let messages =
                given.messages.contains { $0.imageCount > 0 } ? ChatMessage.taggingImages(given.messages) : given.messages
            var found = try template.provableTrace(messages, tools: given.tools, think: think)
            if let picture = pair.expected.picture { found = found.replacingImageTags(with: picture) }
            return pair.with(found: found).verdict(tokenizer)
        } catch {
            return (.different(nil), [PromptMistake(failure: error)])
        }
    }
}

/// What keeps a Go template from saying what the model's own template says, through no mistake of its writer.
enum Relaxation: CaseIterable, Equatable {
    case joinedMessages
    /// The contents of these roles are trimmed.
    case trimmedContents([String])
    case sortedProperties

    static let allCases: [Relaxation] =
        [.joinedMessages] + subsets(of: ["user", "system", "assistant"]).map { .trimmedContents($0) } + [.sortedProperties]

    /// Every choice of at least one, the largest first.
    private static func subsets(of roles: [String]) -> [[String]] {
        (1..<(1 << roles.count)).map { bits in roles.indices.filter { bits >> $0 & 1 == 1 }.map { roles[$0] } }
            .sorted { $0.count > $1.count }
    }

    static func fitting(_ proofCase: ProofCase) -> [Relaxation] {
        allCases.filter { relaxation in
            switch relaxation {
            case .joinedMessages: proofCase.features.contains(.sameRoleTwice)
            case .trimmedContents: proofCase.features.contains(.whiteSpace)
            case .sortedProperties: proofCase.features.contains(.keyOrder)
            }
        }
    }

    var reason: String {
        switch self {
        case .joinedMessages: "Ollama joins neighbouring messages of one role before a template sees them"
        case .trimmedContents: "the model's own template trims contents, for which Go templates have no function"
        case .sortedProperties: "Go templates see the properties of a tool in alphabetical order"
        }
    }

    /// The case as the Go template gets it, and as the model's own template has to get it for both to be the same.
    func apply(to proofCase: ProofCase) -> (given: ProofCase, wanted: ProofCase) {
        switch self {
        case .joinedMessages: (proofCase, proofCase.with(messages: ChatMessage.joiningNeighbours(proofCase.messages)))
        case .trimmedContents(let roles):
            (
                proofCase.with(
                    messages: proofCase.messages.map { message in
                        guard roles.contains(message.role) else { return message }
                        var message = message
                        message.content = message.content.trimmingWhiteSpace
                        return message
                    }), proofCase
            )
        case .sortedProperties: (proofCase, proofCase.with(tools: proofCase.tools.map { $0.sortingProperties() }))
        }
    }
}

extension ChatPromptError {
    /// The complaint without the name of the template in front.
    var problem: String {
        switch self {
        case .jinja(let error): error.fault.problem
        case .template(let error): error.fault.problem
        case .shape: description
        }
    }
}
