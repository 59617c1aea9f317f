import JSONText
import ModelManifest
import TestSupport
import Testing

/// Models that another program put into the store: stand-ins for models elsewhere, configs with little in them.
@Suite struct ForeignStores {
    let bench: Workbench

    init() throws { bench = try Workbench() }

    /// Writes a manifest whose config is `config`, with the layers of a model that is there.
    private func put(_ name: String, config: String, layersOf model: String? = nil) throws {
        let bytes = Array(config.utf8)
        let digest = Digest(of: bytes)
        let blobs = bench.quern.store.appendingPathComponent("blobs")
        try FileManager.default.createDirectory(at: blobs, withIntermediateDirectories: true)
        try Data(bytes).write(to: blobs.appendingPathComponent("sha256-\(digest.hex)"))
        let layers = try model.map { try bench.manifest($0).layers } ?? []
        let manifest = Manifest(
            config: Descriptor(mediaType: .config, digest: digest, size: bytes.count), layers: layers)
        let path = (["manifests"] + (try ModelName(name)).pathComponents).joined(separator: "/")
        let file = bench.quern.store.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(manifest.encoded()).write(to: file)
    }

    @Test func aModelElsewhereShowsWhereItIs() throws {
        try put(
            "big:cloud",
            config:
                #"{"model_format":"","remote_host":"https://ollama.com:443","remote_model":"big:120b","capabilities":["tools"]}"#)
        let report = try bench.quern.run("show", "big:cloud")
        #expect(report.output.contains("Remote model    big:120b\n"), "\(report)")
        #expect(report.output.contains("Remote URL      https://ollama.com:443\n"))
        let shown = try bench.show("big:cloud")
        #expect(shown["remote_model"]?.string == "big:120b" && shown["remote_host"]?.string == "https://ollama.com:443")
        #expect(shown["details"]?["format"]?.string == "" && shown["details"]?["families"]?.isNull == true)
        #expect(try bench.quern.run("list").output.contains("    -    "))
        #expect(try bench.quern.run("run", "big:cloud", "hi").isOneClearError)
    }

    @Test func whatAConfigLeavesOutIsReadFromTheWeights() throws {
        try bench.create("full", "FROM ./tiny.gguf")
        try put("bare", config: "{}", layersOf: "full")
        let report = try bench.quern.run("show", "bare").output
        for row in ["architecture        llama", "quantization        F32", "parameters          "] {
            #expect(report.contains("    \(row)"), "\(report)")
        }
        #expect(try bench.quern.run("run", "bare", "ab").exitCode == 0)
    }
}
