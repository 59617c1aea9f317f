import ChatPrompt

/// Tells what kind of mistake a difference is, from what stands in it and round it.
struct MistakeClassifier {
    let proofCase: ProofCase
    let expected: PromptTrace
    let found: PromptTrace
    /// The prompt that ought to be, without the beginning of an answer; nil where it could not be made.
    let withoutGenerationPrompt: [UInt8]?

    private let expectedText: String
    private let foundText: String

    init(_ proofCase: ProofCase, expected: PromptTrace, found: PromptTrace, withoutGenerationPrompt: [UInt8]?) {
        (self.proofCase, self.expected, self.found) = (proofCase, expected, found)
        self.withoutGenerationPrompt = withoutGenerationPrompt
        (expectedText, foundText) = (expected.text, found.text)
    }

    func kind(of hunk: PromptHunk) -> MistakeKind {
        let old = expected.text(hunk.expected)
        let new = found.text(hunk.found)
        if old.isBlank, new.isBlank { return whiteSpace(hunk, old, new) }
        return contents(old, new) ?? dates(old, new) ?? ending(hunk, old, new) ?? roles(old, new) ?? tools(hunk, old, new)
            ?? turnEnds(hunk, old, new) ?? defaultSystem(hunk, old, new) ?? headers(hunk)
            ?? (new.isEmpty ? .missingText : old.isEmpty ? .extraText : .otherText)
    }

    // MARK: - White space

    private func whiteSpace(_ hunk: PromptHunk, _ old: String, _ new: String) -> MistakeKind {
        if isAtPaddedContent(hunk) { return .trimming }
        let (oldLines, newLines) = (old.lineBreaks, new.lineBreaks)
        if oldLines != newLines { return oldLines > newLines ? .missingNewline : .extraNewline }
        return old.utf8.count >= new.utf8.count ? .missingSpace : .extraSpace
    }

    /// Whether the white space belongs to a content that begins or ends with some.
    private func isAtPaddedContent(_ hunk: PromptHunk) -> Bool {
        proofCase.messages.contains { message in
            let core = message.content.trimmingWhiteSpace
            guard core != message.content, !core.isEmpty else { return false }
            return [(expected.bytes, hunk.expected), (found.bytes, hunk.found)].contains { bytes, range in
                bytes.ranges(of: Array(core.utf8)).contains { place in
                    Self.isBlank(bytes, between: place, and: range)
                }
            }
        }
    }

    private static func isBlank(_ bytes: [UInt8], between first: Range<Int>, and second: Range<Int>) -> Bool {
        if first.overlaps(second) { return false }
        let gap =
            first.upperBound <= second.lowerBound ? first.upperBound..<second.lowerBound : second.upperBound..<first.lowerBound
        return bytes[gap].allSatisfy { $0 <= 0x20 }
    }

    // MARK: - What the conversation says

    /// A text of the conversation, and what it means that it is missing.
    private struct Saying {
        let text: String
        let lost: MistakeKind
        let moved: MistakeKind?
    }

    private var sayings: [Saying] {
        var sayings: [Saying] = []
        for tool in proofCase.tools { sayings.append(Saying(text: tool.name, lost: .lostTools, moved: .movedTools)) }
        for message in proofCase.messages {
            for call in message.toolCalls { sayings.append(Saying(text: call.name, lost: .lostCall, moved: nil)) }
            sayings.append(Saying(text: message.thinking, lost: .lostThinking, moved: nil))
            switch message.role {
            case "system": sayings.append(Saying(text: message.content, lost: .missingSystem, moved: .movedSystem))
            case "tool": sayings.append(Saying(text: message.content, lost: .lostResult, moved: nil))
            case "user": sayings.append(Saying(text: message.content, lost: .missingQuestion, moved: nil))
            default: sayings.append(Saying(text: message.content, lost: .missingAnswer, moved: nil))
            }
        }
        return sayings.map { Saying(text: $0.text.trimmingWhiteSpace, lost: $0.lost, moved: $0.moved) }.filter { !$0.text.isEmpty }
    }

    private func contents(_ old: String, _ new: String) -> MistakeKind? {
        for saying in sayings {
            let (inOld, inNew) = (old.contains(saying.text), new.contains(saying.text))
            if inOld == inNew { continue }
            if inOld {
                if !foundText.contains(saying.text) { return saying.lost }
                // A tool's name stands in its definition and in every call of it.
                if saying.lost == .lostTools, !proofCase.messages.contains(where: { !$0.toolCalls.isEmpty }) { return saying.moved }
                if saying.lost == .lostTools || saying.lost == .lostCall {
                    if foundText.occurrences(of: saying.text) < expectedText.occurrences(of: saying.text) {
                        return old.contains("parameters") || old.contains("properties") ? .lostTools : .lostCall
                    }
                    continue
                }
                if let moved = saying.moved { return moved }
            } else if saying.lost == .lostThinking, !expectedText.contains(saying.text) {
                return .keptThinking
            } else if let moved = saying.moved, saying.lost == .missingSystem {
                return moved
            }
        }
        return nil
    }

    // MARK: - Frames

    private func dates(_ old: String, _ new: String) -> MistakeKind? {
        let date = /[0-9]{1,4}[- ]([0-9]{2}|[A-Z][a-z]{2,8})[- ][0-9]{2,4}/
        return old.firstMatch(of: date) != nil && new.firstMatch(of: date) != nil ? .date : nil
    }

    /// The end of the prompt, where the answer begins.
    private func ending(_ hunk: PromptHunk, _ old: String, _ new: String) -> MistakeKind? {
        if proofCase.features.contains(.begunAnswer) { return nil }
        let generationStart = withoutGenerationPrompt.flatMap { text in
            expected.bytes.starts(with: text) && text.count < expected.bytes.count ? text.count : nil
        }
        guard hunk.expected.lowerBound >= generationStart ?? expected.bytes.count else { return nil }
        let isAtEnd = found.bytes[hunk.found.upperBound...].allSatisfy { $0 <= 0x20 }
        if (old + new).contains("think") || (old + new).contains("THINK") { return .thinkingSwitch }
        if new.isEmpty, isAtEnd { return .missingGenerationPrompt }
        if let swapped = roles(old, new) { return swapped }
        return .wrongGenerationPrompt
    }

    private static let roleNames = ["system", "user", "assistant", "tool", "model", "human", "developer", "ipython", "chatbot"]

    /// The roles that a text names, as whole words in whatever case.
    private static func rolesNamed(in text: String) -> [String] {
        let words = text.lowercased().split { !$0.isLetter }.map(String.init)
        return words.filter(roleNames.contains)
    }

    private func roles(_ old: String, _ new: String) -> MistakeKind? {
        let (first, second) = (Self.rolesNamed(in: old), Self.rolesNamed(in: new))
        guard let oldRole = first.first, let newRole = second.first, first.count == 1, second.count == 1, oldRole != newRole else {
            return nil
        }
        return old.utf8.count < 60 && new.utf8.count < 60 ? .swappedHeader : nil
    }

    private func tools(_ hunk: PromptHunk, _ old: String, _ new: String) -> MistakeKind? {
        guard !proofCase.features.isDisjoint(with: [.tools, .toolCalls]) else { return nil }
        if !old.isEmpty, !new.isEmpty, old.spelling == new.spelling { return .toolSpelling }
        let isJSON = (old + new).contains { "{}[]\":".contains($0) }
        return isJSON || (old + new).lowercased().contains("tool") ? .toolFrame : nil
    }

    private func turnEnds(_ hunk: PromptHunk, _ old: String, _ new: String) -> MistakeKind? {
        guard follows(hunk) else { return nil }
        let (oldEnds, newEnds) = (old.beginsWithMark, new.beginsWithMark)
        if oldEnds, newEnds { return .wrongEndOfTurn }
        if oldEnds { return new.isBlank ? .missingEndOfTurn : .wrongEndOfTurn }
        if newEnds { return old.isBlank ? .extraEndOfTurn : .wrongEndOfTurn }
        return nil
    }

    /// Whether the hunk stands right behind a message's content.
    private func follows(_ hunk: PromptHunk) -> Bool {
        let before = expected.bytes[..<hunk.expected.lowerBound]
        return proofCase.messages.contains { message in
            let core = Array(message.content.trimmingWhiteSpace.utf8)
            guard !core.isEmpty else { return false }
            let end = before.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? 0
            return before[..<end].suffix(core.count).elementsEqual(core)
        }
    }

    private func defaultSystem(_ hunk: PromptHunk, _ old: String, _ new: String) -> MistakeKind? {
        guard !proofCase.messages.contains(where: { $0.role == "system" && !$0.content.isEmpty }), proofCase.tools.isEmpty,
            let first = proofCase.messages.first.map({ Array($0.content.trimmingWhiteSpace.utf8) }), !first.isEmpty,
            let place = expected.bytes.ranges(of: first).first, hunk.expected.upperBound <= place.lowerBound
        else { return nil }
        let words = { (text: String) in text.split { !$0.isLetter }.count }
        if new.isBlank, words(old) >= 3 { return .missingDefaultSystem }
        return old.isBlank && words(new) >= 3 ? .extraDefaultSystem : nil
    }

    /// Right in front of a content, with nothing but a line break between.
    private func headers(_ hunk: PromptHunk) -> MistakeKind? {
        let rest = expected.bytes[hunk.expected.upperBound...].drop { $0 <= 0x20 }
        let isBeforeContent = proofCase.messages.contains { message in
            let core = Array(message.content.trimmingWhiteSpace.utf8)
            return !core.isEmpty && rest.starts(with: core)
        }
        return isBeforeContent && !hunk.expected.isEmpty && !hunk.found.isEmpty ? .wrongHeader : nil
    }
}
