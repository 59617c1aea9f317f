import ArgumentParser
import ModelManifest
import ModelService
import Runner
import TransformerEngine

/// How the keys and values of a context are stored.
struct CacheOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Numbers of the KV cache: f16, f32, q8_0 or q4_0. Without it OLLAMA_KV_CACHE_TYPE says so, else f16.",
            valueName: "type"),
        transform: { try RunOptions.cacheType(named: $0) ?? .f16 })
    var cacheType: CacheType?

    /// The flag's type, or the environment's.
    var type: CacheType {
        get throws {
            try cacheType ?? RunOptions.cacheType(named: OllamaEnvironment.ofProcess["OLLAMA_KV_CACHE_TYPE"]) ?? .f16
        }
    }
}
