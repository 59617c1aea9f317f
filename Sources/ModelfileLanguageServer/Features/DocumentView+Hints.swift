import Diagnostics
import JSONText
import ModelTesting
import ModelfilePlan
import ModelfileSuperset
import ModelfileSyntax

/// What stands between the lines: values beside parameters and names, and the tests above the text.
extension DocumentView {
    func inlayHints(in range: SourceRange) -> JSONValue {
        let touched = tree.instructions.filter {
            $0.range.lowerBound <= range.upperBound && range.lowerBound <= $0.range.upperBound
        }
        let values = touched.compactMap { instruction -> JSONValue? in
            guard let label = label(for: instruction) else { return nil }
            return hint(label, at: instruction.range.upperBound)
        }
        return .array(values + (isSuperset ? nameHints(in: range) : []))
    }

    private func hint(_ label: String, at offset: Int) -> JSONValue {
        ["position": positions.json(at: offset), "label": .string(label), "kind": 2, "paddingLeft": true]
    }

    /// The value that a parameter would have, where it is not the one written, and its default.
    private func label(for instruction: InstructionSyntax) -> String? {
        guard instruction.instruction == .parameter, let argument = instruction.argument,
            let parameter = ParameterTable.named(text(argument.range)), parameter.type != .strings
        else { return nil }
        let byDefault = "default \(parameter.defaultText)"
        guard let value = instruction.value, !value.text.range.isEmpty else { return byDefault }
        let written = text(value.text.range)
        guard let read = ParameterValue.parse([written], as: parameter.type)?.texts.first else { return byDefault }
        if read == parameter.defaultText { return "the default" }
        return read == written ? byDefault : "= \(read), \(byDefault)"
    }

    /// The default of each name, where it is used.
    private func nameHints(in range: SourceRange) -> [JSONValue] {
        var values: [String: String] = [:]
        for tree in trees {
            for instruction in tree.instructions where instruction.instruction == .arg {
                guard let value = instruction.value?.text.range else { continue }
                let name = Substitution.name(at: value.lowerBound, tree.source.bytes, value)
                guard name.upperBound < value.upperBound, values[tree.source.text(in: name)] == nil else { continue }
                values[tree.source.text(in: name)] = tree.source.text(in: name.upperBound + 1..<value.upperBound)
            }
        }
        return Self.names(in: tree).compactMap { occurrence in
            guard !occurrence.isDefinition, range.lowerBound <= occurrence.range.upperBound,
                occurrence.range.lowerBound <= range.upperBound, let value = values[occurrence.name]
            else { return nil }
            return hint("= \(DisplayWidth.truncating(value, to: 30))", at: min(occurrence.range.upperBound + 1, source.count))
        }
    }

    // MARK: Code lenses

    /// Above a Modelfile with tests: all of them, and each; in a test file each where it stands.
    var lenses: JSONValue {
        switch document.kind {
        case .tests:
            let all = own.tests.isEmpty ? [] : [lens("run all tests", nil, at: 0..<0)]
            return .array(all + own.tests.map { lens("run test", $0.name, at: source.range(ofLine: $0.line)) })
        case .modelfile:
            let names = testNames
            guard !names.isEmpty else { return [] }
            let place = tree.instructions.first { $0.instruction == .from }?.keyword.range ?? 0..<0
            let count = names.count == 1 ? "run 1 test" : "run \(names.count) tests"
            return .array([lens(count, nil, at: place)] + names.prefix(Self.lensLimit).map { lens("run '\($0)'", $0, at: place) })
        default: return []
        }
    }

    /// More would fill the line.
    private static var lensLimit: Int { 8 }

    private func lens(_ title: String, _ test: String?, at range: SourceRange) -> JSONValue {
        let name: JSONValue = test.map { .string($0) } ?? .null
        return [
            "range": positions.json(range),
            "command": [
                "title": .string(title), "command": .string(LanguageServer.testCommand),
                "arguments": [.string(document.uri), name],
            ],
        ]
    }

    /// The tests beside the Modelfile, as the editor has them or as they are on the disk.
    private var testNames: [String] {
        guard let path = document.path, let folder = document.folder else { return [] }
        let place = path + TestSuite.fileSuffix
        if let open = server.documents.values.first(where: { $0.path == place }) {
            return server.analyses[open.uri]?.tests.map(\.name) ?? []
        }
        let files = environment.files(folder)
        guard let bytes = try? files.bytes(FileLocation.name(ofPath: place)) else { return [] }
        let text = SourceText(String(decoding: bytes, as: UTF8.self), name: place)
        let suite = TestSuite.read(text) { path in (try? files.bytes(path)).map { String(decoding: $0, as: UTF8.self) } }.suite
        return suite?.cases.map(\.name) ?? []
    }
}
