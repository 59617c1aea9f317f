import ArgumentParser
import Bytes
import Compute
import GGUF
import JSONText
import ModelService
import Runner
import TransformerEngine

extension ShowCommand {
    /// What running the model takes, before anything is loaded.
    struct MemoryOptions: ParsableArguments {
        @Flag(help: "Show how much memory running the model takes.") var memory = false
        @Option(help: ArgumentHelp("With --memory: tokens of context; the model's own if not given.", valueName: "count"))
        var numCtx: Int?
        @OptionGroup var cache: CacheOption

        func check() throws {
            guard memory || (numCtx == nil && cache.cacheType == nil) else {
                throw ValidationError("'--num-ctx' and '--cache-type' go with '--memory'")
            }
            guard (1...1 << 30).contains(numCtx ?? 1) else { throw ValidationError("num-ctx must be from 1 to \(1 << 30)") }
        }

        func report(_ name: String, _ format: AnswerFormat) throws {
            let models = try LocalModels.onHost(for: name)
            let report = try models.makesEmbeddings(name) ? embeddingReport(name, models) : chatReport(name, models)
            switch format {
            case .text: try Console.put(report.text)
            case .json: try Console.putLine(report.json.text(.pretty))
            }
        }

        private func chatReport(_ name: String, _ models: LocalModels) throws -> MemoryReport {
            let chat = try models.open(name)
            var options = chat.packageOptions
            if let numCtx { options.contextLength = numCtx }
            options.cacheType = try cache.type
            let threads = options.threads ?? ThreadPool.defaultThreadCount()
            let estimate = try chat.model.memoryEstimate(for: options, threads: threads)
            if let note = chat.model.contextNote(for: options) { Console.note("warning: \(note)") }
            return MemoryReport(
                estimate: estimate, program: Self.program(chat.model.file), contextLength: chat.model.contextLength(for: options),
                cacheType: options.cacheType, batchLength: options.batchLength, threads: threads)
        }

        private func embeddingReport(_ name: String, _ models: LocalModels) throws -> MemoryReport {
            let threads = ThreadPool.defaultThreadCount()
            let (model, options, estimate) = try models.embeddingMemory(name, contextLength: numCtx, threads: threads)
            return MemoryReport(
                estimate: estimate, program: max(Self.program(model.file) - model.ownWeightByteCount, 0),
                contextLength: model.contextLength(for: options), cacheType: nil, batchLength: options.batchLength,
                threads: options.threads ?? threads)
        }

        /// This process has read the vocabulary and the templates, as a run would. What it saw of the weights it lets go.
        private static func program(_ file: GGUFFile) -> Int {
            for tensor in file.tensors { file.bytes(of: tensor).advise(.doneWith) }
            return SystemMemory.residentByteCount()
        }
    }
}

/// Memory by purpose, for people and for programs.
private struct MemoryReport {
    let estimate: MemoryEstimate
    /// Code, vocabulary and templates.
    let program: Int
    let contextLength: Int
    /// nil for a model that keeps no cache: an encoder, or a decoder whose text is embedded.
    let cacheType: CacheType?
    let batchLength: Int
    let threads: Int

    private var activations: Int { estimate.activations + estimate.logits }
    private var total: Int { estimate.total + program }

    var text: String {
        var table = TextTable()
        table.add(["  weights", HumanFormat.bytes(estimate.weights), "mapped from the file"])
        if estimate.cache > 0 {
            table.add(["  KV cache", HumanFormat.bytes(estimate.cache), "\(contextLength) tokens, \((cacheType ?? .f32).rawValue)"])
        }
        let batch = min(batchLength, contextLength)
        table.add(["  activations", HumanFormat.bytes(activations), "batches of \(batch), \(threads) threads"])
        table.add(["  program", HumanFormat.bytes(program), "code and vocabulary"])
        let full = cacheType == nil ? "with a text of \(contextLength) tokens" : "once the context is full"
        table.add(["  total", HumanFormat.bytes(total), full])
        if let (available, limit) = SystemMemory.available() {
            table.add(["  available", HumanFormat.bytes(available), "in \(limit.rawValue)"])
        }
        return "  Memory\n" + table.text
    }

    var json: JSONValue {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        var object: JSONObject = [
            "weights": number(estimate.weights), "kv_cache": number(estimate.cache), "activations": number(activations),
            "program": number(program), "total": number(total), "num_ctx": number(contextLength),
            "num_batch": number(min(batchLength, contextLength)),
            "threads": number(threads),
        ]
        if let cacheType { object["cache_type"] = .string(cacheType.rawValue) }
        if let (available, limit) = SystemMemory.available() {
            object["available"] = number(available)
            object["limited_by"] = .string(limit == .machine ? "machine" : "control group")
        }
        return .object(object)
    }
}
