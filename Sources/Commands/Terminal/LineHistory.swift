import Bytes

/// Lines typed before, kept in `~/.ollama/history` (100 of them) unless OLLAMA_NOHISTORY says otherwise.
package struct LineHistory {
    package private(set) var lines: [String]
    /// Where the user is while leafing through; `lines.count` is the line being typed.
    private var position: Int
    private var draft = ""
    private let file: String?
    /// `/set nohistory` stops keeping lines.
    package var isEnabled = true

    package static let capacity = 100

    /// - Parameter file: where lines are kept between runs; nil keeps them for this run only.
    package init(file: String?) {
        self.file = file
        let stored = file.flatMap { try? ByteRegion.mapping($0).text() } ?? ""
        lines = stored.split(separator: "\n").map(String.init).suffix(Self.capacity)
        position = lines.count
    }

    package mutating func add(_ line: String) {
        defer { position = lines.count }
        // A history line is one line of the file; longer texts are joined as Ollama's are lost.
        let flat = line.replacing("\n", with: " ")
        guard isEnabled, !flat.allSatisfy(\.isWhitespace), lines.last != flat else { return }
        lines.append(flat)
        if lines.count > Self.capacity { lines.removeFirst(lines.count - Self.capacity) }
        save()
    }

    /// A history that cannot be kept is no reason to end a conversation.
    private func save() {
        guard let file else { return }
        if let slash = file.lastIndex(of: "/") { try? FileSystem.makeFolder(String(file[..<slash])) }
        try? FileReplacement.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: file, mode: 0o600)
    }

    /// The line before the one shown, keeping what was typed so far for the way back.
    package mutating func previous(current: String) -> String? {
        guard position > 0 else { return nil }
        if position == lines.count { draft = current }
        position -= 1
        return lines[position]
    }

    package mutating func next() -> String? {
        guard position < lines.count else { return nil }
        position += 1
        return position == lines.count ? draft : lines[position]
    }
}
