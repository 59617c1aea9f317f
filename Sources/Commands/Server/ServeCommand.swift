import ArgumentParser
import Dispatch
import HTTPServer
import Logging
import ModelManifest
import ModelService
import ModelStore
import Synchronization

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Start the server",
        discussion: """
            Listens where OLLAMA_HOST says (127.0.0.1:11434) and answers as Ollama's server does, so that Ollama's clients work with
            it. Logs go to standard error. SIGINT and SIGTERM end it once the answers at work are complete.

            ENVIRONMENT
              OLLAMA_DEBUG               1 logs what happens inside
              OLLAMA_HOST                address to listen at (127.0.0.1:11434)
              OLLAMA_CONTEXT_LENGTH      tokens of context where nobody says (4096)
              OLLAMA_KEEP_ALIVE          how long models stay in memory after use (5m)
              OLLAMA_MAX_LOADED_MODELS   models in memory at once (3)
              OLLAMA_MAX_QUEUE           requests that may wait (512)
              OLLAMA_MODELS              folder of the model store (~/.ollama/models)
              OLLAMA_NUM_PARALLEL        requests that one model answers at once (4, if memory allows)
              OLLAMA_NOPRUNE             keep blobs that no model needs any more
              OLLAMA_ORIGINS             web pages that may ask, by comma
              OLLAMA_KV_CACHE_TYPE       how contexts are stored: f16, f32, q8_0, q4_0
              OLLAMA_STRICT              refuse requests with unknown fields

            Without meaning on a processor: OLLAMA_SCHED_SPREAD, OLLAMA_FLASH_ATTENTION (always on), OLLAMA_LLM_LIBRARY,
            OLLAMA_GPU_OVERHEAD, OLLAMA_IGPU_ENABLE, LLAMA_ARG_FIT, LLAMA_ARG_FIT_TARGET. OLLAMA_LOAD_TIMEOUT: weights are mapped,
            so nothing stalls. OLLAMA_NO_CLOUD: there is no cloud. OLLAMA_MAX_TRANSFER_STREAMS: nothing is transferred.
            """,
        aliases: ["start"])

    func run() throws {
        var settings = ServerSettings.ofProcess
        settings.version = Invocation.version
        let models = try LocalModels()
        var logger = Logger(label: "quern") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = settings.debugLevel > 0 ? .debug : .info
        if models.store.removesOrphans {
            // A store that may only be read is served as well.
            do { _ = try models.store.prune() } catch { logger.warning("cannot prune the store: \(error)") }
        }
        let server = QuernServer(host: ModelHost(models: models, settings: .ofProcess), settings: settings, logger: logger)
        let address = settings.address
        try Self.wait { [logger] in
            try await server.run { port in
                let port = port ?? address.port
                logger.info("Listening on \(address.host):\(port) (version \(OllamaLevel.version))")
            }
        }
    }

    /// Blocks this thread, which has nothing else to do, until `body` is over.
    private static func wait(_ body: @escaping @Sendable () async throws -> Void) throws {
        let outcome = Outcome()
        Task {
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            outcome.set(result)
        }
        try outcome.wait().get()
    }
}

/// What a task came to, for a thread that waits for it.
private final class Outcome: Sendable {
    private let isOver = DispatchSemaphore(value: 0)
    private let result = Mutex<Result<Void, any Error>>(.success(()))

    func set(_ result: Result<Void, any Error>) {
        self.result.withLock { $0 = result }
        isOver.signal()
    }

    func wait() -> Result<Void, any Error> {
        isOver.wait()
        return result.withLock(\.self)
    }
}
