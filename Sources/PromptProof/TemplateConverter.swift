public import ChatPrompt
public import Tokenization

/// Writes the Go template that says what a Jinja template says, for programs that know Go templates only.
///
/// The Jinja template is not translated but asked: made-up conversations show what it writes round each message, and a Go template
/// of the usual shape is made of that. Whether that is the whole truth, only the battery tells; a template that it does not prove is
/// worth no more than a draft.
public struct TemplateConverter: Sendable {
    private let reference: JinjaChatTemplate
    private let tokenizer: Tokenizer?

    /// - Parameter reference: told a fixed day, so that a date in a prompt shows.
    public init(reference: JinjaChatTemplate, tokenizer: Tokenizer?) {
        (self.reference, self.tokenizer) = (reference, tokenizer)
    }

    /// A Go template and what the battery says of it.
    public struct Conversion: Sendable {
        public let template: String
        public let report: ProofReport

        /// Every conversation that can be compared is the same.
        public var isProven: Bool { report.isProven }
    }

    /// - Throws: `ConversionProblem` where the template cannot be learned at all.
    public func convert() throws(ConversionProblem) -> Conversion {
        let beginning = tokenizer.flatMap { $0.addsBOS ? $0.vocabulary.bos.map($0.vocabulary.text) : nil } ?? ""
        let probe = FrameProbe(template: reference, strippedBeginning: beginning)
        let frames: LearnedFrames
        do throws(FrameProblem) { frames = try LearnedFrames(probe) } catch { throw ConversionProblem(reason: error.text) }
        var best: Conversion?
        for shape in GoTemplateShape.all(frames) {
            let source = shape.source(frames)
            guard let template = try? ChatTemplate(source, today: { 20_000 }) else { continue }
            let report = PromptProver(template: template, reference: reference, tokenizer: tokenizer).run()
            let conversion = Conversion(template: source, report: report)
            if conversion.isProven { return conversion }
            if report.differentCount < best?.report.differentCount ?? .max { best = conversion }
        }
        guard let best else { throw ConversionProblem(reason: "no Go template could be made of what it writes") }
        return best
    }
}

/// Why a template cannot be converted.
public struct ConversionProblem: Error, Sendable, Equatable, CustomStringConvertible {
    public let reason: String

    public init(reason: String) { self.reason = reason }

    public var description: String { "the Jinja template cannot be converted: \(reason)" }
}
