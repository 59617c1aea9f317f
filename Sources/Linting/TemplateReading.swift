import GoTemplate
import Synchronization

/// The text of a template, read: parsed, tried on conversations, its tokens found. Each is done once, for all rules that ask.
final class TemplateReading: Sendable {
    let text: String
    let parsed: Result<ParsedTemplate, TemplateError>
    /// What it asks its data for, in lower case; nothing where it does not parse.
    private let names: Set<String>
    /// What it writes round answers, nil where that cannot be told; not known before somebody asks, since it means to run the template.
    private let knownFrame = Mutex<AnswerFrame??>(nil)
    private let knownTokens = Mutex<TemplateTokens?>(nil)

    init(_ text: String) {
        self.text = text
        // Which day it is only matters when the template runs.
        let functions = TemplateFunctions.ollama(today: { 0 })
        let parsed = Result { () throws(TemplateError) in try ParsedTemplate(text, functions: functions) }
        self.parsed = parsed
        names = (try? parsed.get())?.mentionedNames ?? []
    }

    /// Whether it asks for a name, letter case aside.
    func mentions(_ name: String) -> Bool { names.contains(name.lowercased()) }

    var tree: ParsedTemplate? { try? parsed.get() }

    var frame: AnswerFrame? {
        knownFrame.withLock { known in
            if let known { return known }
            let found = tree.flatMap(AnswerFrame.init)
            known = .some(found)
            return found
        }
    }

    var tokens: TemplateTokens {
        knownTokens.withLock { known in
            if let known { return known }
            let found = TemplateTokens(text)
            known = found
            return found
        }
    }
}

/// Readings of templates, kept from one check to the next: an editor checks after every letter, and most letters are not the
/// template's. The targets of one file share them too.
public final class TemplateShelf: Sendable {
    private static let countLimit = 8

    /// The one asked for last stands last.
    private let readings = Mutex<[TemplateReading]>([])

    public init() {}

    func reading(of text: String) -> TemplateReading {
        readings.withLock { readings in
            let place = readings.firstIndex { $0.text.utf8.count == text.utf8.count && $0.text.utf8.elementsEqual(text.utf8) }
            let reading = place.map { readings.remove(at: $0) } ?? TemplateReading(text)
            if readings.count >= Self.countLimit { readings.removeFirst() }
            readings.append(reading)
            return reading
        }
    }
}
