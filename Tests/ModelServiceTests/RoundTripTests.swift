import BuildPipeline
import Diagnostics
import ModelManifest
import ModelService
import ModelStore
import ModelfilePlan
import ModelfileSyntax
import Packaging
import TestSupport
import Testing

/// What `show --modelfile` prints makes the same package again, digest for digest.
@Suite struct RoundTripTests {
    let fixture: ServiceFixture
    init() throws { fixture = try ServiceFixture() }

    /// Creates a package of a text whose sources are replaced by the tiny model; nil where the text is no Modelfile.
    private func create(_ name: String, _ tree: ModelfileSyntaxTree, replacingSources: Bool) throws -> Manifest? {
        guard !tree.diagnostics.containsErrors, var plan = BuildPlan.make(from: tree).plan else { return nil }
        if replacingSources { (plan.sources, plan.adapters, plan.drafts) = ([Written(fixture.file)], [], []) }
        let request = BuildRequest(plan: plan, name: try ModelName(name), folder: fixture.folder.path, linksFiles: true, threads: 1)
        // A template that no Ollama takes, or a version that is too new.
        return try? fixture.models.create(request).manifest
    }

    private func modelfile(_ name: String) throws -> String {
        try #require(try fixture.models.inspect(name).package).modelfileText()
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `every real Modelfile comes back as the same package`() throws {
        var count = 0
        for file in try SharedData.files(in: "modelfiles") {
            let tree = ModelfileSyntaxTree(parsing: [UInt8](try Data(contentsOf: file)))
            guard let first = try create("first", tree, replacingSources: true) else { continue }
            let text = try modelfile("first")
            let second = try create("second", ModelfileSyntaxTree(parsing: SourceText(text)), replacingSources: false)
            #expect(second?.encoded() == first.encoded(), "\(file.lastPathComponent)")
            count += 1
        }
        #expect(count > 250)
    }

    @Test func `numbers, messages and stop texts keep their digits, order and blanks`() throws {
        let text = """
            FROM ./tiny.gguf
            PARAMETER num_ctx 1048576
            PARAMETER temperature 0.1
            PARAMETER top_p 1e-3
            PARAMETER stop "
            User:"
            PARAMETER stop " a "
            MESSAGE user "  hi
            there "
            MESSAGE assistant \"\"\"He said "no"\"\"\"
            LICENSE one
            LICENSE two

            """
        let first = try #require(try create("first", ModelfileSyntaxTree(parsing: SourceText(text)), replacingSources: false))
        let shown = try modelfile("first")
        #expect(shown.contains("PARAMETER num_ctx 1048576\n") && shown.contains("PARAMETER temperature 0.1\n"))
        let second = try create("second", ModelfileSyntaxTree(parsing: SourceText(shown)), replacingSources: false)
        #expect(second?.encoded() == first.encoded())
        #expect(try modelfile("second").replacing("second", with: "first") == shown)
    }
}
