import JSONText
import ModelManifest
import Testing

@Suite struct ManifestTests {
    static let digest = "sha256:" + DigestTests.abc
    static let config = Descriptor(mediaType: .config, digest: Digest(of: Array("abc".utf8)), size: 3)

    /// Written by hand from the layout of Ollama's manifests.
    static let golden =
        #"{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":"\#(digest)","size":3},"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"\#(digest)","size":4294967296,"from":"a\u0026b.gguf"},{"mediaType":"application/vnd.ollama.image.tensor","digest":"\#(digest)","size":0,"name":"x/y"}]}"#
        + "\n"

    static let manifest = Manifest(
        config: config,
        layers: [
            Descriptor(mediaType: .model, digest: config.digest, size: 1 << 32, from: "a&b.gguf"),
            Descriptor(mediaType: .tensor, digest: config.digest, size: 0, name: "x/y"),
        ])

    @Test func `a manifest has Ollama's bytes`() throws {
        #expect(String(decoding: Self.manifest.encoded(), as: UTF8.self) == Self.golden)
        #expect(try Manifest(parsing: Self.manifest.encoded()) == Self.manifest)
        #expect(Self.manifest.totalSize == 3 + 1 << 32)
    }

    @Test func `fields that are not known and blanks are no matter`() throws {
        let text = """
            { "layers": [ {"digest": "\(Self.digest)", "size": 3, "mediaType": "application/x", "annotations": {"a": [1]}} ],
              "config": null, "rootfs": {"diff_ids": []}, "schemaVersion": 2, "schemaVersion": 2 }
            """
        let manifest = try Manifest(parsing: Array(text.utf8))
        #expect(manifest.config == nil)
        #expect(
            manifest.layers == [Descriptor(mediaType: MediaType(rawValue: "application/x"), digest: Self.config.digest, size: 3)])
    }

    @Test func `a manifest without config or layers can be written and read`() throws {
        let empty = Manifest(config: nil, layers: [])
        #expect(try Manifest(parsing: empty.encoded()) == empty)
    }

    @Test(arguments: [
        "", "{", "[]", "3", #"{"layers":{}}"#, #"{"layers":[3]}"#, #"{"layers":[{}]}"#, #"{"layers":[{"digest":3,"size":1}]}"#,
        #"{"layers":[{"digest":"sha256:../../../../etc/passwd","size":1}]}"#,
        #"{"layers":[{"digest":"\#(digest)","size":-1}]}"#, #"{"layers":[{"digest":"\#(digest)","size":1e99}]}"#,
        #"{"layers":[{"digest":"\#(digest)","size":"1"}]}"#, #"{"config":[]}"#, #"{"config":{"digest":"x","size":1}}"#,
        #"{"layers":\#(String(repeating: "[", count: 100))"#,
    ])
    func `a hostile manifest is a clear error`(_ text: String) throws {
        let error = try #require(throws: ManifestError.self) { try Manifest(parsing: Array(text.utf8)) }
        #expect(error.description.hasPrefix("malformed manifest: "))
    }

    @Test func `sizes that overflow do not trap`() {
        let huge = Descriptor(mediaType: .model, digest: Self.config.digest, size: .max)
        #expect(Manifest(config: huge, layers: [huge]).totalSize == -2)
    }

    @Test func `a manifest past the limit is refused before it is parsed`() {
        let bytes = [UInt8](repeating: UInt8(ascii: " "), count: Manifest.largestByteCount + 1)
        #expect(throws: ManifestError.self) { try Manifest(parsing: bytes) }
    }
}

@Suite struct ModelConfigTests {
    @Test func `a plain config has Ollama's bytes`() throws {
        var config = ModelConfig()
        config.format = "gguf"
        config.family = "llama"
        config.families = ["llama"]
        config.parameterSize = "8.0B"
        config.fileType = "Q4_K_M"
        #expect(
            String(decoding: config.encoded(), as: UTF8.self)
                == #"{"model_format":"gguf","model_family":"llama","model_families":["llama"],"model_type":"8.0B","file_type":"Q4_K_M","architecture":"amd64","os":"linux"}"#
                + "\n")
        #expect(try ModelConfig(parsing: config.encoded()) == config)
    }

    @Test func `every field has its place`() throws {
        let text =
            #"{"model_format":"gguf","model_family":"","model_families":null,"model_type":"","file_type":"","renderer":"r","parser":"\u003cp\u003e","requires":"0.14.0","remote_host":"h","remote_model":"m","capabilities":["tools"],"context_length":4096,"embedding_length":64,"base_name":"b","draft":{"model_format":"gguf","architecture":"llama"},"architecture":"amd64","os":"linux"}"#
            + "\n"
        let config = try ModelConfig(parsing: Array(text.utf8))
        #expect(config.parser == "<p>")
        #expect(config.draft == ModelConfig.Draft(format: "gguf", architecture: "llama"))
        #expect(String(decoding: config.encoded(), as: UTF8.self) == text)
    }

    @Test func `fields that are not known survive`() throws {
        let config = try ModelConfig(parsing: Array(#"{"model_format":"gguf","rootfs":{"type":"layers"},"os":"linux"}"#.utf8))
        #expect(config.otherFields["rootfs"] == ["type": "layers"])
        #expect(try ModelConfig(parsing: config.encoded()) == config)
    }

    @Test(arguments: [
        #"{"model_format":3}"#, #"{"model_families":"llama"}"#, #"{"model_families":[1]}"#, #"{"context_length":1.5}"#,
        #"{"draft":[]}"#, "[]", "",
    ])
    func `a field of the wrong type is a clear error`(_ text: String) throws {
        let error = try #require(throws: ManifestError.self) { try ModelConfig(parsing: Array(text.utf8)) }
        #expect(error.description.hasPrefix("malformed config: "))
    }
}

@Suite struct SemanticVersionTests {
    static let ascending = [
        "0.0.1-0", "0.0.1-alpha", "0.0.1-alpha.1", "0.0.1-alpha.beta", "0.0.1-beta.2", "0.0.1-beta.11", "0.0.1", "0.2", "0.14.0",
        "0.32.15", "v1", "1.10.0",
    ]

    @Test func `versions are ordered by the rules of semver`() throws {
        let versions = try Self.ascending.map { try SemanticVersion($0) }
        for (left, right) in zip(versions, versions.dropFirst()) {
            #expect(left < right, "\(left) < \(right)")
            #expect(!(right < left), "\(right) < \(left)")
        }
        #expect(try SemanticVersion("v0.14.0").text == "0.14.0")
    }

    @Test(arguments: ["", "v", "x", "1.2.3.4", "01.2.3", "1..2", "1.2.3-", "1.2.3-01", "1.2.3+", "1.2-a", "-1.0.0", "1.2.3 "])
    func `anything else is no version`(_ text: String) {
        #expect(throws: ManifestError.invalidVersion(text)) { try SemanticVersion(text) }
    }

    @Test func `what REQUIRES asks for is compared with our level`() throws {
        #expect(try OllamaLevel.satisfies("0.14.0"))
        #expect(try OllamaLevel.satisfies("v" + OllamaLevel.version))
        #expect(try !OllamaLevel.satisfies("0.33.0"))
    }
}
