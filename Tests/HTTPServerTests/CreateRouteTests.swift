import Hummingbird
import JSONText
import ModelManifest
import TestSupport
import Testing

/// Packages made over HTTP.
@Suite struct Creating {
    let server: ServerFixture

    init() throws {
        server = try ServerFixture()
        try server.create("tiny")
    }

    /// Sends bytes ahead; returns their digest.
    private func send(_ bytes: [UInt8]) async throws -> String {
        let digest = Digest(of: bytes).description
        let path = "/api/blobs/\(digest)"
        #expect(try await server.ask(.head, path).status == 404)
        #expect(try await server.ask(.post, path, bytes: bytes).status == 201)
        #expect(try await server.ask(.post, path, bytes: bytes).status == 200)
        #expect(try await server.ask(.head, path).status == 200)
        return digest
    }

    @Test func aFileThatWasSentBecomesAModel() async throws {
        let digest = try await send(TinyModelFile.llama(blocks: 2).bytes)
        let answer = try await server.post(
            "/api/create",
            #"{"model": "sent", "files": {"m.gguf": "\#(digest)"}, "system": "s", "parameters": {"temperature": 1, "stop": ["x"]}, "messages": [{"role": "user", "content": "u"}], "license": ["l"]}"#
        )
        #expect(answer.lines.last == ["status": "success"] && answer.lines.contains(["status": "writing manifest"]))
        let shown = try await server.post("/api/show", #"{"model": "sent"}"#).json
        #expect(shown["system"] == "s" && shown["license"] == "l" && shown["model_info"]?["llama.block_count"] == 2)
        #expect(shown["parameters"]?.string?.contains("temperature                    1") == true)
        #expect(shown["messages"] == [["role": "user", "content": "u"]])
    }

    @Test func aModelIsMadeFromAnother() async throws {
        let answer = try await server.post("/api/create", #"{"model": "two", "from": "tiny", "system": "s", "stream": false}"#)
        #expect(answer.json == ["status": "success"])
        #expect(try await server.post("/api/show", #"{"model": "two"}"#).json["details"]?["parent_model"] == "tiny:latest")
    }

    @Test(arguments: [
        (#"{"model": "x"}"#, 400, "neither 'from' or 'files' was specified"),
        (#"{"model": "x", "files": {}}"#, 400, "no files provided to convert"),
        (#"{"model": "x", "files": {"/a": "sha256:0"}}"#, 400, "file path must be relative"),
        (#"{"model": "x", "files": {"a": ""}}"#, 400, "invalid digest format"),
        (#"{"model": "a b", "from": "tiny"}"#, 400, "invalid model name"),
        (#"{"model": "x", "from": "nothing"}"#, 404, "model 'nothing' not found"),
        (#"{"model": "x", "from": "tiny", "template": "{{ if"}"#, 400, "template error: template: :1: unclosed action"),
        (#"{"model": "x", "from": "tiny", "draft_quantize": "Q8_0"}"#, 400, "--draft-quantize requires a DRAFT model"),
    ])
    func whatCannotBeMadeIsToldAtOnce(body: String, status: Int, error: String) async throws {
        let answer = try await server.post("/api/create", body)
        #expect(answer.status == status && answer.error == error, "\(answer.text)")
    }

    @Test func bytesOfAnotherDigestAreNotKept() async throws {
        let digest = "sha256:" + String(repeating: "0", count: 64)
        let answer = try await server.ask(.post, "/api/blobs/\(digest)", "hello")
        #expect(
            answer.status == 400 && answer.error?.hasPrefix("digest mismatch, expected \"\(digest)\", got \"sha256:2cf2") == true)
        #expect(try await server.ask(.head, "/api/blobs/\(digest)").status == 404)
        let other = try await send(Array("other".utf8))
        let text = try await server.post("/api/create", #"{"model": "x", "files": {"a": "\#(other)"}}"#)
        #expect(text.status == 400 && text.error == "unknown type")
    }
}
