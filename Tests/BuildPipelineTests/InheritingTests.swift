import BuildPipeline
import Bytes
import GGUF
import JSONText
import ModelManifest
import ModelStore
import Packaging
import Quantization
import TestSupport
import Testing

/// FROM a model of the store (`ollama.md` §3.6), and what a build tells.
@Suite struct Inheriting {
    let fixture: BuildFixture

    init() throws {
        fixture = try BuildFixture()
        try fixture.build(
            """
            FROM ./tiny.gguf
            TEMPLATE base {{ .Prompt }}
            SYSTEM base system
            PARAMETER temperature 0.5
            PARAMETER top_k 7
            PARAMETER stop one
            PARAMETER stop two
            LICENSE base licence
            MESSAGE user base question
            MESSAGE assistant base answer
            """, as: "base")
    }

    @Test func everythingIsInheritedThatIsNotSaid() throws {
        let base = try fixture.view("base")
        let child = try fixture.build("FROM base", as: "child")
        let view = try fixture.view("child")
        #expect(view.template == base.template && view.system == base.system)
        #expect(view.parameters == base.parameters && view.messages == base.messages && view.licenses == base.licenses)
        #expect(child.manifest.layers(of: .model).first?.from == "base:latest")
    }

    @Test func whatIsSaidReplacesOrJoins() throws {
        try fixture.build(
            """
            FROM base
            TEMPLATE child {{ .Prompt }}
            SYSTEM child system
            PARAMETER temperature 1
            PARAMETER stop three
            LICENSE child licence
            MESSAGE user child question
            """, as: "child")
        let view = try fixture.view("child")
        #expect(view.template == "child {{ .Prompt }}")
        #expect(view.system == "child system")
        #expect(view.parameters["temperature"] == 1)
        #expect(view.parameters["top_k"] == 7)
        #expect(view.parameters["stop"] == ["three"])
        #expect(view.licenses == ["base licence", "child licence"])
        #expect(view.messages.map(\.content) == ["child question"])
    }

    @Test func aProjectorMayJoinAStoredModel() throws {
        try fixture.write(.projector(), to: "mmproj.gguf")
        let made = try fixture.build("FROM base\nFROM ./mmproj.gguf", as: "sees")
        #expect(made.manifest.layers(of: .projector).count == 1)
        #expect(made.manifest.layers(of: .model).count == 1)
    }

    @Test func twoStoredModelsAreOneTooMany() throws {
        #expect(throws: BuildError.unfitting(problem: "FROM 'base': a second model; a package holds one, with its projectors")) {
            try fixture.build("FROM base\nFROM base", as: "two")
        }
    }

    @Test func aBuildTellsItsStepsInOrder() throws {
        let log = EventLog()
        try fixture.build("FROM ./tiny.gguf\nSYSTEM new", as: "told", to: .q8_0, events: log.handler)
        let statuses = log.statuses
        #expect(statuses.first == "gathering model components")
        #expect(statuses.contains("parsing GGUF") && statuses.contains("quantizing F32 model to Q8_0"))
        #expect(Array(statuses.suffix(2)) == ["writing manifest", "success"])
        #expect(statuses.count { $0.hasPrefix("creating new layer sha256:") } == 2)
        let progress = log.progress
        #expect(progress.last.map { $0.completed == $0.total } == true)
        #expect(progress.map(\.completed) == progress.map(\.completed).sorted())
    }

    @Test func buildingAgainWritesNothingNew() throws {
        let first = try fixture.build("FROM ./tiny.gguf\nSYSTEM same", as: "same", to: .q8_0)
        let blobs = fixture.blobs
        let log = EventLog()
        let second = try fixture.build("FROM ./tiny.gguf\nSYSTEM same", as: "same", to: .q8_0, events: log.handler)
        #expect(first.digest == second.digest)
        #expect(fixture.blobs == blobs)
        #expect(log.statuses.count { $0.hasPrefix("using existing layer sha256:") } == 2)
    }

    @Test func replacingAModelDropsWhatNothingNeeds() throws {
        try fixture.build("FROM ./tiny.gguf\nSYSTEM first", as: "name")
        let before = fixture.blobs
        try fixture.build("FROM ./tiny.gguf\nSYSTEM second", as: "name")
        // The system text and the config changed; the old ones went.
        #expect(fixture.blobs.count == before.count)
        #expect(fixture.blobs != before)
    }
}
