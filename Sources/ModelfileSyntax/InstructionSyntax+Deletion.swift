public import Diagnostics

extension InstructionSyntax {
    /// A fix-it that takes the instruction out, with the blanks around it and its line's end.
    public func deletion(in source: SourceText) -> FixIt { .delete(source.lines(around: range), "delete the line") }
}

extension SourceText {
    /// The range with the blanks around it and the line end behind it: what goes when what stands there goes.
    func lines(around range: SourceRange) -> SourceRange {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, SourceCursor.isBlank(bytes[start - 1]) { start -= 1 }
        while end < bytes.count, SourceCursor.isBlank(bytes[end]) { end += 1 }
        if end < bytes.count, bytes[end] == 0x0D { end += 1 }
        if end < bytes.count, bytes[end] == 0x0A { end += 1 }
        return start..<end
    }
}
