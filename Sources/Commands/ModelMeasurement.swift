import Bytes
import Compute
import Evaluation
import GGUF
import ModelService
import Quantization
import Runner
import TransformerEngine

/// Measures models one after the other: at most one of them and the reference are open at a time.
struct ModelMeasurement {
    let models: [String]
    let pool: ThreadPool
    var textPath: String?
    var choicesPath: String?
    var reference: String?
    var comparesTensors = false
    var contextLength = 512
    var chunkLimit: Int?
    var cacheType = CacheType.f16
    private let progress: ProgressOptions

    init(models: [String], pool: ThreadPool, progress: ProgressOptions) {
        (self.models, self.pool, self.progress) = (models, pool, progress)
    }

    func run() throws -> QualityReport {
        let local = try LocalModels()
        // What is wrong with small files is found before large ones are read.
        let text = try textPath.map { try OpenFile.stream($0, limit: 1 << 30) }
        let tasks = try choicesPath.map { try ChoiceTask.parse(try OpenFile.stream($0, limit: 1 << 30)) }
        let base = try reference.map { try open($0, local) }
        var report = QualityReport()
        report.reference = base?.name
        report.questions = choicesPath.map(Self.fileName)
        for name in models {
            let subject = try open(name, local)
            var model = describe(subject)
            if let text { try read(text, subject, base, &model, &report) }
            if let tasks { model.choices = try answer(tasks, subject) }
            if comparesTensors, let base { model.tensors = try compare(subject, base) }
            try subject.model.file.checkIntact()
            report.models.append(model)
        }
        return report
    }

    /// A model and what it is called in the report.
    private struct Subject {
        let name: String
        let model: LoadedModel
    }

    private func open(_ text: String, _ local: LocalModels) throws -> Subject {
        let reference = try local.reference(text)
        return Subject(name: reference.displayName, model: try LoadedModel(path: try local.weightsPath(of: reference)))
    }

    private func describe(_ subject: Subject) -> QualityReport.Model {
        let file = subject.model.file
        let facts = ModelFacts(file: file, package: nil)
        return QualityReport.Model(
            name: subject.name, architecture: facts.architecture, type: facts.quantization, byteCount: file.tensorByteCount,
            parameterCount: file.parameterCount)
    }

    private func session(_ subject: Subject, contextLength: Int) throws -> InferenceSession {
        let session = try InferenceSession(
            model: subject.model.transformer, contextLength: contextLength, batchSize: min(contextLength, 512),
            cacheType: cacheType, pool: pool)
        session.keepMemorySmall(weightsOf: subject.model.file)
        return session
    }

    private func read(
        _ text: [UInt8], _ subject: Subject, _ base: Subject?, _ model: inout QualityReport.Model, _ report: inout QualityReport
    ) throws {
        let chunks = try self.chunks(text, subject)
        if let base, try self.chunks(text, base) != chunks { throw EvaluationError.differentTokens }
        let evaluation = TextEvaluation(chunks)
        let session = try session(subject, contextLength: contextLength)
        var display = ChunkProgress(progress, step: "measuring \(subject.name)", total: chunks.count)
        defer { display.finish() }
        func onChunk(_ done: Int) throws {
            display.show(done)
            try subject.model.file.checkIntact()
            try Interruption.check()
        }
        let scores: [TokenScore]
        if let base {
            let positions = try evaluation.divergences(
                session, from: try self.session(base, contextLength: contextLength), onChunk: onChunk)
            try base.model.file.checkIntact()
            model.comparison = Comparison(positions)
            scores = positions.map(\.score)
        } else {
            scores = try evaluation.scores(session, onChunk: onChunk)
        }
        let perplexity = Perplexity(scores)
        model.perplexity = Comparison.Figure(perplexity.value, perplexity.uncertainty)
        if report.text == nil {
            report.text = QualityReport.Text(
                name: textPath.map(Self.fileName) ?? "", contextLength: contextLength, chunkCount: chunks.count,
                scoredCount: scores.count)
        }
    }

    private func chunks(_ text: [UInt8], _ subject: Subject) throws -> TextChunks {
        try TextChunks(text: text, tokenizer: subject.model.tokenizer, contextLength: contextLength, limit: chunkLimit)
    }

    private func answer(_ tasks: [ChoiceTask], _ subject: Subject) throws -> ChoiceScore {
        let longest = subject.model.trainedContextLength ?? 4096
        let session = try session(subject, contextLength: min(max(contextLength, 16), longest))
        var display = ChunkProgress(progress, step: "asking \(subject.name)", unit: "question", total: tasks.count)
        defer { display.finish() }
        return try ChoiceEvaluation(session, tokenizer: subject.model.tokenizer).score(tasks) { score in
            display.show(score.count, figure: "\(HumanFormat.fixed(100 * score.share, 2))% right")
            try Interruption.check()
        }
    }

    private func compare(_ subject: Subject, _ base: Subject) throws -> [TensorError] {
        var display = ChunkProgress(
            progress, step: "comparing \(subject.name)", unit: "tensor", total: subject.model.file.tensors.count)
        defer { display.finish() }
        return try TensorComparison(pool: pool).errors(of: subject.model.file, from: base.model.file) { done, _ in
            display.show(done)
            try Interruption.check()
        }
    }

    private static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
