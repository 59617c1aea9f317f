internal import JSONText

/// Finds calls of tools in a reply that comes piece by piece.
///
/// Text before the tag is the answer. After the tag, every balanced JSON object with the name of a known tool in it or before it
/// is a call; what else stands there is dropped. For the tags `{` and `[` a reply is a call only if nothing but white space comes
/// before, and where no call comes of it, it is passed on as text. The result does not depend on how the reply was cut.
public struct ToolCallParser: Sendable {
    /// What a piece of reply brought.
    public struct Part: Sendable, Equatable {
        public var content = ""
        public var calls: [ToolCall] = []

        package init(content: String = "", calls: [ToolCall] = []) {
            self.content = content
            self.calls = calls
        }
    }

    private enum State { case beforeTag, calling, passing }

    private let tag: [UInt8]
    private let names: [[UInt8]]
    private var state = State.beforeTag
    private var buffer: [UInt8] = []
    private var callCount = 0
    private var scan = JSONObjectScan()

    /// - Parameters:
    ///   - tools: the tools that were offered; others are never called.
    ///   - tag: what begins a call, `{` where nothing else does.
    public init(tools: [ToolDefinition], tag: String) {
        self.init(toolNames: tools.map(\.name), tag: tag)
    }

    public init(toolNames: [String], tag: String) {
        self.tag = Array((tag.isEmpty ? "{" : tag).utf8)
        names = toolNames.filter { !$0.isEmpty }.map { Array($0.utf8) }
    }

    /// The tag is itself the beginning of JSON.
    private var isBareJSON: Bool { tag == [UInt8(ascii: "{")] || tag == [UInt8(ascii: "[")] }

    public mutating func consume(_ piece: String) -> Part {
        var part = Part()
        if state == .passing {
            part.content = piece
            return part
        }
        buffer += piece.utf8
        if state == .beforeTag { lookForTag(&part) }
        if state == .calling { takeCalls(&part) }
        return part
    }

    /// What was held back when the reply ended, as far as it is text: the beginning of a tag, or JSON that was no call.
    public mutating func finish() -> Part {
        defer { buffer = [] }
        guard state == .beforeTag || (state == .calling && isBareJSON && callCount == 0) else { return Part() }
        return Part(content: String(decoding: buffer, as: UTF8.self))
    }

    private mutating func lookForTag(_ part: inout Part) {
        let found = buffer.firstOffset(of: tag)
        let kept = found.map { buffer.count - $0 } ?? buffer.lengthOfSuffix(beginning: tag)
        let content = String(decoding: buffer.dropLast(kept), as: UTF8.self)
        part.content += content
        buffer.removeFirst(buffer.count - kept)
        if isBareJSON, !content.trimmingBlanks.isEmpty { return passOn(&part) }
        if found != nil { state = .calling }
    }

    /// Everything from here on is text.
    private mutating func passOn(_ part: inout Part) {
        part.content += String(decoding: buffer, as: UTF8.self)
        buffer = []
        state = .passing
    }

    private mutating func takeCalls(_ part: inout Part) {
        while let object = scan.next(in: buffer) {
            if let call = call(object) {
                part.calls.append(call)
                callCount += 1
                // What lies before the next call may name its tool, what lies before this one may not.
                buffer.removeFirst(object.upperBound)
                scan.restart()
            } else if tag == [UInt8(ascii: "{")], callCount == 0 {
                return passOn(&part)
            }
        }
        if tag == [UInt8(ascii: "[")], callCount == 0, scan.closedBracket { passOn(&part) }
    }

    private func call(_ range: Range<Int>) -> ToolCall? {
        guard let name = name(in: buffer[..<range.upperBound]),
            let object = try? JSONValue(parsing: Array(buffer[range]), limits: .lenient).object
        else { return nil }
        let text = String(decoding: name, as: UTF8.self)
        switch ToolArguments.find(in: object, toolName: text) {
        case .found(let arguments): return ToolCall(index: callCount, name: text, arguments: arguments)
        case .missing: return nil
        case .elsewhere: return ToolCall(index: callCount, name: text, arguments: object)
        }
    }

    /// The known name that comes first in the text, the longest where several begin there.
    private func name(in text: ArraySlice<UInt8>) -> [UInt8]? {
        let text = Array(text)
        var best: (start: Int, name: [UInt8])?
        for name in names {
            guard let start = text.firstOffset(of: name) else { continue }
            if let best, start > best.start || (start == best.start && name.count <= best.name.count) { continue }
            best = (start, name)
        }
        return best?.name
    }
}
