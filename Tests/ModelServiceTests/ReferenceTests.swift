import BuildPipeline
import ChatPrompt
import GGUF
import ModelManifest
import ModelService
import ModelStore
import ModelfilePlan
import Packaging
import Runner
import TestSupport
import Testing

/// What a user may name where a model is wanted, and what is found there.
@Suite struct References {
    let fixture: ServiceFixture
    init() throws { fixture = try ServiceFixture() }

    @Test func namesAreModelsAndPathsAreFiles() throws {
        try fixture.make("chat")
        for text in ["chat", "chat:latest", "library/chat", "registry.ollama.ai/library/chat:latest"] {
            guard case .stored(let model) = try fixture.models.reference(text) else {
                Issue.record("'\(text)' is no model")
                continue
            }
            #expect(model.name.shortest == "chat:latest")
        }
        guard case .file(let path) = try fixture.models.reference(fixture.file) else {
            Issue.record("a path is no file")
            return
        }
        #expect(path == fixture.file)
        #expect(try fixture.models.reference(fixture.file).displayName == "tiny.gguf")
    }

    @Test(arguments: ["gone", "gone:v1", "x/y/z:w"])
    func aModelThatIsNotThereIsNamed(text: String) throws {
        #expect(throws: StoreError.modelNotFound(try ModelName(text))) { try fixture.models.reference(text) }
    }

    @Test(arguments: ["a b", "", "../x:y:z", "a/b/c/d", "-a"])
    func namesThatCannotBeAreRefused(text: String) {
        #expect(throws: (any Error).self) { try fixture.models.reference(text) }
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: (any Error).self) { try fixture.models.reference("/nowhere/model.gguf") }
        #expect(error.map { "\($0)".contains("/nowhere/model.gguf") } == true)
    }

    @Test func listsAreFilteredByBeginning() throws {
        for name in ["alpha", "Alpine:v2", "beta", "me/alpha"] { try fixture.make(name) }
        let (all, problems) = try fixture.models.list()
        #expect(all.count == 4 && problems.isEmpty)
        #expect(Set(try fixture.models.list(prefix: "al").models.map(\.model.name.shortest)) == ["alpha:latest", "Alpine:v2"])
        #expect(try fixture.models.list(prefix: "zeta").models.isEmpty)
    }

    @Test func copiesShareAndRemovalKeepsWhatIsShared() throws {
        let made = try fixture.make("one")
        try fixture.models.copy("one", to: "two")
        try fixture.models.remove("one")
        #expect(try fixture.models.list().models.map(\.model.name.shortest) == ["two:latest"])
        #expect(try fixture.models.open("two").model.file.tensors.isEmpty == false)
        try fixture.models.remove("two")
        let weights = try #require(made.manifest.layers(of: .model).first)
        #expect(!FileManager.default.fileExists(atPath: fixture.models.store.path(of: weights.digest)))
        let errors = [
            #expect(throws: ServiceError.nothingToRemove("two")) { try fixture.models.remove("two") },
            #expect(throws: ServiceError.nothingToCopy("me/two:v1")) { try fixture.models.copy("me/two:v1", to: "x") },
            #expect(throws: ServiceError.self) { try fixture.models.copy("two", to: "a b") },
        ]
        #expect(
            errors.compactMap { $0?.description } == [
                "model 'two' not found", "model \"me/two:v1\" not found",
                "destination \"a b\" is invalid: the model part has ' ' as character 2; letters, digits and '_' '-' '.' are allowed",
            ])
    }

    @Test func whatCanBeSeenWithoutRunning() throws {
        try fixture.make("chat") { plan in
            plan.template = .init("{{ .System }}{{ range .Tools }}{{ . }}{{ end }}{{ .Prompt }} {{ .Suffix }}")
            plan.system = .init("Be brief.")
        }
        let inspection = try fixture.models.inspect("chat")
        #expect(inspection.capabilities == ["completion", "tools", "insert"])
        let facts = ModelFacts(file: inspection.file, package: inspection.package)
        #expect(facts.architecture == "llama" && facts.quantization == "F32")
        #expect(facts.contextLength == 256 && facts.embeddingLength == 32)
        let file = try fixture.models.inspect(fixture.file)
        #expect(file.package == nil && file.capabilities == ["completion"])
    }

    @Test func aTemplateThatDoesNotParseStopsACreateFirst() throws {
        #expect(throws: ChatPromptError.self) {
            try fixture.make("bad", from: "./not-even-there.gguf") { $0.template = .init("{{ if }}") }
        }
    }
}
