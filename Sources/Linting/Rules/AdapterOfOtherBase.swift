import Diagnostics
import ModelfileSyntax

/// An ADAPTER whose file says that it belongs to another model than the one of FROM.
enum AdapterOfOtherBase: LintRule {
    static let rule = DiagnosticRule.adapterOfOtherBase

    static func check(_ subject: LintSubject) -> [Diagnostic] {
        let base = subject.sources.first { $0.syntax.instruction == .from }
        return subject.sources.compactMap { source in
            guard source.syntax.instruction == .adapter, let adapter = subject.facts[source.text]?.traits else { return nil }
            if adapter.isAdapter == false {
                return Diagnostic(rule, "'\(source.text)' is a model, not an adapter", at: source.range)
            }
            guard let base, let model = subject.facts[base.text]?.traits, let problem = problem(adapter, model) else { return nil }
            return Diagnostic(rule, problem, at: source.range, notes: [Diagnostic.Note("the model", at: base.range)])
        }
    }

    private static func problem(_ adapter: ModelTraits, _ model: ModelTraits) -> String? {
        if let wanted = adapter.architecture, let found = model.architecture, wanted != found {
            return "the adapter is for the architecture '\(wanted)', the model's is '\(found)'"
        }
        if let wanted = adapter.embeddingLength, let found = model.embeddingLength, wanted != found {
            return "the adapter is for vectors of \(wanted) numbers, the model's have \(found)"
        }
        if let wanted = adapter.layerCount, let found = model.layerCount, wanted > found {
            return "the adapter changes \(wanted) layers, the model has \(found)"
        }
        return nil
    }
}
