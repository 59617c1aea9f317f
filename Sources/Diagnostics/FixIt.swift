/// Changes to a text that mend a diagnostic.
public struct FixIt: Sendable, Hashable {
    /// One replacement; an empty range inserts, an empty text deletes.
    public struct Edit: Sendable, Hashable {
        public var range: SourceRange
        public var text: String

        public init(_ range: SourceRange, _ text: String) {
            self.range = range
            self.text = text
        }
    }

    /// What the change does, as an order: "write 'PARAMETER'".
    public var message: String
    public var edits: [Edit]

    public init(_ message: String, _ edits: [Edit]) {
        self.message = message
        self.edits = edits
    }

    public static func replace(_ range: SourceRange, with text: String) -> FixIt {
        FixIt("write '\(text)'", [Edit(range, text)])
    }

    public static func insert(_ text: String, at offset: Int, _ message: String) -> FixIt {
        FixIt(message, [Edit(offset..<offset, text)])
    }

    public static func delete(_ range: SourceRange, _ message: String) -> FixIt { FixIt(message, [Edit(range, "")]) }
}

extension SourceText {
    /// The text with the edits of `fixIts` made. Where a fix-it overlaps an earlier one, all of the later one is left out.
    public func applying(_ fixIts: [FixIt]) -> String {
        var accepted: [FixIt.Edit] = []
        for fixIt in fixIts where !fixIt.edits.contains(where: { edit in accepted.contains { Self.clash($0.range, edit.range) } }) {
            accepted += fixIt.edits
        }
        var result: [UInt8] = []
        var copied = 0
        for edit in accepted.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            let range = edit.range.clamped(to: copied..<bytes.count)
            result += bytes[copied..<range.lowerBound]
            result += edit.text.utf8
            copied = range.upperBound
        }
        result += bytes[copied...]
        return String(decoding: result, as: UTF8.self)
    }

    private static func clash(_ first: SourceRange, _ second: SourceRange) -> Bool {
        first.overlaps(second) || first == second
    }
}
