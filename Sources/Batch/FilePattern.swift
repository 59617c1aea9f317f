import Bytes

/// Finds files by a pattern as shells know them: `*`, `?` and `[a-z]` inside a name, `**` for any folders between.
struct FilePattern {
    private let parts: [Substring]
    private let isAbsolute: Bool

    /// Folders that `**` goes down; links among them could go round in circles.
    private static let depthLimit = 32
    private static let hitLimit = 100_000

    /// Whether a text has anything in it that only patterns have.
    static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }

    init(_ text: String) {
        isAbsolute = text.hasPrefix("/")
        parts = text.split(separator: "/").filter { $0 != "." }
    }

    /// The paths that fit, sorted by their bytes; relative patterns start at `folder`, and so do the paths found.
    func paths(in folder: String) -> [String] {
        var found: [String] = []
        find(parts[...], at: isAbsolute ? "/" : "", folder: folder, depth: 0, into: &found)
        var unique: [String] = []
        for path in found.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where path != unique.last {
            unique.append(path)
        }
        return unique
    }

    private func find(_ rest: ArraySlice<Substring>, at path: String, folder: String, depth: Int, into found: inout [String]) {
        guard let part = rest.first else {
            if found.count < Self.hitLimit, !path.isEmpty { found.append(path) }
            return
        }
        let here = PathText.joined(folder, path)
        guard part == "**" || Self.isPattern(String(part)) else {
            let next = PathText.joined(path, String(part))
            if (try? FileStatus.ifPresent(PathText.joined(folder, next))) != nil {
                find(rest.dropFirst(), at: next, folder: folder, depth: depth, into: &found)
            }
            return
        }
        let names = (try? Folder(here.isEmpty ? "." : here).names()) ?? []
        if part == "**" {
            find(rest.dropFirst(), at: path, folder: folder, depth: depth, into: &found)
            guard depth < Self.depthLimit else { return }
            for name in names where !name.hasPrefix(".") {
                let next = PathText.joined(path, name)
                guard (try? FileStatus(path: PathText.joined(folder, next), followsLinks: false))?.kind == .folder else { continue }
                find(rest, at: next, folder: folder, depth: depth + 1, into: &found)
            }
            return
        }
        let pattern = Array(part.unicodeScalars)
        for name in names
        where name.hasPrefix(".") == part.hasPrefix(".") && Self.matches(pattern[...], Array(name.unicodeScalars)[...]) {
            find(rest.dropFirst(), at: PathText.joined(path, name), folder: folder, depth: depth, into: &found)
        }
    }

    /// Whether a name fits a pattern without slashes. A star is tried with as little as possible, and only the last one is gone back to.
    static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ name: ArraySlice<Unicode.Scalar>) -> Bool {
        var (pattern, name) = (pattern, name)
        var retry: (pattern: ArraySlice<Unicode.Scalar>, name: ArraySlice<Unicode.Scalar>)?
        while true {
            if pattern.first == "*" {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
            } else if let scalar = name.first, let rest = matchOne(pattern, scalar) {
                (pattern, name) = (rest, name.dropFirst())
            } else if name.isEmpty, pattern.isEmpty {
                return true
            } else if let last = retry, !last.name.isEmpty {
                retry = (last.pattern, last.name.dropFirst())
                (pattern, name) = (last.pattern, last.name.dropFirst())
            } else {
                return false
            }
        }
    }

    /// What is left of the pattern behind the part that fits one character.
    private static func matchOne(_ pattern: ArraySlice<Unicode.Scalar>, _ scalar: Unicode.Scalar) -> ArraySlice<Unicode.Scalar>? {
        guard let first = pattern.first else { return nil }
        if first == "?" { return pattern.dropFirst() }
        guard first == "[", let close = pattern.dropFirst(2).firstIndex(of: "]") else {
            return first == scalar ? pattern.dropFirst() : nil
        }
        var set = pattern[pattern.index(after: pattern.startIndex)..<close]
        let isNegated = set.first == "!" || set.first == "^"
        if isNegated { set = set.dropFirst() }
        var isInside = false
        while let low = set.first {
            let isRange = set.count > 2 && set[set.startIndex + 1] == "-"
            let high = isRange ? set[set.startIndex + 2] : low
            if low <= scalar, scalar <= high { isInside = true }
            set = set.dropFirst(isRange ? 3 : 1)
        }
        return isInside == isNegated ? nil : pattern[(close + 1)...]
    }
}

/// Paths as texts.
enum PathText {
    /// `path` inside `folder`; an absolute path stands alone.
    static func joined(_ folder: String, _ path: String) -> String {
        if path.isEmpty { return folder }
        if folder.isEmpty || path.hasPrefix("/") { return path }
        return folder.hasSuffix("/") ? folder + path : folder + "/" + path
    }

    /// The path without `.`, doubled slashes and, as far as it can be told without looking, `..`.
    static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        let text = parts.joined(separator: "/")
        return path.hasPrefix("/") ? "/" + text : text.isEmpty ? "." : text
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func lastComponent(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
