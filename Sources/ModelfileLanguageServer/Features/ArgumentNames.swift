import Diagnostics
import JSONText
import ModelfileSuperset
import ModelfileSyntax

/// Where a name of the superset stands: in its ARG line, or between `${` and `}`.
struct NameOccurrence: Hashable {
    let name: String
    let range: SourceRange
    let isDefinition: Bool
}

/// Names that ARG defines: found, shown, renamed.
extension DocumentView {
    /// Every place of a name in a tree, in order.
    static func names(in tree: ModelfileSyntaxTree) -> [NameOccurrence] {
        guard tree.dialect != .plain else { return [] }
        var found: [NameOccurrence] = []
        let source = tree.source
        for instruction in tree.instructions {
            guard let value = instruction.value, value.quoting != .literalHeredoc else { continue }
            if instruction.instruction == .arg, value.quoting == .bare {
                let name = Substitution.name(at: value.text.range.lowerBound, source.bytes, value.text.range)
                if !name.isEmpty { found.append(NameOccurrence(name: source.text(in: name), range: name, isDefinition: true)) }
            }
            for case .reference(_, let name) in Substitution.parts(of: source.bytes, in: value.text.range) {
                found.append(NameOccurrence(name: source.text(in: name), range: name, isDefinition: false))
            }
        }
        return found
    }

    func name(at offset: Int) -> NameOccurrence? {
        Self.names(in: tree).first { $0.range.lowerBound <= offset && offset <= $0.range.upperBound }
    }

    /// The Modelfiles of the program, each once: this one, and those that it includes or that include it.
    var trees: [ModelfileSyntaxTree] {
        var trees = [whole.tree]
        var seen: Set<String> = [whole.tree.source.name]
        for file in program.files.dropFirst() where seen.insert(file.source.name).inserted {
            guard let site = file.site else { continue }
            // A text behind `@` is taken as it is.
            let around = program.files[site.file].source
            let keyword = around.text(in: around.range(ofLine: around.line(at: site.range.lowerBound)))
            guard keyword.drop(while: { $0 == " " || $0 == "\t" }).uppercased().hasPrefix("INCLUDE") else { continue }
            trees.append(ModelfileSyntaxTree(parsing: file.source, dialect: .quern1))
        }
        return trees.contains { $0.source.name == source.name } ? trees : [tree]
    }

    private func places(of name: String, definitionsOnly: Bool = false) -> [(source: SourceText, range: SourceRange)] {
        trees.flatMap { tree in
            Self.names(in: tree).filter { $0.name == name && ($0.isDefinition || !definitionsOnly) }.map { (tree.source, $0.range) }
        }
    }

    func location(_ source: SourceText, _ range: SourceRange) -> JSONValue {
        let positions = PositionMap(source: source, encoding: server.encoding)
        return ["uri": .string(server.uri(ofPath: source.name)), "range": positions.json(range)]
    }

    // MARK: Requests

    func references(at offset: Int) -> JSONValue {
        guard let name = name(at: offset)?.name else { return .null }
        return .array(places(of: name).map { location($0.source, $0.range) })
    }

    func highlights(at offset: Int) -> JSONValue {
        guard let name = name(at: offset)?.name else { return .null }
        return .array(
            Self.names(in: tree).filter { $0.name == name }.map {
                ["range": positions.json($0.range), "kind": JSONValue($0.isDefinition ? 3 : 2)]
            })
    }

    /// Of the first ARG line with the name at `offset`; of the target or the file that stands there.
    func definition(at offset: Int) -> JSONValue {
        if let name = name(at: offset)?.name {
            return .array(places(of: name, definitionsOnly: true).map { location($0.source, $0.range) })
        }
        if let file = namedFiles.first(where: { $0.range.lowerBound <= offset && offset <= $0.range.upperBound }) {
            return [
                "uri": .string(server.uri(ofPath: file.path)),
                "range": PositionMap(source: SourceText(""), encoding: .utf8).json(0..<0),
            ]
        }
        guard let base = base(at: offset), let target = program.targets.first(where: { $0.name == text(base) }) else {
            return .null
        }
        return location(program.files[target.site.file].source, target.site.range)
    }

    /// What a FROM at `offset` names, without the name of its target.
    func base(at offset: Int) -> SourceRange? {
        guard let instruction = instruction(at: offset), instruction.instruction == .from, let value = instruction.value else {
            return nil
        }
        let base = isSuperset ? TargetName.split(value, in: source).base : value.text.range
        return base.lowerBound <= offset && offset <= base.upperBound ? base : nil
    }

    func renamable(at offset: Int) -> JSONValue {
        guard let name = name(at: offset) else { return .null }
        return ["range": positions.json(name.range), "placeholder": .string(name.name)]
    }

    func rename(at offset: Int, to newName: String?) throws(ServerError) -> JSONValue {
        guard let newName else { throw .invalidParameters("no new name is given") }
        guard let name = name(at: offset)?.name else { throw .refused("only names of ARG can be renamed") }
        let bytes = Array(newName.utf8)
        guard !bytes.isEmpty, Substitution.name(at: 0, bytes, 0..<bytes.count).count == bytes.count else {
            throw .refused("'\(newName)' is no name: names are made of letters, digits and _, and do not begin with a digit")
        }
        guard newName == name || places(of: newName).isEmpty else { throw .refused("there is a name '\(newName)' already") }
        var changes = JSONObject()
        for tree in trees {
            let positions = PositionMap(source: tree.source, encoding: server.encoding)
            let edits = Self.names(in: tree).filter { $0.name == name }.map { occurrence -> JSONValue in
                ["range": positions.json(occurrence.range), "newText": .string(newName)]
            }
            if !edits.isEmpty { changes[server.uri(ofPath: tree.source.name)] = .array(edits) }
        }
        return ["changes": .object(changes)]
    }
}
