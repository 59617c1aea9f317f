import Diagnostics
import Linting
import ModelfileSuperset
import ModelfileSyntax
import Testing

/// The table's examples are what they say: each shows its own problem and no other, and its mended form shows none.
@Suite struct RuleExampleTests {
    /// In the examples `model.gguf` and `small.gguf` are there, and the model was trained on 8192 tokens at once.
    private let facts = SourceFacts([
        "./model.gguf": .path(traits(layers: 32)), "./small.gguf": .path(traits(layers: 16)),
        "./adapter.gguf": .path(traits(layers: 32, isAdapter: true)),
        "./other-adapter.gguf": .path(traits(layers: 80, isAdapter: true)),
        "./other-small.gguf": .path(traits(layers: 16, foreignVocabulary: "token 7 is 'a', in the model 'b'")),
        "./mistyped.gguf": .absent(path: "./mistyped.gguf"), "llama3.2": .remote,
    ])

    private static func traits(layers: Int, isAdapter: Bool = false, foreignVocabulary: String? = nil) -> ModelTraits {
        var traits = ModelTraits(trainedContext: isAdapter ? nil : 8192)
        traits.foreignVocabulary = foreignVocabulary
        (traits.architecture, traits.layerCount, traits.isAdapter) = ("llama", layers, isAdapter)
        return traits
    }

    /// The files that the examples draw in.
    private let files = FileProvider(["house.modelfile": "PARAMETER top_k 20\n", "circle.modelfile": "INCLUDE circle.modelfile\n"])

    private func rules(_ text: String, of rule: DiagnosticRule, isStrict: Bool) throws -> [DiagnosticRule] {
        if rule.id >= "QM0080" { return ProjectSettings.read(SourceText(text)).diagnostics.map(\.rule) }
        let program = ModelfileProgram(ModelfileSyntaxTree(parsing: SourceText(text)), files: files)
        return try Linter(isStrict: isStrict).check(program) { _ in facts }.flatMap(\.diagnostics).map(\.rule)
    }

    @Test(arguments: DiagnosticRule.table.filter { !$0.example.isEmpty })
    func `an example shows its problem and the mend removes it`(rule: DiagnosticRule) throws {
        #expect(try rules(rule.example, of: rule, isStrict: rule.isStrict) == [rule])
        #expect(try rules(rule.mended, of: rule, isStrict: rule.isStrict) == [])
    }

    @Test func `only problems of encoding have no example`() {
        #expect(DiagnosticRule.table.filter(\.example.isEmpty) == [.invalidEncoding, .unmarkedUTF16])
    }

    @Test func `every rule of the table below the plan has a check`() {
        let planned = DiagnosticRule.table.filter { $0.id < "QM0028" || $0.id >= "QM0070" } + [.foreignDialect]
        #expect(Set(Linter.rules.map { $0.rule }).union(planned) == Set(DiagnosticRule.table))
    }
}
